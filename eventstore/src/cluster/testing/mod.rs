//! Real Postgres for tests: a database per test, cloned from a migrated template.
//!
//! All test processes of a workspace share one cluster under the target directory. The first one
//! starts it, and it stays up between runs; `scripts/test-cluster-stop` ends it. Its settings are
//! those of production as far as durability goes, so that what a test sees is what users get.
//!
//! Crash tests take a cluster of their own, [`private_cluster`], and kill it as they like.

mod private;
mod template;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};
use tokio::sync::OnceCell;

use super::server::short_name;
use super::settings::Settings;
use super::{Cluster, ClusterError, NAME, SUPERUSER};
use crate::clock::{Clock, SystemClock};

pub use private::{PrivateCluster, private_cluster};

/// Databases of tests that were killed are dropped by later tests at this age.
const LEFTOVER_S: i64 = 3600;
/// Connections of a pool of a test.
const POOL_MAX: u32 = 10;

/// A migrated database for one test, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    /// How to reach it, as the role that owns everything in it.
    pub options: PgConnectOptions,
    admin: PgConnectOptions,
    name: String,
}

impl TestDatabase {
    /// A pool of connections to it. It must not outlive the database.
    ///
    /// # Panics
    /// When the database cannot be reached.
    pub async fn pool(&self) -> PgPool {
        let pool = PgPoolOptions::new().max_connections(POOL_MAX);
        pool.connect_with(self.options.clone())
            .await
            .expect("the test database answers")
    }

    /// Makes the database what a fail-over makes of it that loses the commits after `position`:
    /// what was recorded since is gone, and so are all connections.
    ///
    /// # Panics
    /// When the database cannot be reached.
    pub async fn fail_over(&self, position: i64) {
        let lose = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid();
            alter table journal.event_0000 disable trigger event_is_immutable;
            delete from journal.event_0000 where position > {position};
            delete from journal.idempotency_key where position > {position};
            delete from journal.snapshot where position > {position};
            alter table journal.event_0000 enable always trigger event_is_immutable;
            select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()"
        );
        let mut connection = PgConnection::connect_with(&self.admin_options())
            .await
            .expect("the test database answers");
        sqlx::raw_sql(AssertSqlSafe(lose))
            .execute(&mut connection)
            .await
            .expect("the last events can be taken away");
    }

    /// Ends each connection to it with this probability; answers how many were ended.
    ///
    /// # Panics
    /// When the database cannot be reached.
    pub async fn end_connections(&self, probability: f64) -> usize {
        let mut connection = PgConnection::connect_with(&self.admin_options())
            .await
            .expect("the test database answers");
        let ended: Vec<bool> = sqlx::query_scalar(
            "select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and random() < $1",
        )
        .bind(probability)
        .fetch_all(&mut connection)
        .await
        .expect("the superuser ends connections");
        ended.len()
    }

    /// How to reach it as superuser, for what its owner may not do, such as locking it out.
    pub fn admin_options(&self) -> PgConnectOptions {
        self.admin.clone().database(&self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // A thread of its own: there may be a runtime here that must not be blocked from within.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime
                .map_err(sqlx::Error::Io)?
                .block_on(drop_database(&admin, &name))
        });
        // What could not be dropped is swept as a leftover.
        let _ = dropped.join();
    }
}

/// How many rounds a test of chance goes: as many as `suite` says, or `torture` of them when
/// `make torture` asks for the long form.
pub fn rounds(suite: u32, torture: u32) -> u32 {
    if std::env::var_os("CADASTRE_TORTURE").is_some() {
        torture
    } else {
        suite
    }
}

/// A database of its own for a test, with all migrations applied.
///
/// # Panics
/// When there is no Postgres to make it in; the message says what to install.
pub async fn database(migrator: &Migrator) -> TestDatabase {
    make(migrator)
        .await
        .unwrap_or_else(|e| panic!("no database for this test: {e}"))
}

async fn make(migrator: &Migrator) -> Result<TestDatabase, ClusterError> {
    static SHARED: OnceCell<Cluster> = OnceCell::const_new();
    let cluster = SHARED.get_or_try_init(shared_cluster).await?;
    let template = template::of(cluster, migrator).await?;
    let name = name();
    let admin = cluster.options_for(SUPERUSER, "postgres");
    let mut postgres = admin.connect().await?;
    template::clone(&mut postgres, &template, &name).await?;
    postgres.close().await?;
    Ok(TestDatabase {
        options: cluster.options().database(&name),
        admin,
        name,
    })
}

async fn shared_cluster() -> Result<Cluster, ClusterError> {
    let cluster = match Cluster::with_settings(&home(), Settings::shared_by_tests()).await {
        Err(
            ClusterError::CannotEnter { .. }
            | ClusterError::OtherOwner { .. }
            | ClusterError::File { .. },
        ) => Cluster::with_settings(&home_in_tmp(), Settings::shared_by_tests()).await?,
        other => other?,
    };
    sweep(&cluster).await?;
    Ok(cluster)
}

/// `<target>/test-cluster`, so that a clean build starts with a clean cluster.
fn home() -> PathBuf {
    target().join("test-cluster")
}

/// Where the shared cluster goes when the target directory is closed to Postgres's owner or to us.
fn home_in_tmp() -> PathBuf {
    let uid = nix::unistd::geteuid();
    PathBuf::from(format!(
        "/tmp/cadastre-test-{uid}-{}",
        short_name(&target())
    ))
}

/// The target directory: the one this test was built into.
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    let marked = test
        .ancestors()
        .find(|above| above.join("CACHEDIR.TAG").is_file());
    marked.map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
        Path::to_path_buf,
    )
}

/// A name that says when it was made, so that leftovers are known by their age.
fn name() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let (pid, count) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    format!("test_{}_{pid}_{count}", SystemClock.now().timestamp())
}

/// Drops the databases of tests that were killed.
async fn sweep(cluster: &Cluster) -> Result<(), ClusterError> {
    let admin = cluster.options_for(SUPERUSER, "postgres");
    let mut postgres = admin.connect().await?;
    let names: Vec<String> = sqlx::query_scalar(
        "select datname::text from pg_database d
         where datname like 'test\\_%'
           and split_part(datname, '_', 2)::bigint < $1
           and not exists (select from pg_stat_activity a where a.datname = d.datname)",
    )
    .bind(SystemClock.now().timestamp() - LEFTOVER_S)
    .fetch_all(&mut postgres)
    .await?;
    for name in names {
        drop_database(&admin, &name).await?;
    }
    Ok(())
}

async fn drop_database(admin: &PgConnectOptions, name: &str) -> Result<(), ClusterError> {
    let mut postgres = admin.connect().await?;
    run(
        &mut postgres,
        format!("drop database if exists {name} with (force)"),
    )
    .await?;
    postgres.close().await?;
    Ok(())
}

/// Runs a statement whose names this module has made itself.
async fn run(postgres: &mut PgConnection, sql: String) -> Result<(), ClusterError> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(postgres).await?;
    Ok(())
}
