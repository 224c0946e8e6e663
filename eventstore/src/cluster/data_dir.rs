//! The data directory: what the house keeps on this machine.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use super::error::ClusterError;
use super::lock::ServeLock;
use super::secret::Secret;

/// Below this the house does not start, so that it stops before Postgres is forced to.
const FREE_MIB_MIN: u64 = 256;

/// A directory that exists and has room.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Makes the directory if need be, and checks that its disk has room.
    pub fn open(path: &Path) -> Result<Self, ClusterError> {
        if !path.exists() {
            make(path).map_err(ClusterError::file(path))?;
        }
        let path = path.canonicalize().map_err(ClusterError::file(path))?;
        if !path.is_dir() {
            let fault = std::io::Error::from(std::io::ErrorKind::NotADirectory);
            return Err(ClusterError::file(path)(fault));
        }
        check_room(&path, FREE_MIB_MIN)?;
        Ok(Self(path))
    }

    /// Its full path, without links.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Takes the right to be the one `serve` on this data.
    pub fn serve_lock(&self) -> Result<ServeLock, ClusterError> {
        ServeLock::take(&self.0)
    }

    /// The secret of the house: the configured one, or else that of the file `secret`, which is
    /// made at the first start.
    pub fn secret(&self, configured: Option<&str>) -> Result<Secret, ClusterError> {
        match configured {
            Some(text) => Secret::configured(text),
            None => Secret::in_file(&self.0.join("secret")),
        }
    }
}

/// Makes the directory for its owner alone, and sees to it that its name survives a power cut.
fn make(path: &Path) -> std::io::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(above)?;
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        made => made?,
    }
    sync_directory(above)
}

/// Puts the names in a directory on the disk. Without it a file that was written and synced can be
/// gone after a power cut.
pub(super) fn sync_directory(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// Refuses a disk with less than `needed_mib` left.
pub(super) fn check_room(path: &Path, needed_mib: u64) -> Result<(), ClusterError> {
    let disk = statvfs(path).map_err(|e| ClusterError::file(path)(e.into()))?;
    let free_mib = disk.blocks_available().saturating_mul(disk.fragment_size()) >> 20;
    if free_mib < needed_mib {
        return Err(ClusterError::DiskFull {
            path: path.into(),
            free_mib,
            needed_mib,
        });
    }
    Ok(())
}
