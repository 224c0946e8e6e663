//! The house that is looked into: its database, embedded or not.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use eventstore::cluster::Cluster;
use eventstore::postgres::Settings;
use eventstore::setting;
use eventstore::{PgConnectOptions, PgPool, PostgresJournal, Readers, SystemClock};
use projections::Workplace;
use sqlx::postgres::PgPoolOptions;

use crate::cli::Place;
use crate::fault::Fault;
use crate::fit;

/// Connections for reading; more than two are never busy at once.
const READERS_MAX: u32 = 2;
/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The house that is looked into.
pub struct House {
    /// Connections for reading.
    pub pool: PgPool,
    options: PgConnectOptions,
    cluster: Option<Cluster>,
}

impl House {
    /// Finds the database and checks that it is of this version.
    pub async fn open(place: &Place) -> Result<Self, Fault> {
        let (options, cluster) =
            if let Some(url) = setting::secret("DATABASE_URL").map_err(Fault::unknown)? {
                (of_url(&url)?, None)
            } else {
                let cluster = embedded(place).await?;
                (cluster.options(), Some(cluster))
            };
        let options = options.application_name("cadastre replay");
        let pool = PgPoolOptions::new()
            .max_connections(READERS_MAX)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options.clone());
        let house = Self {
            pool,
            options,
            cluster,
        };
        match fit::check(&house.pool).await {
            Ok(()) => Ok(house),
            Err(fault) => {
                // The fault that was found first is the one to be told.
                let _ = house.close().await;
                Err(fault)
            }
        }
    }

    /// Connections for the questions of the read models.
    pub fn readers(&self) -> Readers {
        Readers::new(self.options.clone(), READERS_MAX)
    }

    /// The journal as it is written to and replayed from.
    pub async fn journal(&self) -> Result<Arc<PostgresJournal>, Fault> {
        let settings = Settings {
            readers_max: READERS_MAX,
            ..Settings::default()
        };
        let journal = PostgresJournal::open(self.options.clone(), Arc::new(SystemClock), settings);
        Ok(Arc::new(journal.await?))
    }

    /// What work on a projection needs.
    pub async fn workplace(&self) -> Result<Workplace, Fault> {
        Ok(Workplace {
            options: self.options.clone(),
            journal: self.journal().await?,
            clock: Arc::new(SystemClock),
        })
    }

    /// Lets go of the database; stops it if nobody else uses it.
    pub async fn close(self) -> Result<(), Fault> {
        self.pool.close().await;
        match self.cluster {
            Some(cluster) => Ok(cluster.stop().await?),
            None => Ok(()),
        }
    }
}

fn of_url(url: &str) -> Result<PgConnectOptions, Fault> {
    // The URL itself is not repeated: it may hold a password.
    PgConnectOptions::from_str(url).map_err(|error| {
        Fault::unknown(format!(
            "DATABASE_URL is no address of a Postgres ({error}); write one such as \
             postgres://user@host/database"
        ))
    })
}

/// The embedded Postgres, of which there must be one: looking does not make a new house.
async fn embedded(place: &Place) -> Result<Cluster, Fault> {
    if !place.data.join("postgres").is_dir() {
        return Err(Fault::unreachable(format!(
            "there is no data in `{}`; name its folder with --data, or start `cadastre serve` once",
            place.data.display()
        )));
    }
    Ok(Cluster::start_or_attach(&place.data).await?)
}
