//! Bringing in files: `cadastre import hotel-bookings FILE`, `cadastre import buildings FILE`.
//!
//! The first pass stages the rows under an identity that lasts (the SHA-256 of the content and the
//! number of the row), the second carries out what they say, through the same rules as the API.
//! Exactly once rests on ids that follow from that identity and on the versions that streams are
//! expected at; what is noted down on the way only saves work.
//!
//! A kind of file whose rows are taken in the order of the file is a [`Kind`]: it says which
//! columns it needs, what a row says, and which commands that takes. [`Rowwise`] does the rest.

mod brought;
mod buildings;
mod columns;
mod command;
mod committed;
mod dates;
mod error;
mod fields;
mod hotels;
mod ids;
mod incidents;
mod kind;
mod machines;
mod occupants;
pub mod places;
mod progress;
mod purge;
mod reader;
mod report;
mod rowwise;
pub mod sheet;
mod source;
mod stage;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use commands::{Commands, Who};
use domain::id::UserId;
use futures::future::BoxFuture;
use projections::staging::{self, Contents, ImportLock, Order, StagedFile};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

pub use brought::fields_of;
pub use buildings::Buildings;
pub use columns::Column;
pub use command::{FileArgs, OccupantArgs, bring_in, run, run_occupants};
pub use committed::Committed;
pub use dates::DateOrder;
pub use error::ImportError;
pub use fields::{Fields, Read};
pub use hotels::Hotels;
pub use ids::Ids;
pub use incidents::IncidentLog;
pub use kind::{Hand, Kind, Line};
pub use machines::{Errors, Failures, Machines, Replacements};
pub use occupants::{Occupants, SOUGHT};
pub use progress::Progress;
pub use purge::{KEPT, Purge, Purged};
pub use reader::Form;
pub use report::{Report, Speed};
pub use rowwise::Rowwise;

use source::Source;
use stage::{Stage, blocking};

/// In which order day and month stand in the dates of a staged file.
fn date_order(file: &StagedFile) -> Option<DateOrder> {
    file.date_order.as_deref().and_then(DateOrder::of)
}

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

impl Outcome {
    /// The exit code of an import of which no row was accepted.
    pub const NOTHING: u8 = 1;
    /// The exit code of a program that was stopped by Ctrl-C.
    pub const STOPPED: u8 = 130;

    /// The exit code of a program that has brought this about.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Finished(report) | Self::Before(report) if report.figures.accepted() == 0 => {
                Self::NOTHING
            }
            Self::Finished(_) | Self::Before(_) => 0,
            Self::Stopped { .. } => Self::STOPPED,
        }
    }
}

/// What became of the second pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walked {
    /// It came to the end.
    Whole,
    /// It was told to stop.
    InPart,
}

/// A staged file whose steps are to be carried out.
pub struct Job<'a> {
    /// What they are carried out with.
    pub importer: &'a Importer,
    /// The ids that follow from the content.
    pub ids: Ids,
    /// The file.
    pub file: &'a StagedFile,
    /// Whether another run may have been at it.
    pub resumed: bool,
}

/// How a kind of file is read and carried out.
pub trait Way: Send + Sync {
    /// The name of the kind, for ever: ids may follow from it.
    fn kind(&self) -> &'static str;

    /// The ids that follow from a content.
    fn ids(&self, sha256: [u8; 32]) -> Ids;

    /// What the file has to look like, and how its rows are read.
    fn form(&self) -> Form;

    /// What becomes of what its rows say when all are carried out.
    fn contents(&self) -> Contents {
        Contents::Kept
    }

    /// In which order its steps are carried out.
    fn order(&self) -> Order;

    /// Carries out all steps, or as many as are begun before it is told to stop.
    fn carry_out<'a>(
        &'a self,
        job: &'a Job<'a>,
        progress: &'a mut Progress,
        stop: &'a Stop,
    ) -> BoxFuture<'a, Result<Walked, ImportError>>;
}

/// Imports files.
pub struct Importer {
    /// By which everything is decided.
    pub commands: Arc<Commands>,
    /// For what is staged.
    pub pool: PgPool,
    /// For the connection that holds the lock.
    pub options: PgConnectOptions,
    /// Whom the buildings belong to; nobody, where there is nobody yet.
    pub owner: Option<UserId>,
    /// Who brings the files in.
    pub who: Who,
    /// Whether progress is shown.
    pub shown: bool,
    /// In which order day and month stand in dates, where the caller says so.
    pub dates: Option<DateOrder>,
}

impl Importer {
    /// Imports the hotel bookings at `path`, or of standard input for `-`, which is kept in
    /// `folder` meanwhile.
    pub async fn run(
        &self,
        path: &Path,
        folder: &Path,
        stop: &Stop,
    ) -> Result<Outcome, ImportError> {
        self.bring_in(&Hotels, path, folder, stop).await
    }

    /// Imports the file at `path` in its `way`, or standard input for `-`, which is kept in
    /// `folder` meanwhile.
    pub async fn bring_in(
        &self,
        way: &dyn Way,
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
        let lock = ImportLock::take(&self.options, &sha256)
            .await?
            .ok_or(ImportError::Busy)?;
        let outcome = self.run_locked(way, &source, sha256, stop).await;
        lock.release().await?;
        outcome
    }

    async fn run_locked(
        &self,
        way: &dyn Way,
        source: &Arc<Source>,
        sha256: [u8; 32],
        stop: &Stop,
    ) -> Result<Outcome, ImportError> {
        let (ids, began) = (way.ids(sha256), Instant::now());
        let found = staging::find(&self.pool, ids.import).await?;
        self.require_same_order(found.as_ref())?;
        if let Some(file) = found.as_ref().filter(|file| file.finished_at.is_some()) {
            return Ok(Outcome::Before(self.report(file, sha256, None).await?));
        }
        let resumed = found.is_some();
        let file = match found {
            Some(file) => file,
            None => self.stage(way, source, ids.import, sha256, stop).await?,
        };
        let before = self.commands.journal().head().await?;
        let job = Job {
            importer: self,
            ids,
            file: &file,
            resumed,
        };
        if self.walk(way, &job, stop).await? == Walked::InPart {
            let done = staging::find(&self.pool, ids.import).await?;
            return Ok(Outcome::Stopped {
                done: done.map_or(0, |file| file.done),
                steps: file.steps,
            });
        }
        let now = self.commands.clock().now();
        staging::finish(&self.pool, ids.import, now, way.contents()).await?;
        let speed = Speed {
            events: self.commands.journal().head().await? - before,
            resumed,
            seconds: began.elapsed().as_secs_f64(),
        };
        let file = StagedFile {
            finished_at: Some(now),
            ..file
        };
        let report = self.report(&file, sha256, Some(speed)).await?;
        Ok(Outcome::Finished(report))
    }

    /// Asks that a file which was staged before was read with the dates in the order that is asked
    /// for now.
    fn require_same_order(&self, staged: Option<&StagedFile>) -> Result<(), ImportError> {
        match staged.and_then(date_order) {
            Some(order) if self.dates.is_some_and(|asked| asked != order) => {
                Err(ImportError::ReadOtherwise(order))
            }
            _ => Ok(()),
        }
    }

    async fn walk(&self, way: &dyn Way, job: &Job<'_>, stop: &Stop) -> Result<Walked, ImportError> {
        let (done, steps) = (job.file.done.unsigned_abs(), job.file.steps.unsigned_abs());
        let mut progress = Progress::begin(self.shown, "importing", "steps", done, steps);
        let walked = way.carry_out(job, &mut progress, stop).await;
        progress.end();
        walked
    }

    async fn stage(
        &self,
        way: &dyn Way,
        source: &Arc<Source>,
        import: Uuid,
        sha256: [u8; 32],
        stop: &Stop,
    ) -> Result<StagedFile, ImportError> {
        let (form, asked) = (way.form(), self.dates);
        let dates = blocking(source, move |source| dates::find(source, form, asked)).await?;
        let at = self.commands.clock().now();
        let stage = Stage {
            pool: &self.pool,
            import,
            kind: way.kind(),
            sha256,
            dates,
            at,
            shown: self.shown,
        };
        stage.run(source, way.form(), way.order(), stop).await?;
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
