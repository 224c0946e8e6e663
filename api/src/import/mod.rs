//! Bringing in hotel bookings: `cadastre import hotel-bookings FILE`.
//!
//! The first pass stages the rows under an identity that lasts (the SHA-256 of the content and the
//! number of the row), the second carries out their steps in order of time, through the same rules
//! as the API. Exactly once rests on ids that follow from that identity and on the versions that
//! streams are expected at; what is noted down on the way only saves work.

mod columns;
mod command;
mod error;
mod ids;
mod progress;
mod reader;
mod report;
mod row;
mod set_up;
mod source;
mod stage;
mod steps;
mod times;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use chrono::{DateTime, Utc};
use commands::{Commands, Context, Who};
use domain::Origin;
use domain::id::UserId;
use projections::staging::{self, ImportLock, StagedFile};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

pub use command::{HotelBookings, hotel_bookings, run};
pub use error::ImportError;
pub use report::{Report, Speed};

use ids::Ids;
use progress::Progress;
use source::Source;
use stage::{Stage, blocking};
use steps::Walk;

/// Asks an import to stop at the next boundary between two steps. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for it.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What became of an import.
#[derive(Debug)]
pub enum Outcome {
    /// Everything is recorded.
    Finished(Report),
    /// Everything was recorded before; nothing was changed.
    Before(Report),
    /// It was told to stop; the same command goes on.
    Stopped {
        /// The steps that are done.
        done: i64,
        /// All steps.
        steps: i64,
    },
}

/// Imports hotel bookings.
pub struct Importer {
    /// By which everything is decided.
    pub commands: Arc<Commands>,
    /// For what is staged.
    pub pool: PgPool,
    /// For the connection that holds the lock.
    pub options: PgConnectOptions,
    /// Whom the hotels belong to; nobody, where there is nobody yet.
    pub owner: Option<UserId>,
    /// Whether progress is shown.
    pub shown: bool,
}

impl Importer {
    /// Imports the file at `path`, or standard input for `-`, which is kept in `folder` meanwhile.
    pub async fn run(
        &self,
        path: &Path,
        folder: &Path,
        stop: &Stop,
    ) -> Result<Outcome, ImportError> {
        let (path, folder) = (path.to_owned(), folder.to_owned());
        let opened = tokio::task::spawn_blocking(move || Source::open(&path, &folder)).await;
        let source = match opened {
            Ok(source) => Arc::new(source?),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let sha256 = blocking(&source, Source::sha256).await?;
        let lock = ImportLock::take(&self.options, sha256)
            .await?
            .ok_or(ImportError::Busy)?;
        let outcome = self.run_locked(&source, sha256, stop).await;
        lock.release().await?;
        outcome
    }

    async fn run_locked(
        &self,
        source: &Arc<Source>,
        sha256: [u8; 32],
        stop: &Stop,
    ) -> Result<Outcome, ImportError> {
        let (ids, began) = (Ids::of(sha256), Instant::now());
        let found = staging::find(&self.pool, ids.import).await?;
        if let Some(file) = found.as_ref().filter(|file| file.finished_at.is_some()) {
            return Ok(Outcome::Before(self.report(file, sha256, None).await?));
        }
        let resumed = found.is_some();
        let file = match found {
            Some(file) => file,
            None => self.stage(source, ids.import, sha256, stop).await?,
        };
        let before = self.commands.journal().head().await?;
        set_up::hotels(self, ids).await?;
        let unit = "steps";
        let (done, steps) = (file.done.unsigned_abs(), file.steps.unsigned_abs());
        let mut progress = Progress::begin(self.shown, "importing", unit, done, steps);
        let walk = Walk::new(
            Arc::clone(&self.commands),
            self.pool.clone(),
            ids,
            &file,
            resumed,
        );
        let walked = walk.run(&mut progress, stop).await;
        progress.end();
        if !walked?.finished {
            let done = staging::find(&self.pool, ids.import)
                .await?
                .map_or(0, |file| file.done);
            return Ok(Outcome::Stopped {
                done,
                steps: file.steps,
            });
        }
        set_up::open_to_all(self, ids).await?;
        let now = self.commands.clock().now();
        staging::finish(&self.pool, ids.import, now).await?;
        let events = self.commands.journal().head().await? - before;
        let file = StagedFile {
            finished_at: Some(now),
            ..file
        };
        let speed = Speed {
            events,
            resumed,
            seconds: began.elapsed().as_secs_f64(),
        };
        Ok(Outcome::Finished(
            self.report(&file, sha256, Some(speed)).await?,
        ))
    }

    async fn stage(
        &self,
        source: &Arc<Source>,
        import: Uuid,
        sha256: [u8; 32],
        stop: &Stop,
    ) -> Result<StagedFile, ImportError> {
        let at = self.commands.clock().now();
        let stage = Stage {
            pool: &self.pool,
            import,
            sha256,
            at,
            shown: self.shown,
        };
        stage.run(source, stop).await?;
        let staged = staging::find(&self.pool, import).await?;
        staged.ok_or(ImportError::Database(sqlx::Error::RowNotFound))
    }

    async fn report(
        &self,
        file: &StagedFile,
        sha256: [u8; 32],
        speed: Option<Speed>,
    ) -> Result<Report, ImportError> {
        let figures = staging::figures(&self.pool, file.id).await?;
        Ok(Report {
            file: file.clone(),
            sha256,
            figures,
            speed,
        })
    }
}

/// A command of the import `ids` that was true at `at`.
fn context(ids: Ids, command: Uuid, at: DateTime<Utc>) -> Context {
    Context {
        correlation_id: ids.import,
        origin: Origin::Import(ids.import),
        ..Context::new(Who::Operator, at, command)
    }
}
