//! What an operator does with a projection: build it anew, compare it with a replay, take parked
//! events in after a fix.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{JournalError, Position};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::comparison::{self, Comparison};
use crate::inbox;
use crate::instance::{Fault, Instance};
use crate::parking::{self, RedriveError, Redriven};
use crate::projector::Projector;
use crate::runner::Workplace;
use crate::schema::{self, Lock};

/// So close behind the live build that the rest can be read while that one waits.
const NEAR: Position = 2_000;
/// How often dropping the replaced tables is tried before it is left to the runner.
const DROP_ATTEMPTS: usize = 20;

/// Why a projection could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// Postgres said no.
    #[error("the database cannot be worked with: {0}")]
    Sql(#[from] sqlx::Error),
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another process is at the same projection.
    #[error("another process is rebuilding or comparing `{0}`; wait for it or stop it")]
    Busy(&'static str),
    /// The tables that the last rebuild replaced are still in use.
    #[error(
        "the tables that the last rebuild of `{0}` replaced are still read by somebody; end \
             that transaction and try again"
    )]
    OldInUse(&'static str),
    /// The replay itself failed.
    #[error("the replay of `{name}` stopped: {reason}")]
    Replay {
        /// The projection.
        name: &'static str,
        /// Why.
        reason: String,
    },
    /// The rebuilt tables are not the live ones, and nobody said that this is as it should be.
    #[error(
        "the rebuilt `{name}` differs from the live one, which was left as it is; look at the \
             differences, then rebuild with `--accept`"
    )]
    Differs {
        /// The projection.
        name: &'static str,
        /// What differs.
        comparison: Comparison,
    },
    /// Parked events could not be driven again.
    #[error(transparent)]
    Redrive(#[from] RedriveError),
}

/// Told how far a replay has come: events read, events in all.
pub type Progress<'a> = &'a (dyn Fn(Position, Position) + Sync);

/// Works on one projection. Any method can be dropped at any await: the live tables stay as they
/// are, and what is half built is removed at the next start.
pub struct Maintenance {
    workplace: Workplace,
    projector: Arc<dyn Projector>,
    round_events_max: Position,
}

/// A build beside the live one.
struct Build {
    conn: PgConnection,
    instance: Instance,
}

impl Maintenance {
    /// Works on `projector`.
    pub fn new(workplace: Workplace, projector: Arc<dyn Projector>) -> Self {
        Self {
            workplace,
            projector,
            round_events_max: inbox::ROUND_EVENTS_MAX,
        }
    }

    /// Takes in at most `events` in one transaction.
    #[must_use]
    pub fn in_rounds_of(self, events: u32) -> Self {
        Self {
            round_events_max: i64::from(events.max(1)),
            ..self
        }
    }

    /// Builds the projection from position 0 beside the live one, compares the two in full, and
    /// puts the new one in its place. A difference between builds of one projector version
    /// refuses that, unless it is `accept`ed; between two versions it is only reported.
    pub async fn rebuild(
        &self,
        accept: bool,
        progress: Progress<'_>,
    ) -> Result<Comparison, MaintenanceError> {
        let name = self.projector.name();
        let mut guard = self.begin().await?;
        let mut build = self.build(schema::next(name)).await?;
        self.approach(&mut guard, &mut build, progress).await?;
        let mut live = guard.begin().await?;
        let position = lock_live(&mut live, name).await?;
        self.replay_to(&mut build, position, progress).await?;
        let mut comparison = comparison::compare(
            &mut live,
            name,
            &build.instance.schema,
            self.projector.tables(),
        )
        .await?;
        comparison.position = position;
        let version = format!("select projector_version from \"{name}\".checkpoint");
        let version: i32 = sqlx::query_scalar(AssertSqlSafe(version))
            .fetch_one(&mut *live)
            .await?;
        if version == self.projector.version() && !comparison.is_equal() && !accept {
            live.rollback().await?;
            schema::drop_gently(&mut guard, &build.instance.schema).await?;
            return Err(MaintenanceError::Differs { name, comparison });
        }
        swap(&mut live, name).await?;
        live.commit().await?;
        self.drop_old(&mut guard).await?;
        Ok(comparison)
    }

    /// Replays the journal up to the live position into tables of its own, and compares the two
    /// in full. The live build waits only while the last events are read.
    pub async fn compare(&self, progress: Progress<'_>) -> Result<Comparison, MaintenanceError> {
        let name = self.projector.name();
        let mut guard = self.begin().await?;
        let mut build = self.build(schema::check(name)).await?;
        self.approach(&mut guard, &mut build, progress).await?;
        let mut live = guard.begin().await?;
        let position = lock_live(&mut live, name).await?;
        self.replay_to(&mut build, position, progress).await?;
        // What this sees is fixed by its first query, so that the live build can go on.
        let mut snapshot = build.conn.begin().await?;
        sqlx::query("set transaction isolation level repeatable read, read only")
            .execute(&mut *snapshot)
            .await?;
        let seen = format!("select position from \"{name}\".checkpoint");
        sqlx::query(AssertSqlSafe(seen))
            .execute(&mut *snapshot)
            .await?;
        live.rollback().await?;
        let other = schema::check(name);
        let mut comparison =
            comparison::compare(&mut snapshot, name, &other, self.projector.tables()).await?;
        comparison.position = position;
        snapshot.rollback().await?;
        schema::drop_gently(&mut guard, &other).await?;
        Ok(comparison)
    }

    /// Takes the parked events of `key`, or of every key, in, in order.
    pub async fn redrive(&self, key: Option<&str>) -> Result<Redriven, MaintenanceError> {
        let mut conn = PgConnection::connect_with(&self.workplace.options).await?;
        let journal = &*self.workplace.journal;
        Ok(parking::redrive(&mut conn, journal, &*self.projector, key).await?)
    }

    /// Opens the connection that keeps others away, and clears the ground.
    async fn begin(&self) -> Result<PgConnection, MaintenanceError> {
        let name = self.projector.name();
        let mut guard = PgConnection::connect_with(&self.workplace.options).await?;
        if !schema::try_lock(&mut guard, Lock::Build, name).await? {
            return Err(MaintenanceError::Busy(name));
        }
        for left in [schema::next(name), schema::check(name), schema::old(name)] {
            if !schema::drop_gently(&mut guard, &left).await? {
                return Err(MaintenanceError::OldInUse(name));
            }
        }
        if !schema::exists(&mut guard, name).await? {
            schema::create(&mut guard, name, &*self.projector).await?;
        }
        Ok(guard)
    }

    async fn build(&self, schema: String) -> Result<Build, MaintenanceError> {
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
    async fn approach(
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

    async fn replay_to(
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

    /// Drops the replaced tables as soon as nobody reads them; the runner does it later otherwise.
    async fn drop_old(&self, guard: &mut PgConnection) -> Result<(), MaintenanceError> {
        for _ in 0..DROP_ATTEMPTS {
            if schema::drop_gently(guard, &schema::old(self.projector.name())).await? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
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
async fn lock_live(conn: &mut PgConnection, name: &str) -> Result<Position, sqlx::Error> {
    let sql = format!("select position from \"{name}\".checkpoint where not retired for update");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await
}

/// Puts the new build in the place of the live one, whose runner is told by its old checkpoint.
async fn swap(conn: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
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
