//! The platform without its API: the database, the journal and the commands on it.

use std::sync::Arc;

use commands::{CommandError, Commands, Settings};
use eventstore::cluster::{Cluster, ClusterError, DataDir, check_fingerprint};
use eventstore::postgres::Settings as JournalSettings;
use eventstore::{Clock, Journal, JournalError, PgConnectOptions, PostgresJournal, SystemClock};
use sqlx::migrate::MigrateError;

use crate::config::{Secret, Store};

/// Why the platform could not be started, in sentences that name the fault and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error("{0}")]
    Setting(String),
    /// The address cannot be listened on.
    #[error(
        "{address} cannot be listened on: {source}; stop what listens there, or choose another \
         address with `CADASTRE_LISTEN`"
    )]
    Address {
        /// The address.
        address: std::net::SocketAddr,
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
                stop(cluster).await?;
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

    /// Finishes what was taken, and lets go of the database. The last one out stops Postgres.
    pub async fn close(self) -> Result<(), StartError> {
        let Self {
            cluster,
            journal,
            commands,
            ..
        } = self;
        journal.close().await;
        journal.pool().close().await;
        drop((journal, commands));
        stop(cluster).await
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

/// Stops the cluster, once nobody else in this process holds it.
async fn stop(cluster: Option<Arc<Cluster>>) -> Result<(), StartError> {
    match cluster.and_then(Arc::into_inner) {
        Some(cluster) => Ok(cluster.stop().await?),
        None => Ok(()),
    }
}
