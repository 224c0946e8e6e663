//! The platform without its API: the database, the journal and the commands on it.

use std::sync::Arc;
use std::time::Duration;

use commands::{CommandError, Commands, Settings};
use eventstore::cluster::{Cluster, ClusterError, DataDir, check_fingerprint};
use eventstore::postgres::Settings as JournalSettings;
use eventstore::{Clock, Journal, JournalError, PgConnectOptions, PostgresJournal, SystemClock};
use sqlx::migrate::MigrateError;
use tokio::time::{Instant, timeout_at};

use crate::config::{Secret, Store};

/// How long the embedded Postgres may take to stop by itself, before it is killed.
const STOP_POSTGRES_MAX: Duration = Duration::from_secs(5);
/// How long a program that serves nobody may take to let go of everything.
const CLOSE_MAX: Duration = Duration::from_mins(1);
/// So long the journal has to finish what it took, however late it is.
const CLOSE_MIN: Duration = Duration::from_secs(2);

/// Why the platform could not be started, in sentences that name the fault and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error("{0}")]
    Setting(String),
    /// The address cannot be listened on.
    #[error(
        "{address} cannot be listened on: {source}; stop what listens there, or choose another \
         address with `{setting}`"
    )]
    Address {
        /// The address.
        address: std::net::SocketAddr,
        /// The setting that names it.
        setting: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// The embedded Postgres cannot be used.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The address of a Postgres of one's own cannot be read.
    #[error(
        "DATABASE_URL cannot be read; write it like `postgres://user:password@host:5432/database`"
    )]
    Url,
    /// The data was written by a newer version.
    #[error(
        "this data is of a newer version of Cadastre, which has applied migration {0}; start that \
         version, or choose other data with `CADASTRE_DATA`"
    )]
    NewerData(i64),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date: {0}")]
    Migrate(MigrateError),
    /// The journal cannot be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What has to be there from the start could not be made.
    #[error("what has to be there from the start could not be made: {0}")]
    Command(#[from] CommandError),
    /// There is no user with this address.
    #[error("nobody has the e-mail address `{0}`; name another with `--email`")]
    NoSuchUser(String),
    /// The read models did not come up to the present.
    #[error("{0}")]
    Behind(#[from] projections::WaitError),
    /// A read model could not be asked.
    #[error(transparent)]
    Query(#[from] projections::QueryError),
    /// The store of files cannot be used.
    #[error(transparent)]
    Files(#[from] crate::files::OpenError),
    /// The server broke off.
    #[error("the server broke off: {0}")]
    Server(#[from] std::io::Error),
}

impl From<MigrateError> for StartError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::NewerData(version),
            error => Self::Migrate(error),
        }
    }
}

/// The platform without its API.
pub struct House {
    /// The embedded Postgres, where it is that.
    pub cluster: Option<Arc<Cluster>>,
    /// How to reach the database.
    pub options: PgConnectOptions,
    /// The journal.
    pub journal: Arc<PostgresJournal>,
    /// The commands on it.
    pub commands: Arc<Commands>,
    /// From which all keys are derived.
    pub secret: commands::Secret,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl House {
    /// Opens the platform of `store`, whose idempotency keys live for `key_days`.
    pub async fn open(store: &Store, folder: &DataDir, key_days: u32) -> Result<Self, StartError> {
        let (cluster, options) = match &store.secrets.database_url {
            None => {
                let cluster = Cluster::start_or_attach(folder.path()).await?;
                let options = cluster.options();
                (Some(Arc::new(cluster)), options)
            }
            Some(url) => (None, url.reveal().parse().map_err(|_| StartError::Url)?),
        };
        match Self::open_on(store, folder, options, key_days).await {
            Ok(house) => Ok(Self { cluster, ..house }),
            Err(error) => {
                stop(cluster.as_deref()).await?;
                Err(error)
            }
        }
    }

    async fn open_on(
        store: &Store,
        folder: &DataDir,
        options: PgConnectOptions,
        key_days: u32,
    ) -> Result<Self, StartError> {
        let secret = folder.secret(store.secrets.secret.as_ref().map(Secret::reveal))?;
        migrate(&options).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let limits = JournalSettings {
            key_days,
            ..JournalSettings::default()
        };
        let journal = PostgresJournal::open(options.clone(), Arc::clone(&clock), limits).await?;
        let journal = Arc::new(journal);
        check_fingerprint(journal.pool(), &secret).await?;
        let secret = commands::Secret::new(secret.as_bytes().to_vec());
        let on: Arc<dyn Journal> = Arc::clone(&journal) as Arc<dyn Journal>;
        let commands = Commands::new(on, Arc::clone(&clock), secret.clone(), Settings::default());
        let commands = Arc::new(commands);
        Ok(Self {
            cluster: None,
            options,
            journal,
            commands,
            secret,
            clock,
        })
    }

    /// The same as [`Self::close_by`], within a minute.
    pub async fn close(self) -> Result<(), StartError> {
        self.close_by(Instant::now() + CLOSE_MAX).await
    }

    /// Finishes what was taken, and lets go of the database; where that hangs, it is given up some
    /// seconds before `deadline`. The last process that uses the embedded Postgres stops it, by
    /// force if it must.
    pub async fn close_by(self, deadline: Instant) -> Result<(), StartError> {
        let closed = async {
            self.journal.close().await;
            self.journal.pool().close().await;
        };
        let until = deadline.checked_sub(STOP_POSTGRES_MAX).unwrap_or(deadline);
        let until = until.max(Instant::now() + CLOSE_MIN);
        if timeout_at(until, closed).await.is_err() {
            tracing::error!("the database does not answer: what it was asked last is given up");
        }
        stop(self.cluster.as_deref()).await
    }
}

async fn migrate(options: &PgConnectOptions) -> Result<(), StartError> {
    let named = options.clone().application_name("cadastre migrations");
    let pool = sqlx::PgPool::connect_with(named)
        .await
        .map_err(ClusterError::Database)?;
    let migrated = migrations::MIGRATOR.run(&pool).await;
    pool.close().await;
    Ok(migrated?)
}

/// Stops the cluster, unless another process uses it.
async fn stop(cluster: Option<&Cluster>) -> Result<(), StartError> {
    match cluster {
        Some(cluster) => Ok(cluster.stop_within(STOP_POSTGRES_MAX).await?),
        None => Ok(()),
    }
}
