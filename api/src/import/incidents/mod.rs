//! The log of an incident management: each row is an update of an incident, and those of one
//! incident stand together.

mod columns;
mod row;
mod walk;

use commands::CommandError;
use domain::id::IncidentId;
use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::fields::{Fields, Read};
use super::kind::{Hand, Kind, Line};
use columns::Column;
use row::Entry;
use walk::Walk;

/// The log of an incident management, enriched with the data of its database.
#[derive(Debug, Default)]
pub struct IncidentLog {
    /// Whether the service level of the log is recorded.
    policy: OnceCell<()>,
}

impl Kind for IncidentLog {
    const NAME: &'static str = "incident-log";
    const WHAT: &'static str = "the log of incidents";
    const DATES: &'static [&'static str] = &["opened_at", "sys_updated_at"];
    type Column = Column;
    type Said = Entry;

    fn read(&self, fields: &Fields<'_, Column>) -> Read<Entry> {
        Entry::read(fields)
    }

    fn note(&self, entry: &Entry) -> Option<String> {
        entry.note()
    }

    fn group(&self, entry: &Entry) -> Option<String> {
        Some(entry.number.clone())
    }

    fn carry_out<'a>(
        &'a self,
        hand: &'a Hand,
        group: &'a [Line<Entry>],
        place: usize,
    ) -> BoxFuture<'a, Result<(), CommandError>> {
        Box::pin(async move {
            let Some(Line { row, said: entry }) = group.get(place) else {
                return Ok(());
            };
            self.policy
                .get_or_try_init(|| set_policy(hand, entry))
                .await?;
            let id: IncidentId = hand.ids.id("incident", &entry.number).into();
            let mut walk = Walk::default();
            for before in &group[..place] {
                // What was refused then has changed nothing.
                let _ = walk.next(hand.ids, &before.said);
            }
            let steps = walk.next(hand.ids, entry)?;
            for (number, (at, step)) in steps.into_iter().enumerate() {
                let command = hand.ids.id("command", format_args!("{row}:{number}"));
                let context = hand.ids.context(command, at);
                let done = hand.commands.import_incident(&context, id, &step);
                done.await?;
            }
            Ok(())
        })
    }
}

async fn set_policy(hand: &Hand, entry: &Entry) -> Result<(), CommandError> {
    let id = walk::policy(hand.ids);
    let context = hand.ids.context(hand.ids.set_up(id.0), entry.opened_at);
    let terms = walk::terms();
    let done = hand.commands.import_sla_policy(&context, id, &terms);
    done.await.map(drop)
}
