//! Where the programs of Postgres are on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;

/// What the SQL of this house needs.
const OLDEST: u32 = 15;

/// One installation of Postgres.
#[derive(Clone, Debug)]
pub struct Binaries {
    directory: PathBuf,
    major: u32,
}

impl Binaries {
    /// The installation that fits the data in `cluster`: the same major version if there is data,
    /// the newest otherwise.
    pub fn for_cluster(cluster: &Path) -> Result<Self, ClusterError> {
        let all = installed();
        let names: Vec<_> = all.iter().map(|b| b.major.to_string()).collect();
        let Some(made_by) = data_version(cluster) else {
            let newest = all
                .into_iter()
                .filter(|b| b.major >= OLDEST)
                .max_by_key(|b| b.major);
            let found = (!names.is_empty()).then(|| names.join(", "));
            return newest.ok_or(ClusterError::NotInstalled {
                oldest: OLDEST,
                found,
            });
        };
        let fitting = all.into_iter().find(|b| b.major == made_by);
        let installed = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        fitting.ok_or(ClusterError::OtherVersion {
            path: cluster.into(),
            made_by,
            installed,
        })
    }

    /// One of the programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// The version that made the data, if there is any.
fn data_version(cluster: &Path) -> Option<u32> {
    fs::read_to_string(cluster.join("PG_VERSION"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn installed() -> Vec<Binaries> {
    let mut found: Vec<Binaries> = Vec::new();
    for directory in candidates() {
        if let Some(major) = version_in(&directory)
            && !found.iter().any(|b| b.major == major)
        {
            found.push(Binaries { directory, major });
        }
    }
    found
}

fn candidates() -> Vec<PathBuf> {
    let mut candidates = Vec::new();
    if let Ok(answer) = Command::new("pg_config").arg("--bindir").output() {
        candidates.push(PathBuf::from(
            String::from_utf8_lossy(&answer.stdout).trim(),
        ));
    }
    for family in ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"] {
        let inside = fs::read_dir(family).into_iter().flatten().flatten();
        candidates.extend(inside.map(|entry| entry.path().join("bin")));
    }
    for version in fs::read_dir("/usr").into_iter().flatten().flatten() {
        if version.file_name().to_string_lossy().starts_with("pgsql-") {
            candidates.push(version.path().join("bin"));
        }
    }
    candidates.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    candidates
}

/// The major version of the server in a directory, if all that we need is there.
fn version_in(directory: &Path) -> Option<u32> {
    if !["postgres", "initdb", "pg_ctl"]
        .iter()
        .all(|name| directory.join(name).is_file())
    {
        return None;
    }
    let answer = Command::new(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, or `17beta1` before a release.
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let version = text.split_whitespace().nth(2)?;
    version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}
