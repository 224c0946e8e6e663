//! The store of the bytes of files: a folder by default, a bucket where one is named.
//!
//! Bytes are written before the event that tells of them, under a name of our own making: the
//! digest, then the id. What is without an event is swept up later. Two files with the same bytes
//! lie there twice, so that no clean-up can take from one what another needs.

pub mod cleanup;
pub mod content;
mod open;
pub mod picture;
#[cfg(test)]
mod s3_tests;

use std::ops::Range;
use std::sync::Arc;

use axum::body::Bytes;
use domain::file::Known;
use domain::id::FileId;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{GetOptions, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::config;

pub use open::OpenError;

/// Uploads that are taken in at once, each of which is held in memory.
const UPLOADS_AT_ONCE: usize = 16;
/// Pictures that are read at once, each of which takes a core and much memory.
const PICTURES_AT_ONCE: usize = 2;

/// Which bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those that were uploaded, without what they told of the one who took them.
    Whole,
    /// A small picture of it.
    Thumbnail,
}

impl Part {
    fn folder(self) -> &'static str {
        match self {
            Self::Whole => "files",
            Self::Thumbnail => "thumbnails",
        }
    }
}

/// The store of the bytes of files.
pub struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// How much and for how long.
    pub settings: config::Files,
    /// A seat for each upload.
    pub uploads: Arc<Semaphore>,
    /// A seat for each picture that is read.
    pub pictures: Arc<Semaphore>,
}

impl Files {
    /// Opens the store that `settings` name; a folder of its own under `data` where they name none.
    pub async fn open(settings: &config::Files, data: &std::path::Path) -> Result<Self, OpenError> {
        let (store, prefix) = open::store(settings, data).await?;
        Ok(Self {
            store,
            prefix,
            settings: settings.clone(),
            uploads: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)),
            pictures: Arc::new(Semaphore::new(PICTURES_AT_ONCE)),
        })
    }

    fn place(&self, part: Part, id: FileId, sha256: &str) -> Path {
        let parts = [part.folder(), &sha256[..sha256.len().min(2)]];
        let folder = parts
            .iter()
            .fold(self.prefix.clone(), |path, part| path.join(*part));
        folder.join(format!("{sha256}.{id}"))
    }

    /// Keeps the bytes of a file; they are safe when this is done.
    pub async fn put(
        &self,
        part: Part,
        id: FileId,
        sha256: &str,
        bytes: Bytes,
    ) -> object_store::Result<()> {
        let place = self.place(part, id, sha256);
        self.store.put(&place, bytes.into()).await.map(drop)
    }

    /// The bytes of a file, all or those in `range`, as they come.
    pub async fn get(
        &self,
        part: Part,
        id: FileId,
        known: &Known,
        range: Option<Range<u64>>,
    ) -> object_store::Result<GetResult> {
        let options = GetOptions {
            range: range.map(Into::into),
            ..GetOptions::default()
        };
        let place = self.place(part, id, &known.sha256);
        self.store.get_opts(&place, options).await
    }

    /// Takes the bytes of a file out of the store. That they are gone already is no error.
    pub async fn remove(&self, id: FileId, known: &Known) -> object_store::Result<()> {
        for part in [Part::Whole, Part::Thumbnail] {
            self.remove_at(&self.place(part, id, &known.sha256)).await?;
        }
        Ok(())
    }

    /// Takes bytes out of the store that no event will tell of. If that fails, they are swept up.
    pub async fn forget(&self, id: FileId, sha256: &str) {
        for part in [Part::Whole, Part::Thumbnail] {
            if let Err(error) = self.remove_at(&self.place(part, id, sha256)).await {
                tracing::warn!(file = %id, %error, "bytes without a file could not be removed");
            }
        }
    }

    async fn remove_at(&self, place: &Path) -> object_store::Result<()> {
        match self.store.delete(place).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Everything that lies in the store, with the file that it belongs to by its name.
    fn all(&self) -> BoxStream<'static, object_store::Result<(ObjectMeta, Option<FileId>)>> {
        let list = self.store.list(Some(&self.prefix));
        list.map(|found| found.map(|object| (file_of(&object.location), object)))
            .map(|found| found.map(|(file, object)| (object, file)))
            .boxed()
    }
}

/// The file whose bytes lie at `place`, if it is a name that [`Files`] gives.
fn file_of(place: &Path) -> Option<FileId> {
    let name = place.filename()?;
    let (digest, id) = name.split_once('.')?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    id.parse::<Uuid>()
        .ok()
        .filter(|_| is_digest)
        .map(FileId::from)
}
