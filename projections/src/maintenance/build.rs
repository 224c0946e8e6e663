//! A build beside the live one, read up to where that one stands.

use std::collections::BTreeSet;
use std::sync::Arc;

use eventstore::Position;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::indexes::{self, Index};
use super::{Maintenance, MaintenanceError, Progress, share};
use crate::fault::Fault;
use crate::inbox;
use crate::instance::{Instance, Turn};
use crate::parking;
use crate::schema;

/// So close behind the live build that the rest can be read while that one waits.
const NEAR: Position = 2_000;

/// A build beside the live one.
pub(super) struct Build {
    pub(super) conn: PgConnection,
    pub(super) instance: Instance,
    /// The indexes that it does without so far.
    pub(super) missing: Vec<Index>,
    /// The keys of the events that it took in one after the other.
    pub(super) touched: BTreeSet<String>,
}

impl Maintenance {
    /// Builds `schema` side by side up to where the live build stands at this moment.
    pub(super) async fn build(
        &self,
        schema: String,
        progress: Progress<'_>,
    ) -> Result<Build, MaintenanceError> {
        let mut conn = schema::connect(&self.workplace.options).await?;
        schema::create(&mut conn, &schema, &*self.projector).await?;
        let missing = indexes::drop(&mut conn, &schema, self.projector.tables()).await?;
        let to = position(&mut conn, self.projector.name()).await?;
        let instance = Instance::open(&mut conn, Arc::clone(&self.projector), schema).await;
        let mut build = Build {
            conn,
            instance: instance.map_err(|fault| self.replay_error(&fault))?,
            missing,
            touched: BTreeSet::new(),
        };
        if self.workers == 0 {
            self.replay_to(&mut build, to, progress).await?;
        } else {
            self.build_side_by_side(&mut build, to, progress)
                .await
                .map_err(|fault| self.replay_error(&fault))?;
        }
        for table in self.projector.tables() {
            let analyze = format!("analyze \"{}\".{}", build.instance.schema, table.name);
            sqlx::query(AssertSqlSafe(analyze))
                .execute(&mut build.conn)
                .await?;
        }
        Ok(build)
    }

    async fn build_side_by_side(
        &self,
        build: &mut Build,
        to: Position,
        progress: Progress<'_>,
    ) -> Result<(), Fault> {
        let Build { conn, instance, .. } = build;
        share::build(self, instance, to, progress).await?;
        self.derive_all(conn, &instance.schema).await?;
        let now = self.workplace.clock.now();
        instance.advance(conn, Turn::To(to), &[], now).await?;
        instance.parked = parking::keys(conn, &instance.schema).await?;
        Ok(())
    }

    async fn derive_all(&self, conn: &mut PgConnection, schema: &str) -> Result<(), Fault> {
        let mut tx = conn.begin().await?;
        schema::enter(&mut tx, schema).await?;
        match self
            .projector
            .derive_all(&mut tx)
            .await
            .map_err(Fault::from)
        {
            // Outside of a batch no event can be at fault.
            Err(Fault::Event(reason)) => return Err(Fault::Stop(reason)),
            done => done?,
        }
        Ok(tx.commit().await?)
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
            let live = position(guard, self.projector.name()).await?;
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
        let Build {
            conn,
            instance,
            touched,
            ..
        } = build;
        while instance.position < to {
            let until = to.min(instance.position + self.round_events_max);
            let events = inbox::read(&*self.workplace.journal, instance.position, until).await;
            let events = events.map_err(|fault| self.replay_error(&fault))?;
            let mine = instance.mine(&events);
            let last = events.last().map_or(until, |event| event.position());
            let now = self.workplace.clock.now();
            let taken = instance.advance(conn, Turn::To(last), &mine, now).await;
            taken.map_err(|fault| self.replay_error(&fault))?;
            touched.extend(mine.into_iter().map(|keyed| keyed.key));
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

/// Where the live build stands.
async fn position(conn: &mut PgConnection, name: &str) -> Result<Position, sqlx::Error> {
    let sql = format!("select position from \"{name}\".checkpoint");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await
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
