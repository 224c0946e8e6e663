//! What is looked after beside the writer, on a connection of its own: partitions are made well
//! before they are needed, old idempotency keys are forgotten, and a server that has become
//! careless is noticed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::time::{Instant, timeout};

use super::fault::is_lost;
use super::insert::week;
use super::link::in_time;
use super::live::Live;
use super::writer::Writer;
use super::{Settings, open};
use crate::clock::Clock;
use crate::recorded::Position;
use crate::supervisor::Stop;

/// How often it looks. A server that has become careless is noticed within this time.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a failure, such as a lock that somebody holds for long, it is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(30);
/// How long a look may take; the locks within it are waited for much less.
const LOOK_MAX: Duration = Duration::from_secs(20);

/// What a keeper works with.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) options: PgConnectOptions,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) live: Arc<Live>,
    pub(super) settings: Settings,
}

/// Looks after the journal of one process.
pub(super) struct Keeper {
    site: Site,
    connection: Option<PgConnection>,
    /// The head at which further partitions are needed.
    partitions_at: Position,
    /// The week for which the partitions of the keys were made.
    keys_of: Option<NaiveDate>,
    not_before: Option<Instant>,
    believed: Option<Believed>,
}

/// An instant that is believed, and since when. Only the time that this process has passed through
/// is added to it: a clock that jumps ahead does not make keys old.
struct Believed {
    at: DateTime<Utc>,
    since: Instant,
}

impl Keeper {
    pub(super) fn new(site: Site) -> Self {
        Self {
            site,
            connection: None,
            partitions_at: 0,
            keys_of: None,
            not_before: None,
            believed: None,
        }
    }

    /// Looks again and again until it is to end.
    pub(super) async fn run(mut self, mut stop: Stop) -> Result<(), String> {
        while !stop.is_requested() {
            tokio::select! {
                () = self.look() => {}
                () = stop.requested() => break,
            }
            stop.requested_within(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Does what is due, in bounded time. A failure is written down and tried again.
    pub(super) async fn look(&mut self) {
        let looked = timeout(LOOK_MAX, self.do_what_is_due()).await;
        match looked.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(()) => {}
            Err(error) if is_lost(&error) => {
                // The writer says so too, to those who append.
                tracing::debug!(%error, "the journal cannot be looked after for the moment");
                self.connection = None;
            }
            Err(error) => {
                tracing::warn!(
                    %error,
                    "a partition of the journal could not be made or dropped, probably because of \
                     a lock on its table; appends go on, and it is tried again"
                );
                self.not_before = Some(Instant::now() + RETRY_DELAY);
            }
        }
    }

    async fn do_what_is_due(&mut self) -> sqlx::Result<()> {
        if self.connection.is_none() {
            let options = self.site.options.clone();
            let options = options.application_name("cadastre housekeeping");
            self.connection = Some(PgConnection::connect_with(&options).await?);
        }
        let careless = open::carelessness(self.connection()?).await?;
        self.site.live.is_unfit(careless);
        if self.not_before.is_some_and(|at| Instant::now() < at) {
            return Ok(());
        }
        let partitions = self.look_after_partitions().await;
        if partitions.as_ref().is_err_and(is_lost) {
            return partitions;
        }
        // A lock on the one table is no reason to leave the other.
        self.look_after_keys().await.and(partitions)
    }

    async fn look_after_partitions(&mut self) -> sqlx::Result<()> {
        let head = self.site.live.counters.head.load(Ordering::Acquire);
        if head >= self.partitions_at {
            let ahead = self.site.settings.batch_events_max;
            self.partitions_at = prepare(self.connection()?, head, ahead).await?;
        }
        Ok(())
    }

    async fn look_after_keys(&mut self) -> sqlx::Result<()> {
        let now = self.site.clock.now();
        let this_week = week(now.date_naive());
        if self.keys_of == Some(this_week) {
            return Ok(());
        }
        for of_week in [this_week, this_week + Days::new(7)] {
            // Each by itself: one that holds the locks of two could meet a writer half-way.
            sqlx::query("select journal.create_key_partition($1)")
                .bind(of_week)
                .execute(self.connection()?)
                .await?;
        }
        let believed = self.believe(now).await?.date_naive();
        sqlx::query("select journal.drop_key_partitions($1)")
            .bind(believed - Days::new(u64::from(self.site.settings.key_days)))
            .execute(self.connection()?)
            .await?;
        self.keys_of = Some(this_week);
        Ok(())
    }

    /// How late it is, as far as that can be relied on to throw something away: no later than the
    /// clocks of this machine and of the database say, and no later than this process can have
    /// lived to see. After a pause of the journal that is longer than keys live, it begins at the
    /// journal's last event.
    async fn believe(&mut self, now: DateTime<Utc>) -> sqlx::Result<DateTime<Utc>> {
        let (theirs, last): (DateTime<Utc>, Option<DateTime<Utc>>) = sqlx::query_as(
            "select now(),
                (select recorded_at from journal.event order by position desc limit 1)",
        )
        .fetch_one(self.connection()?)
        .await?;
        let now = now.min(theirs);
        let kept_for = TimeDelta::days(i64::from(self.site.settings.key_days));
        let believed = self.believed.get_or_insert_with(|| Believed {
            at: last.filter(|last| now - *last > kept_for).unwrap_or(now),
            since: Instant::now(),
        });
        let passed = TimeDelta::from_std(believed.since.elapsed()).unwrap_or(TimeDelta::MAX);
        let at = believed.at.checked_add_signed(passed);
        Ok(at.map_or(now, |at| at.min(now)))
    }

    fn connection(&mut self) -> sqlx::Result<&mut PgConnection> {
        self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)
    }
}

impl Writer {
    /// Sees to it that there are partitions for so many events more: only where the keeper could
    /// not make them in time. It does not wait long for a lock.
    pub(super) async fn prepare_partitions(&mut self, events: usize) -> sqlx::Result<()> {
        let head = self.link.position();
        in_time(prepare(self.link.connection()?, head, events))
            .await
            .map(drop)
    }
}

/// Makes partitions for so many events after `head`, and one to spare; answers the head at which
/// more are needed.
async fn prepare(
    connection: &mut PgConnection,
    head: Position,
    events: usize,
) -> sqlx::Result<Position> {
    sqlx::query_scalar("select journal.prepare_partitions($1, $2)")
        .bind(head)
        .bind(i64::try_from(events).unwrap_or(i64::MAX))
        .fetch_one(connection)
        .await
}
