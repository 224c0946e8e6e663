//! Partitions are made in good time, and old idempotency keys are forgotten.

use std::time::Duration;

use chrono::{Days, NaiveDate};
use tokio::time::Instant;

use super::fault::is_lost;
use super::insert::week;
use super::link::in_time;
use super::writer::Writer;
use crate::recorded::Position;

/// After a failure, such as a partition that someone reads for long, it is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(super) struct Housekeeping {
    /// The head at which further partitions are needed.
    partitions_at: Position,
    /// The week for which the partitions of the keys were made.
    keys_of: Option<NaiveDate>,
    not_before: Option<Instant>,
}

impl Writer {
    /// Does what is due. A failure is written down and tried again; appends do not wait for it.
    pub(super) async fn keep_house(&mut self) {
        let today = self.clock.now().date_naive();
        let partitions_are_due = self.link.position() >= self.housekeeping.partitions_at;
        let keys_are_due = self.housekeeping.keys_of != Some(week(today));
        let waits = self
            .housekeeping
            .not_before
            .is_some_and(|instant| Instant::now() < instant);
        if !self.link.is_up() || waits || !(partitions_are_due || keys_are_due) {
            return;
        }
        self.pay();
        let mut result = Ok(());
        if partitions_are_due {
            result = self
                .prepare_partitions(self.settings.batch_events_max)
                .await;
        }
        if keys_are_due && result.is_ok() {
            result = self.renew_keys(today).await;
        }
        if let Err(error) = result {
            tracing::warn!(%error, "the partitions of the journal could not be looked after");
            self.housekeeping.not_before = Some(Instant::now() + RETRY_DELAY);
            if is_lost(&error) {
                self.link.cut();
            }
        }
    }

    /// Sees to it that there are partitions for so many events more, and one to spare.
    pub(super) async fn prepare_partitions(&mut self, events: usize) -> sqlx::Result<()> {
        let head = self.link.position();
        let statement = sqlx::query_scalar("select journal.prepare_partitions($1, $2)")
            .bind(head)
            .bind(i64::try_from(events).unwrap_or(i64::MAX))
            .fetch_one(self.link.connection()?);
        self.housekeeping.partitions_at = in_time(statement).await?;
        Ok(())
    }

    async fn renew_keys(&mut self, today: NaiveDate) -> sqlx::Result<()> {
        let kept_from = today - Days::new(u64::from(self.settings.key_days));
        let statement = sqlx::query(
            "select journal.create_key_partition($1), journal.create_key_partition($1 + 7),
                journal.drop_key_partitions($2)",
        )
        .bind(week(today))
        .bind(kept_from)
        .execute(self.link.connection()?);
        in_time(statement).await?;
        self.housekeeping.keys_of = Some(week(today));
        Ok(())
    }
}
