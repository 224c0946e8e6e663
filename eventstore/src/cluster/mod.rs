//! The embedded Postgres: a private cluster under the data directory.
//!
//! The first process that needs it starts it, others attach, the last one out stops it. It listens
//! on a socket in a directory that only its owner (and root) can enter, never on a network port,
//! and asks the kernel who is at the other end. As root it runs as the user `postgres`, because
//! Postgres refuses to run as root.
//!
//! What lies in the data directory:
//!
//! | file | what it is |
//! | --- | --- |
//! | `postgres/` | the cluster; settings of your own go into `postgres/local.conf` |
//! | `postgres.log` | what Postgres has to say |
//! | `secret` | the secret of the house, made at the first start |
//! | `serve.lock` | held by the one `serve` |
//! | `attached.lock` | shared by all processes that use the cluster |
//! | `start.lock` | held for the moment of a start or a stop |

mod binaries;
mod data_dir;
mod error;
mod lock;
mod owner;
mod secret;
mod server;
mod settings;
pub mod testing;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

pub use data_dir::DataDir;
pub use error::ClusterError;
pub use lock::ServeLock;
pub use secret::{Secret, check_fingerprint};

use lock::FileLock;
use server::Server;
use settings::Settings;

/// The database of the house, and the role that owns everything in it.
const NAME: &str = "cadastre";
/// The role that owns the cluster; nothing but this module connects as it.
const SUPERUSER: &str = "postgres";
/// How long a start may take. Recovery after a crash replays the log and can be long.
const START_S_MAX: u64 = 600;
/// How long to wait before asking again.
const POLL_MS: u64 = 10;
const POLL: Duration = Duration::from_millis(POLL_MS);

/// A private Postgres cluster that this process uses.
///
/// Dropping it lets go without stopping Postgres; [`Cluster::stop`] is the orderly end.
#[derive(Debug)]
pub struct Cluster {
    data: DataDir,
    server: Server,
    /// Held as long as this process uses the cluster.
    attached: Mutex<Option<FileLock>>,
}

impl Cluster {
    /// Starts the cluster under `data`, making it first if need be, or attaches to the running one.
    pub async fn start_or_attach(data: &Path) -> Result<Self, ClusterError> {
        Self::with_settings(data, Settings::production()).await
    }

    async fn with_settings(data: &Path, settings: Settings) -> Result<Self, ClusterError> {
        let data = DataDir::open(data)?;
        let server = Server::under(&data, settings)?;
        let starting = FileLock::wait_exclusive(&data.path().join("start.lock")).await?;
        let attached = FileLock::shared(&data.path().join("attached.lock"))?;
        let cluster = Self {
            data,
            server,
            attached: Mutex::new(Some(attached)),
        };
        cluster.bring_up().await?;
        cluster.prepare().await?;
        drop(starting);
        Ok(cluster)
    }

    /// The data directory that the cluster lives in.
    pub fn data(&self) -> &DataDir {
        &self.data
    }

    /// How to reach the database `cadastre`, as the role that owns everything in it.
    pub fn options(&self) -> PgConnectOptions {
        self.options_for(NAME, NAME)
    }

    fn options_for(&self, role: &str, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("localhost")
            .port(server::PORT)
            .socket(self.server.socket_dir())
            .ssl_mode(sqlx::postgres::PgSslMode::Disable)
            .username(role)
            .database(database)
            .application_name(NAME)
    }

    /// Brings Postgres up again if it has died under us; does nothing while it runs.
    pub async fn ensure_running(&self) -> Result<(), ClusterError> {
        let _starting = FileLock::wait_exclusive(&self.data.path().join("start.lock")).await?;
        self.bring_up().await
    }

    /// Lets go of the cluster. The last process that uses it stops Postgres, with everything on
    /// disk.
    pub async fn stop(self) -> Result<(), ClusterError> {
        self.stop_within(Duration::from_secs(START_S_MAX)).await
    }

    /// The same, within `limit` and some seconds: a Postgres that does not stop by itself is
    /// killed. It then recovers at its next start, and nothing that was acknowledged is lost.
    pub async fn stop_within(&self, limit: Duration) -> Result<(), ClusterError> {
        let path = self.data.path().join("start.lock");
        let waiting = FileLock::wait_exclusive(&path);
        let _stopping = match tokio::time::timeout(limit, waiting).await {
            Ok(lock) => Some(lock?),
            // Somebody starts or stops it at this moment, and does not come to an end.
            Err(_) => None,
        };
        self.attached
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match FileLock::try_exclusive(&self.data.path().join("attached.lock"))? {
            Some(_last) => {
                let server = self.server.clone();
                blocking(move || {
                    server.stop_within(limit);
                    Ok(())
                })
                .await
            }
            None => Ok(()),
        }
    }

    /// Starts Postgres unless it answers already. The caller holds the start lock.
    async fn bring_up(&self) -> Result<(), ClusterError> {
        let mut started = false;
        for _ in 0..START_S_MAX * 1000 / POLL_MS {
            match self.probe().await? {
                Probe::Up => return Ok(()),
                Probe::ComingUp => tokio::time::sleep(POLL).await,
                Probe::Down(why) if started => return Err(self.server.failed(&why)),
                Probe::Down(_) => {
                    let server = self.server.clone();
                    blocking(move || server.start()).await?;
                    started = true;
                }
            }
        }
        Err(self.server.failed("it did not become ready in time"))
    }

    /// Asks whether the Postgres of this data directory answers.
    async fn probe(&self) -> Result<Probe, ClusterError> {
        let options = self.options_for(SUPERUSER, "postgres");
        let mut connection = match options.connect().await {
            Ok(connection) => connection,
            Err(sqlx::Error::Database(e)) if is_passing(e.code().as_deref()) => {
                return Ok(Probe::ComingUp);
            }
            Err(e @ sqlx::Error::Database(_)) => return Err(e.into()),
            Err(e) => return Ok(Probe::Down(e.to_string())),
        };
        let directory: String = sqlx::query_scalar("select current_setting('data_directory')")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        self.server.check_is_ours(&directory)?;
        Ok(Probe::Up)
    }

    /// Makes the role and the database at the first start.
    async fn prepare(&self) -> Result<(), ClusterError> {
        let mut postgres = self.options_for(SUPERUSER, "postgres").connect().await?;
        if !exists(&mut postgres, "select from pg_roles where rolname = $1").await? {
            // Not a superuser, so that the revoked grants of the journal bind it too; it may make
            // roles, because the schema for analysts comes with a role of its own.
            sqlx::raw_sql("create role cadastre login createrole")
                .execute(&mut postgres)
                .await?;
        }
        if !exists(&mut postgres, "select from pg_database where datname = $1").await? {
            sqlx::raw_sql("create database cadastre owner cadastre")
                .execute(&mut postgres)
                .await?;
        }
        postgres.close().await?;
        Ok(())
    }
}

/// What became of asking Postgres whether it is there.
enum Probe {
    Up,
    ComingUp,
    Down(String),
}

/// Whether a refused connection is due to a moment's state: it starts, stops or recovers (class
/// 57P), or all connections are taken (53300).
fn is_passing(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.starts_with("57P") || code == "53300")
}

async fn exists(connection: &mut PgConnection, query: &'static str) -> Result<bool, ClusterError> {
    Ok(sqlx::query(query)
        .bind(NAME)
        .fetch_optional(connection)
        .await?
        .is_some())
}

/// Runs what waits for a child process or a disk away from the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClusterError> + Send + 'static,
) -> Result<T, ClusterError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(ClusterError::Start {
            why: e.to_string(),
            log: String::new(),
        }),
    }
}
