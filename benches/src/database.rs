//! One side's own database, and how each kind of client reaches it.

use eventstore::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::fault::Fault;

/// One side's own database.
pub struct Database {
    /// How to reach it, as the role that owns everything in it.
    pub options: PgConnectOptions,
    superuser: PgConnectOptions,
    postmaster: i32,
}

impl Database {
    /// The database that `options` name.
    pub fn new(options: PgConnectOptions, superuser: PgConnectOptions, postmaster: i32) -> Self {
        Self {
            options,
            superuser,
            postmaster,
        }
    }

    /// The first process of the server.
    pub fn server(&self) -> i32 {
        self.postmaster
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.options.get_database().unwrap_or_default()
    }

    /// How the peers reach it, who are at an older version of the same library.
    pub fn peer_options(&self) -> sqlx08::postgres::PgConnectOptions {
        let options = sqlx08::postgres::PgConnectOptions::new_without_pgpass()
            .host("localhost")
            .port(self.options.get_port())
            .username(self.options.get_username())
            .database(self.name())
            .ssl_mode(sqlx08::postgres::PgSslMode::Disable);
        match self.options.get_socket() {
            Some(socket) => options.socket(socket),
            None => options.host(self.options.get_host()),
        }
    }

    /// A connection of the leanest client.
    pub async fn raw(&self) -> Result<tokio_postgres::Client, Fault> {
        let mut config = tokio_postgres::Config::new();
        config
            .port(self.options.get_port())
            .user(self.options.get_username())
            .dbname(self.name());
        match self.options.get_socket() {
            Some(socket) => config.host_path(socket),
            None => config.host(self.options.get_host()),
        };
        let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Runs statements that stand in this program.
    pub async fn run(&self, sql: &str) -> Result<(), Fault> {
        let mut owner = self.options.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut owner)
            .await?;
        owner.close().await?;
        Ok(())
    }

    /// Takes it away, whoever is still connected.
    pub async fn remove(&self) -> Result<(), Fault> {
        let mut superuser = self.superuser.connect().await?;
        let sql = format!("drop database {} with (force)", self.name());
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut superuser)
            .await?;
        superuser.close().await?;
        Ok(())
    }
}
