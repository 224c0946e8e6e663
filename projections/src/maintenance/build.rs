//! A build beside the live one, read up to where that one stands.

use std::sync::Arc;

use eventstore::Position;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{Maintenance, MaintenanceError, Progress};
use crate::fault::Fault;
use crate::inbox;
use crate::instance::Instance;
use crate::schema;

/// So close behind the live build that the rest can be read while that one waits.
const NEAR: Position = 2_000;

/// A build beside the live one.
pub(super) struct Build {
    pub(super) conn: PgConnection,
    pub(super) instance: Instance,
}

impl Maintenance {
    pub(super) async fn build(&self, schema: String) -> Result<Build, MaintenanceError> {
        let mut conn = PgConnection::connect_with(&self.workplace.options).await?;
        sqlx::query("set synchronous_commit = off")
            .execute(&mut conn)
            .await?;
        schema::create(&mut conn, &schema, &*self.projector).await?;
        let instance = Instance::open(&mut conn, Arc::clone(&self.projector), schema).await;
        Ok(Build {
            instance: instance.map_err(|fault| self.replay_error(&fault))?,
            conn,
        })
    }

    /// Reads on until the live build is near. It never goes beyond that one, which could not be
    /// met any more.
    pub(super) async fn approach(
        &self,
        guard: &mut PgConnection,
        build: &mut Build,
        progress: Progress<'_>,
    ) -> Result<(), MaintenanceError> {
        loop {
            let live = format!(
                "select position from \"{}\".checkpoint",
                self.projector.name()
            );
            let live: Position = sqlx::query_scalar(AssertSqlSafe(live))
                .fetch_one(&mut *guard)
                .await?;
            if live - build.instance.position <= NEAR {
                return Ok(());
            }
            self.replay_to(build, live, progress).await?;
        }
    }

    pub(super) async fn replay_to(
        &self,
        build: &mut Build,
        to: Position,
        progress: Progress<'_>,
    ) -> Result<(), MaintenanceError> {
        let Build { conn, instance } = build;
        while instance.position < to {
            let until = to.min(instance.position + self.round_events_max);
            let events = inbox::read(&*self.workplace.journal, instance.position, until).await;
            let events = events.map_err(|fault| self.replay_error(&fault))?;
            let mine = instance.mine(&events);
            let last = events.last().map_or(until, |event| event.position());
            let now = self.workplace.clock.now();
            let taken = instance.advance(conn, last, &mine, now).await;
            taken.map_err(|fault| self.replay_error(&fault))?;
            progress(instance.position, to);
        }
        Ok(())
    }

    fn replay_error(&self, fault: &Fault) -> MaintenanceError {
        MaintenanceError::Replay {
            name: self.projector.name(),
            reason: fault.to_string(),
        }
    }
}

/// Keeps the live build where it is until the transaction ends.
pub(super) async fn lock_live(
    conn: &mut PgConnection,
    name: &str,
) -> Result<Position, sqlx::Error> {
    let sql = format!("select position from \"{name}\".checkpoint where not retired for update");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await
}

/// Puts the new build in the place of the live one, whose runner is told by its old checkpoint.
pub(super) async fn swap(conn: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let (next, old) = (schema::next(name), schema::old(name));
    let statements = [
        format!(
            "update \"{next}\".checkpoint set generation = \
             (select generation + 1 from \"{name}\".checkpoint)"
        ),
        format!("update \"{name}\".checkpoint set retired = true"),
        format!("alter schema \"{name}\" rename to \"{old}\""),
        format!("alter schema \"{next}\" rename to \"{name}\""),
    ];
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
