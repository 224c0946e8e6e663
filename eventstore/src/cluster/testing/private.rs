//! A cluster for one test, to be killed and started again.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;

use super::super::server::Server;
use super::super::settings::Settings;
use super::super::{Cluster, ClusterError, DataDir, POLL};

const PREFIX: &str = "cadastre-private-";

/// A Postgres for one test alone, for tests that kill it; ended and removed with this value.
///
/// ```text
/// let postgres = testing::private_cluster().await;
/// MIGRATOR.run(&mut postgres.options().connect().await?).await?;
/// …                                   // append, and at a random moment:
/// postgres.kill_9().await;            // as a power cut, but for the page cache
/// postgres.start().await;             // recovers from its log
/// …                                   // count what was acknowledged
/// ```
#[derive(Debug)]
pub struct PrivateCluster {
    cluster: Cluster,
    home: PathBuf,
}

/// A fresh private cluster, running.
///
/// # Panics
/// When there is no Postgres to make it with; the message says what to install.
pub async fn private_cluster() -> PrivateCluster {
    static MADE: AtomicU32 = AtomicU32::new(0);
    sweep();
    let count = MADE.fetch_add(1, Ordering::Relaxed);
    // Not the environment's temporary directory, which may be closed to Postgres's owner.
    let home = PathBuf::from(format!("/tmp/{PREFIX}{}-{count}", std::process::id()));
    DirBuilder::new()
        .mode(0o711)
        .create(&home)
        .expect("a new directory in /tmp");
    let cluster = Cluster::with_settings(&home, Settings::short_lived()).await;
    let cluster = cluster.unwrap_or_else(|e| panic!("no private Postgres for this test: {e}"));
    PrivateCluster { cluster, home }
}

impl PrivateCluster {
    /// How to reach its database, which is empty at first, as the role that owns it.
    pub fn options(&self) -> PgConnectOptions {
        self.cluster.options()
    }

    /// The cluster itself.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Where it lives.
    pub fn data(&self) -> &Path {
        &self.home
    }

    /// The process number of the postmaster, while it runs.
    pub fn postmaster(&self) -> Option<i32> {
        self.cluster.server.postmaster().map(Pid::as_raw)
    }

    /// Kills the postmaster with SIGKILL, and waits until it is gone. Its backends notice within
    /// moments and leave without writing anything more.
    pub async fn kill_9(&self) {
        if let Some(postmaster) = self.cluster.server.postmaster() {
            let _already_gone = kill(postmaster, Signal::SIGKILL);
            while self.cluster.server.postmaster().is_some() {
                tokio::time::sleep(POLL).await;
            }
        }
    }

    /// Starts it again, and waits until it has recovered.
    ///
    /// # Panics
    /// When it does not come up again.
    pub async fn start(&self) {
        let up = self.cluster.ensure_running().await;
        up.unwrap_or_else(|e| panic!("the private Postgres does not come up again: {e}"));
    }
}

impl Drop for PrivateCluster {
    fn drop(&mut self) {
        remove(&self.cluster.server, &self.home);
    }
}

fn remove(server: &Server, home: &Path) {
    // What cannot be removed now is swept by a later test.
    let _stopped = server.stop("immediate");
    let _removed = fs::remove_dir_all(server.socket_dir());
    let _removed = fs::remove_dir_all(home);
}

/// Ends and removes the clusters of tests that were killed.
fn sweep() {
    for entry in fs::read_dir("/tmp").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if maker(&name).is_some_and(|pid| kill(pid, None).is_err()) {
            let left = open(&entry.path());
            let _best_effort = left.map(|server| remove(&server, &entry.path()));
        }
    }
}

fn open(home: &Path) -> Result<Server, ClusterError> {
    Server::under(&DataDir::open(home)?, Settings::short_lived())
}

/// The process that made a private cluster, from the name of its directory.
fn maker(name: &str) -> Option<Pid> {
    let pid = name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok()?;
    Some(Pid::from_raw(pid))
}
