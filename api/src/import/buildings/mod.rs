//! A city's register of buildings: each row is a building.

mod columns;
mod row;

use commands::CommandError;
use domain::building::RegisterBuilding;
use domain::id::BuildingId;
use futures::future::BoxFuture;

use super::fields::{Fields, Read};
use super::kind::{Hand, Kind, Line};
use columns::Column;
use row::Entry;

/// The register of buildings that the city of Seattle publishes with their use of energy.
#[derive(Clone, Copy, Debug)]
pub struct Buildings;

impl Kind for Buildings {
    const NAME: &'static str = "buildings";
    const WHAT: &'static str = "the register of buildings";
    type Column = Column;
    type Said = Entry;

    fn read(&self, fields: &Fields<'_, Column>) -> Read<Entry> {
        Entry::read(fields)
    }

    fn key(&self, entry: &Entry) -> Option<String> {
        Some(entry.key.clone())
    }

    fn note(&self, entry: &Entry) -> Option<String> {
        entry.note()
    }

    fn carry_out<'a>(
        &'a self,
        hand: &'a Hand,
        group: &'a [Line<Entry>],
        place: usize,
    ) -> BoxFuture<'a, Result<(), CommandError>> {
        Box::pin(async move {
            let Some(Line { said: entry, .. }) = group.get(place) else {
                return Ok(());
            };
            let id: BuildingId = hand.ids.id("building", &entry.key).into();
            let register = RegisterBuilding {
                owner: hand.owner,
                ..entry.register.clone()
            };
            let context = hand.ids.context(hand.ids.set_up(id.0), entry.at);
            let done = hand.commands.import_building(&context, id, &register);
            done.await.map(drop)
        })
    }
}
