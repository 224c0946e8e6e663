//! What an operator does with a projection: build it anew, compare it with a replay, take parked
//! events in after a fix.

mod build;
mod error;
mod indexes;
mod share;

use std::sync::Arc;
use std::time::Duration;

use eventstore::Position;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::comparison::{self, Comparison};
use crate::dependents;
use crate::inbox;
use crate::projector::Projector;
use crate::redrive::{self, Redriven};
use crate::runner::Workplace;
use crate::schema::{self, Lock};

use self::build::{Build, lock_live, swap};
pub use self::error::MaintenanceError;

/// How often dropping the replaced tables is tried before it is left to the runner.
const DROP_ATTEMPTS: usize = 20;

/// Even on one core, one can work while another waits for the disk.
const WORKERS_MIN: usize = 2;

/// Told how far a replay has come: events read, events in all.
pub type Progress<'a> = &'a (dyn Fn(Position, Position) + Sync);

/// Works on one projection. Any method can be dropped at any await: the live tables stay as they
/// are, and what is half built is removed at the next start.
pub struct Maintenance {
    workplace: Workplace,
    projector: Arc<dyn Projector>,
    round_events_max: Position,
    workers: usize,
}

impl Maintenance {
    /// Works on `projector`.
    pub fn new(workplace: Workplace, projector: Arc<dyn Projector>) -> Self {
        Self {
            workplace,
            projector,
            round_events_max: inbox::ROUND_EVENTS_MAX,
            workers: std::thread::available_parallelism()
                .map_or(WORKERS_MIN, |cores| cores.get().max(WORKERS_MIN)),
        }
    }

    /// Builds with so many workers side by side, each on a connection of its own and with its own
    /// keys; with none, in order, as the live build is kept.
    #[must_use]
    pub fn with_workers(self, workers: usize) -> Self {
        Self { workers, ..self }
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
    /// refuses that, unless it is `accept`ed; between two versions it is only reported. The live
    /// build waits only while the last events are read, and their rows compared.
    pub async fn rebuild(
        &self,
        accept: bool,
        progress: Progress<'_>,
    ) -> Result<Comparison, MaintenanceError> {
        let mut guard = self.begin().await?;
        let rebuilt = self.rebuild_guarded(&mut guard, accept, progress).await;
        let ended = self.end(guard).await;
        let rebuilt = rebuilt?;
        ended?;
        Ok(rebuilt)
    }

    async fn rebuild_guarded(
        &self,
        guard: &mut PgConnection,
        accept: bool,
        progress: Progress<'_>,
    ) -> Result<Comparison, MaintenanceError> {
        let name = self.projector.name();
        // Before hours of work, and again before the swap.
        self.check_alone(dependents::outside(guard, name).await?)?;
        let mut build = self.build(schema::next(name), progress).await?;
        indexes::restore(&mut build.conn, &build.missing).await?;
        let mut comparison = self.meet(guard, &mut build, progress).await?;
        let version = format!("select projector_version from \"{name}\".checkpoint");
        let version: i32 = sqlx::query_scalar(AssertSqlSafe(version))
            .fetch_one(&mut *guard)
            .await?;
        let must_equal = version == self.projector.version() && !accept;
        if comparison.is_equal() || !must_equal {
            build.touched.clear();
            self.approach(guard, &mut build, progress).await?;
            let mut live = guard.begin().await?;
            comparison.position = lock_live(&mut live, name).await?;
            self.replay_to(&mut build, comparison.position, progress)
                .await?;
            let tail = comparison::Scope::Keys(&build.touched);
            let tail = self.compare_in(&mut live, &build.instance.schema, tail);
            comparison.absorb(tail.await?);
            if comparison.is_equal() || !must_equal {
                let same_version = version == self.projector.version();
                if let Err(error) = self.hand_over(&mut live, same_version).await {
                    live.rollback().await?;
                    schema::drop_gently(guard, &build.instance.schema).await?;
                    return Err(error);
                }
                swap(&mut live, name).await?;
                live.commit().await?;
                self.drop_old(guard).await?;
                return Ok(comparison);
            }
            live.rollback().await?;
        }
        schema::drop_gently(guard, &build.instance.schema).await?;
        Err(MaintenanceError::Differs { name, comparison })
    }

    /// Refuses to go on if others have built on the tables, and gives their grants to the new ones.
    async fn hand_over(
        &self,
        live: &mut PgConnection,
        same_version: bool,
    ) -> Result<(), MaintenanceError> {
        let name = self.projector.name();
        let next = schema::next(name);
        let mut built = dependents::outside(live, name).await?;
        built.extend(dependents::within(live, name, &next, same_version).await?);
        self.check_alone(built)?;
        Ok(dependents::copy_grants(live, name, &next, same_version).await?)
    }

    fn check_alone(&self, built: Vec<String>) -> Result<(), MaintenanceError> {
        if built.is_empty() {
            return Ok(());
        }
        let name = self.projector.name();
        Err(MaintenanceError::BuiltOn { name, built })
    }

    /// Replays the journal up to the live position into tables of its own, and compares the two
    /// in full. The live build waits only while the last events are read.
    pub async fn compare(&self, progress: Progress<'_>) -> Result<Comparison, MaintenanceError> {
        let mut guard = self.begin().await?;
        let compared = self.compare_guarded(&mut guard, progress).await;
        let ended = self.end(guard).await;
        let compared = compared?;
        ended?;
        Ok(compared)
    }

    async fn compare_guarded(
        &self,
        guard: &mut PgConnection,
        progress: Progress<'_>,
    ) -> Result<Comparison, MaintenanceError> {
        let check = schema::check(self.projector.name());
        let mut build = self.build(check, progress).await?;
        let comparison = self.meet(guard, &mut build, progress).await?;
        schema::drop_gently(guard, &build.instance.schema).await?;
        Ok(comparison)
    }

    /// Brings the build to where the live one stands, and compares the two in full as they are at
    /// that position, while the live one goes on.
    async fn meet(
        &self,
        guard: &mut PgConnection,
        build: &mut Build,
        progress: Progress<'_>,
    ) -> Result<Comparison, MaintenanceError> {
        let name = self.projector.name();
        self.approach(guard, build, progress).await?;
        let mut live = guard.begin().await?;
        let position = lock_live(&mut live, name).await?;
        self.replay_to(build, position, progress).await?;
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
        let schema = &build.instance.schema;
        let compared = self.compare_in(&mut snapshot, schema, comparison::Scope::All);
        let mut comparison = compared.await?;
        comparison.position = position;
        snapshot.rollback().await?;
        Ok(comparison)
    }

    async fn compare_in(
        &self,
        conn: &mut PgConnection,
        other: &str,
        scope: comparison::Scope<'_>,
    ) -> Result<Comparison, sqlx::Error> {
        let (live, tables) = (self.projector.name(), self.projector.tables());
        comparison::compare(conn, live, other, tables, scope).await
    }

    /// Takes the parked events of `key`, or of every key, in, in order.
    pub async fn redrive(&self, key: Option<&str>) -> Result<Redriven, MaintenanceError> {
        let mut conn = PgConnection::connect_with(&self.workplace.options).await?;
        let journal = &*self.workplace.journal;
        Ok(redrive::redrive(&mut conn, journal, &*self.projector, key).await?)
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

    /// Lets others in. What comes next may come at once, so the lock is given back and not only
    /// lost with the connection.
    async fn end(&self, mut guard: PgConnection) -> Result<(), MaintenanceError> {
        schema::unlock(&mut guard, Lock::Build, self.projector.name()).await?;
        Ok(guard.close().await?)
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
}
