//! The occupants of a building: each row is one who owns or rents a lot.

mod columns;
mod row;

use std::collections::BTreeMap;

use commands::CommandError;
use domain::RefusalKind;
use domain::building::{LotKind, Standing};
use domain::id::{BuildingId, LotId, OccupantId};
use domain::occupancy::MoveIn;
use domain::text::folded;
use domain::{Aggregate, Personal};
use futures::future::BoxFuture;
use projections::staging::Contents;
use uuid::Uuid;

use super::Ids;
use super::fields::{Fields, Read};
use super::kind::{Hand, Kind, Line};
use columns::Column;

pub use columns::SOUGHT;
pub use row::Entry;

/// The occupants of one building.
#[derive(Clone, Debug)]
pub struct Occupants {
    building: BuildingId,
    /// By label, folded.
    lots: BTreeMap<String, Vec<(LotKind, LotId)>>,
}

impl Occupants {
    /// The occupants of `building`, whose lots are as they `stand` now.
    pub fn of(building: BuildingId, standing: &Standing) -> Self {
        let mut lots = BTreeMap::<String, Vec<_>>::new();
        for (id, lot) in &standing.lots {
            let with_label = lots.entry(folded(&lot.label)).or_default();
            with_label.push((lot.kind, *id));
        }
        Self { building, lots }
    }

    /// The lot that a row names.
    fn lot(&self, entry: &Entry) -> Result<LotId, CommandError> {
        let found = self.lots.get(&folded(&entry.lot));
        let found: Vec<_> = found
            .into_iter()
            .flatten()
            .filter(|(kind, _)| entry.lot_kind.is_none_or(|wanted| wanted == *kind))
            .collect();
        let refused =
            |code, detail: String| Err(CommandError::refused(RefusalKind::Invalid, code, detail));
        match found.as_slice() {
            [(_, lot)] => Ok(*lot),
            [] => refused(
                "lot_unknown",
                format!(
                    "the building has no lot `{}`; labels are compared as text, `01` is not `1`",
                    entry.lot
                ),
            ),
            _ => refused(
                "lot_ambiguous",
                format!(
                    "several lots are called `{}`; say which in `lot_kind`, or rename them if they \
                     are of one kind",
                    entry.lot
                ),
            ),
        }
    }

    /// What a row asks for, by the ids that follow from it.
    pub fn move_in(&self, ids: Ids, row: i64, entry: &Entry) -> Result<MoveIn, CommandError> {
        // One mailbox is one person, whatever he owns and rents.
        let subject: Uuid = match &entry.email {
            Some(email) => ids.id("person", folded(email)),
            None => ids.id("person of row", row),
        };
        let of = |text: &String| Personal::new(subject, text.clone());
        Ok(MoveIn {
            occupant: OccupantId(ids.id("occupant", row)),
            building: self.building,
            lot: self.lot(entry)?,
            kind: entry.kind,
            user: None,
            name: of(&entry.name),
            email: entry.email.as_ref().map(of),
            period: entry.period,
            part: entry.part,
            exclusive: entry.exclusive,
        })
    }

    /// Why a row would be refused as things stand, beside what the rows before it would bring.
    pub fn try_on(
        &self,
        move_in: MoveIn,
        occupancy: &mut domain::occupancy::Occupancy,
    ) -> Result<(), CommandError> {
        if occupancy.occupants.contains_key(&move_in.occupant) {
            return Ok(());
        }
        let command = domain::occupancy::OccupancyCommand::MoveIn(Box::new(move_in));
        for event in occupancy.decide(&command)? {
            occupancy.evolve(&event);
        }
        Ok(())
    }
}

impl Kind for Occupants {
    const NAME: &'static str = "occupants";
    const WHAT: &'static str = "a list of occupants";
    const CONTENTS: Contents = Contents::Emptied;
    const DATES: &'static [&'static str] = &["from", "until"];
    type Column = Column;
    type Said = Entry;

    fn scope(&self) -> String {
        self.building.to_string()
    }

    fn read(&self, fields: &Fields<'_, Column>) -> Read<Entry> {
        Entry::read(fields)
    }

    fn key(&self, entry: &Entry) -> Option<String> {
        Some(entry.key())
    }

    fn group(&self, entry: &Entry) -> Option<String> {
        Some(folded(&entry.lot))
    }

    fn carry_out<'a>(
        &'a self,
        hand: &'a Hand,
        group: &'a [Line<Entry>],
        place: usize,
    ) -> BoxFuture<'a, Result<(), CommandError>> {
        Box::pin(async move {
            let Some(Line { row, said }) = group.get(place) else {
                return Ok(());
            };
            let move_in = self.move_in(hand.ids, *row, said)?;
            let context = hand.context(hand.ids.id("command", row), hand.commands.clock().now());
            let done = hand.commands.import_occupant(&context, &move_in);
            done.await.map(drop)
        })
    }
}
