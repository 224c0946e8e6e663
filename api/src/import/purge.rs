//! Lets go of what staged rows say of persons, when nobody needs it any more.
//!
//! Rows that were accepted are emptied when their import finishes. What is left is looked through
//! now and then: rows that were kept out, which somebody may still want to look at, and files that
//! were cancelled or that nobody has carried out.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use commands::{CommandError, Commands, Context, Who};
use domain::id::{BuildingId, ImportId};
use domain::import::{Import, ImportStatus};
use eventstore::{Clock, Mint, Stop};
use projections::staging::{self, ImportLock, Unfinished};
use sqlx::PgPool;

use super::{ImportError, Kind, Occupants};
use crate::chore::now_and_then;

/// The name of the process in the journal.
const PROCESS: &str = "import_purge";
/// For so long rows can be looked at that were kept out, and a file waits to be carried out.
pub const KEPT: TimeDelta = TimeDelta::days(7);
/// A file that is sent once more after it was cancelled is staged first and received then; so long
/// that may take.
const RECEIVED_WITHIN: TimeDelta = TimeDelta::hours(1);
/// How often is looked.
const EVERY: Duration = Duration::from_hours(1);

/// What was let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Finished files of which nothing but the outcome is left.
    pub emptied: u64,
    /// Files that were not finished, with all their rows.
    pub forgotten: u64,
}

/// Lets go of what staged rows say.
#[derive(Clone)]
pub struct Purge {
    /// Cancels what nobody has carried out.
    pub commands: Arc<Commands>,
    /// Where rows are staged.
    pub pool: PgPool,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Purge {
    /// Looks now and then until it is told to stop.
    pub async fn run(self, stop: Stop) -> Result<(), String> {
        let sweep = || async { report(self.sweep().await) };
        now_and_then(EVERY, stop, sweep).await;
        Ok(())
    }

    /// Looks once.
    pub async fn sweep(&self) -> Result<Purged, ImportError> {
        let (pool, kind, now) = (&self.pool, Occupants::NAME, self.clock.now());
        let emptied = staging::empty_finished(pool, kind, now - KEPT, now).await?;
        let mut forgotten = 0;
        for file in staging::unfinished(pool, kind, now - RECEIVED_WITHIN).await? {
            forgotten += u64::from(self.let_go(&file, now).await?);
        }
        Ok(Purged { emptied, forgotten })
    }

    /// Forgets a file that was cancelled or has waited too long, unless it is at work. One that the
    /// command line has left is begun anew by the same command: each row is brought in once all the
    /// same.
    async fn let_go(&self, file: &Unfinished, now: DateTime<Utc>) -> Result<bool, ImportError> {
        let (import, _) = self.commands.dispatch().peek::<Import>(file.id).await?;
        let received = import.file.as_ref();
        let is_cancelled = received.is_some_and(|(_, s)| *s == ImportStatus::Cancelled);
        if !is_cancelled && now - file.staged_at < KEPT {
            return Ok(false);
        }
        let Some(locks) = self.locks(file).await? else {
            return Ok(false);
        };
        let building = received.map(|(received, _)| received.building);
        let done = self.forget(file, building.filter(|_| !is_cancelled)).await;
        for lock in locks {
            lock.release().await?;
        }
        done.map(|()| true)
    }

    /// It is cancelled first, so that whoever commits it is told to send it again.
    async fn forget(
        &self,
        file: &Unfinished,
        received_in: Option<BuildingId>,
    ) -> Result<(), ImportError> {
        if let Some(building) = received_in {
            let context = Context::new(Who::Process(PROCESS), self.clock.now(), Mint.id());
            let at = (ImportId(file.id), building);
            match self.commands.cancel_import(&context, at).await {
                // Its building is gone: nobody can commit it any more.
                Ok(_) | Err(CommandError::Refused(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        tracing::info!(import = %file.id, "what was staged is forgotten");
        Ok(staging::forget(&self.pool, file.id).await?)
    }

    /// The locks of all who may be at work on it: the command line knows it by the sum of its
    /// content, the API by its id.
    async fn locks(&self, file: &Unfinished) -> Result<Option<[ImportLock; 2]>, ImportError> {
        let options = self.pool.connect_options();
        let Some(first) = ImportLock::take(&options, &file.sha256).await? else {
            return Ok(None);
        };
        let second = ImportLock::take(&options, file.id.as_bytes()).await?;
        if let Some(second) = second {
            return Ok(Some([first, second]));
        }
        first.release().await?;
        Ok(None)
    }
}

fn report(purged: Result<Purged, ImportError>) {
    match purged {
        Ok(purged) if purged == Purged::default() => tracing::debug!("no staged row is left over"),
        Ok(Purged { emptied, forgotten }) => {
            tracing::info!(emptied, forgotten, "staged rows were let go");
        }
        Err(error) => tracing::warn!(%error, "staged rows could not be let go; tried again later"),
    }
}
