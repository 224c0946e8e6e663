//! Locks between processes, on files. The kernel lets go of them when their process dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::POLL;
use super::error::ClusterError;

/// A lock on a file, held until dropped.
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Waits until nobody else holds the lock in any form.
    pub async fn wait_exclusive(path: &Path) -> Result<Self, ClusterError> {
        loop {
            if let Some(lock) = Self::try_exclusive(path)? {
                return Ok(lock);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Takes the lock for itself alone, or `None` while anybody else holds it.
    pub fn try_exclusive(path: &Path) -> Result<Option<Self>, ClusterError> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(ClusterError::file(path)(e)),
        }
    }

    /// Takes the lock together with others, waiting while one holds it alone.
    pub fn shared(path: &Path) -> Result<Self, ClusterError> {
        let file = open(path)?;
        file.lock_shared().map_err(ClusterError::file(path))?;
        Ok(Self(file))
    }
}

/// The right to be the one `serve` on a data directory, held until dropped.
#[derive(Debug)]
pub struct ServeLock(
    #[expect(dead_code, reason = "the lock lives exactly as long as the open file")] FileLock,
);

impl ServeLock {
    /// Takes the lock, or says which process holds it.
    pub(super) fn take(data: &Path) -> Result<Self, ClusterError> {
        let path = data.join("serve.lock");
        let Some(mut lock) = FileLock::try_exclusive(&path)? else {
            return Err(ClusterError::Served {
                pid: read_pid(&path),
                data: data.into(),
            });
        };
        lock.write(&std::process::id().to_string())
            .map_err(ClusterError::file(&path))?;
        Ok(Self(lock))
    }
}

impl FileLock {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        self.0.write_all(text.as_bytes())
    }
}

/// Opens a lock file. It is never deleted: a lock on a file without a name protects nothing.
fn open(path: &Path) -> Result<File, ClusterError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(ClusterError::file(path))
}

fn read_pid(path: &Path) -> Option<u32> {
    let mut text = String::new();
    File::open(path).ok()?.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
