//! Sweeps the store: files that belong to nothing, and bytes that no event tells of.
//!
//! What is swept follows from the streams and from the store alone, so nothing is lost when the
//! server stops, and it does no harm when two servers sweep at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use commands::{CommandError, Commands, Context, Who};
use domain::file::File;
use domain::id::FileId;
use eventstore::{Clock, Mint, PostgresJournal, Stop};
use futures::TryStreamExt;
use object_store::ObjectMeta;
use projections::{QueryError, files};

use super::Files;
use crate::chore::now_and_then;
use crate::config::FilesCleanup;

/// The name of the process in the journal.
const PROCESS: &str = "file_cleanup";
/// Files and bytes that are looked at in one go.
const BATCH: u32 = 500;

/// Why a sweep stopped half-way; the next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The read models do not answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The journal does not answer.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] object_store::Error),
}

/// What was swept, or would have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that belonged to nothing.
    pub files: u64,
    /// Objects in the store that no file has.
    pub objects: u64,
}

/// Sweeps the store.
#[derive(Clone)]
pub struct Cleanup {
    /// The store.
    pub files: Arc<Files>,
    /// Deletes files.
    pub commands: Arc<Commands>,
    /// Knows the files.
    pub journal: Arc<PostgresJournal>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

type Found = (ObjectMeta, Option<FileId>);

impl Cleanup {
    /// Sweeps now and then until it is told to stop.
    pub async fn run(self, stop: Stop) -> Result<(), String> {
        let every: Duration = self.files.settings.files_cleanup_every.duration();
        let sweep = || async { report(self.sweep().await) };
        now_and_then(every, stop, sweep).await;
        Ok(())
    }

    /// Sweeps once.
    pub async fn sweep(&self) -> Result<Swept, SweepError> {
        let files = self.sweep_files().await?;
        let objects = self.sweep_objects().await?;
        Ok(Swept { files, objects })
    }

    fn is_dry(&self) -> bool {
        self.files.settings.files_cleanup == FilesCleanup::Dry
    }

    /// Deletes files that have belonged to nothing for too long. The read model finds them, their
    /// streams decide.
    async fn sweep_files(&self) -> Result<u64, SweepError> {
        let life = self.files.settings.files_unattached_life.delta();
        let mut swept = 0;
        loop {
            let now = self.clock.now();
            let readers = self.journal.readers();
            let found = files::loose(readers, now - life, BATCH).await?;
            let mut deleted = 0;
            for id in &found {
                tracing::info!(file = %id, dry = self.is_dry(), "belongs to nothing");
                if self.is_dry() {
                    swept += 1;
                    continue;
                }
                let context = Context::new(Who::Process(PROCESS), now, Mint.id());
                match self.commands.expire_file(&context, *id, life).await {
                    Ok(_) => deleted += 1,
                    // It was attached or deleted meanwhile; the read model has yet to hear of it.
                    Err(CommandError::Refused(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            swept += deleted;
            // The read model may still tell of those that were deleted just now.
            if self.is_dry() || deleted == 0 || found.len() < BATCH as usize {
                return Ok(swept);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Takes out of the store what belongs to no file: bytes of deleted ones, and those whose
    /// event never came.
    async fn sweep_objects(&self) -> Result<u64, SweepError> {
        let mut chunks = self.files.all().try_chunks(BATCH as usize);
        let mut swept = 0;
        while let Some(chunk) = chunks.try_next().await.map_err(|error| error.1)? {
            swept += self.sweep_chunk(&chunk).await?;
        }
        Ok(swept)
    }

    async fn sweep_chunk(&self, chunk: &[Found]) -> Result<u64, SweepError> {
        let ids: Vec<FileId> = chunk.iter().filter_map(|(_, file)| *file).collect();
        let kept = files::kept_among(self.journal.readers(), &ids).await?;
        let mut swept = 0;
        for (object, file) in chunk {
            // What has another name was not put there by us.
            let Some(id) = file else { continue };
            if kept.contains(id) || !self.is_orphan(*id, object.last_modified).await? {
                continue;
            }
            let (place, dry) = (&object.location, self.is_dry());
            tracing::info!(%place, bytes = object.size, dry, "bytes without a file");
            if !dry {
                self.files.remove_at(place).await?;
            }
            swept += 1;
        }
        Ok(swept)
    }

    /// Whether nobody needs the bytes of the file: its own stream says so. Bytes come before the
    /// event, so those that are young may be about to become a file.
    async fn is_orphan(&self, id: FileId, written: DateTime<Utc>) -> Result<bool, SweepError> {
        let (state, _) = self.commands.dispatch().peek::<File>(id).await?;
        let life = self.files.settings.files_unattached_life.delta();
        Ok(match *state {
            File::Kept(_) => false,
            File::Deleted(_) => true,
            File::Absent => self.clock.now() - written >= life,
        })
    }
}

fn report(swept: Result<Swept, SweepError>) {
    match swept {
        Ok(swept) if swept == Swept::default() => tracing::debug!("no file is left over"),
        Ok(Swept { files, objects }) => tracing::info!(files, objects, "the store was swept"),
        // At the first start, whose read models are about to be built.
        Err(SweepError::Query(error)) if error.is_unbuilt() => {
            tracing::debug!("the files are not known yet, so the store is swept later");
        }
        Err(error) => tracing::warn!(%error, "the store could not be swept; it is tried again"),
    }
}
