//! The secret of the house, from which the keys of claims and tokens are derived.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};
use sqlx::PgPool;

use super::data_dir::sync_directory;
use super::error::ClusterError;

/// Shorter secrets can be guessed.
const BYTES_MIN: usize = 32;
/// Under this name the fingerprint is kept in `journal.setting`.
const SETTING: &str = "secret_fingerprint";

/// The secret of the house. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret that was given, such as by `CADASTRE_SECRET`.
    pub fn configured(text: &str) -> Result<Self, ClusterError> {
        let text = text.trim();
        if text.len() < BYTES_MIN {
            return Err(ClusterError::WeakSecret {
                length: text.len(),
                least: BYTES_MIN,
            });
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret in a file, which is made with a new one when it is not there.
    pub(super) fn in_file(path: &Path) -> Result<Self, ClusterError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::configured(&text),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                create(
                    path,
                    &random_hex().map_err(ClusterError::file("/dev/urandom"))?,
                )
                .map_err(ClusterError::file(path))?;
                // Read again: of two that make it at once, one has won.
                fs::read_to_string(path)
                    .map_err(ClusterError::file(path))
                    .and_then(|text| Self::configured(&text))
            }
            Err(e) => Err(ClusterError::file(path)(e)),
        }
    }

    /// What keys are derived from.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Tells two secrets apart without saying anything about either.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::new()
            .chain_update("cadastre secret fingerprint\0")
            .chain_update(&self.0);
        hex(&digest.finalize()[..16])
    }
}

/// Keeps the secret's fingerprint in the database at the first start, and refuses another secret
/// from then on.
pub async fn check_fingerprint(pool: &PgPool, secret: &Secret) -> Result<(), ClusterError> {
    let ours = secret.fingerprint();
    sqlx::query(
        "insert into journal.setting (name, value) values ($1, $2) on conflict (name) do nothing",
    )
    .bind(SETTING)
    .bind(&ours)
    .execute(pool)
    .await?;
    let kept: String = sqlx::query_scalar("select value from journal.setting where name = $1")
        .bind(SETTING)
        .fetch_one(pool)
        .await?;
    if kept == ours {
        Ok(())
    } else {
        Err(ClusterError::OtherSecret)
    }
}

/// Puts the file in place whole or not at all: a half-written secret must never be read.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let fresh = path.with_extension(std::process::id().to_string());
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    let placed = match fs::hard_link(&fresh, path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    };
    fs::remove_file(&fresh)?;
    placed?;
    // What is derived from it goes into the database at once, so its name must be on the disk.
    sync_directory(path.parent().unwrap_or(Path::new("/")))
}

fn random_hex() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex(&bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
