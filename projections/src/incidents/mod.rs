//! The incidents with what was said about them, the service levels and the outages.

mod fold;
mod outages;
mod query;
mod rows;

use std::sync::Arc;

use domain::AnyEvent;
use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use outages::{OutageFilter, list as list_outages, policies, show as show_outage};
pub use query::{
    IncidentFilter, Sort, Waiting, comments, list, list_due, show, show_policy, waiting,
};
pub use rows::{CommentRow, IncidentRow, OutageRow, SlaPolicyRow};

/// The name of the projection.
pub const NAME: &str = "incidents";

/// Projects incidents, service levels and outages.
#[derive(Clone, Copy, Debug)]
pub struct Incidents;

impl Projector for Incidents {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const {
            &[
                IncidentRow::TABLE,
                CommentRow::TABLE,
                SlaPolicyRow::TABLE,
                OutageRow::TABLE,
            ]
        }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        let is_ours = matches!(
            event.event,
            AnyEvent::Incident(_) | AnyEvent::SlaPolicy(_) | AnyEvent::Outage(_)
        );
        is_ours.then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let incidents = known(batch, |event| matches!(event, AnyEvent::Incident(_)));
            let policies = known(batch, |event| matches!(event, AnyEvent::SlaPolicy(_)));
            let outages = known(batch, |event| matches!(event, AnyEvent::Outage(_)));
            let mut tables = fold::Tables {
                incidents: Rows::load(conn, &incidents).await?,
                // A comment never changes, so there is nothing to load.
                comments: Rows::default(),
                policies: Rows::load(conn, &policies).await?,
                outages: Rows::load(conn, &outages).await?,
            };
            for event in batch {
                tables.fold(event)?;
            }
            tables.incidents.store(conn).await?;
            tables.comments.store(conn).await?;
            tables.policies.store(conn).await?;
            tables.outages.store(conn).await
        })
    }
}
