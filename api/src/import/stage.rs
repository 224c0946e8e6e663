//! The first pass: rows into the staging table, all of them or none.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use projections::staging::{Order, StagedRow, Staging};
use sqlx::PgPool;
use tokio::sync::mpsc;

use super::dates::DateOrder;
use super::progress::Progress;
use super::reader::{Form, Rows};
use super::source::Source;
use super::{ImportError, Stop};

/// Rows that are sent to the database at a time.
const BATCH_ROWS: usize = 1_000;
/// Batches that wait for the database.
const BATCHES_WAITING_MAX: usize = 4;

/// What is to be staged, and where.
pub struct Stage<'a> {
    /// The database.
    pub pool: &'a PgPool,
    /// The id of the import.
    pub import: uuid::Uuid,
    /// What kind of file it is.
    pub kind: &'static str,
    /// What the content was found to be.
    pub sha256: [u8; 32],
    /// In which order day and month stand in its dates.
    pub dates: Option<DateOrder>,
    /// Now.
    pub at: DateTime<Utc>,
    /// Whether progress is shown.
    pub shown: bool,
}

impl Stage<'_> {
    /// Reads the rows of `source` and stages them. The content is summed up once more at the end,
    /// so that a file that somebody wrote to in between is not taken for the one that was summed up
    /// first.
    pub async fn run(
        &self,
        source: &Arc<Source>,
        form: Form,
        order: Order,
        stop: &Stop,
    ) -> Result<(), ImportError> {
        let dates = self.dates;
        let mut rows = blocking(source, move |source| Rows::open(source, form, dates)).await?;
        let mut staging = Staging::open(
            self.pool,
            (self.import, self.kind),
            self.sha256,
            source.name(),
            (rows.header(), dates.map(DateOrder::as_str)),
            self.at,
        )
        .await?;
        let (send, mut batches) = mpsc::channel(BATCHES_WAITING_MAX);
        let reading = tokio::task::spawn_blocking(move || read_all(&mut rows, &send));
        let mut progress = Progress::begin(self.shown, "staging", "bytes", 0, source.bytes());
        let (read, mut count) = (source.read(), 0);
        while let Some(batch) = batches.recv().await {
            if stop.is_asked() {
                return Err(ImportError::StoppedStaging);
            }
            staging.push(&batch).await?;
            count += batch.len();
            progress.set(read.load(Ordering::Relaxed));
        }
        joined(reading.await)?;
        progress.end();
        if count == 0 {
            return Err(ImportError::NoRows(source.name().to_owned()));
        }
        if blocking(source, Source::sha256).await? != self.sha256 {
            return Err(ImportError::Changed(source.name().to_owned()));
        }
        Ok(staging.close(order).await?)
    }
}

fn read_all(rows: &mut Rows, send: &mpsc::Sender<Vec<StagedRow>>) -> Result<(), ImportError> {
    loop {
        let mut batch = Vec::with_capacity(BATCH_ROWS);
        while batch.len() < BATCH_ROWS {
            match rows.next_row()? {
                Some(row) => batch.push(row),
                None => break,
            }
        }
        let is_last = batch.len() < BATCH_ROWS;
        // Nobody listens any more: the import was stopped.
        if (!batch.is_empty() && send.blocking_send(batch).is_err()) || is_last {
            return Ok(());
        }
    }
}

/// Reads the source away from the threads that serve.
pub async fn blocking<T: Send + 'static>(
    source: &Arc<Source>,
    work: impl FnOnce(&Source) -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    let source = Arc::clone(source);
    joined(tokio::task::spawn_blocking(move || work(&source)).await)
}

fn joined<T>(
    done: Result<Result<T, ImportError>, tokio::task::JoinError>,
) -> Result<T, ImportError> {
    match done {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
