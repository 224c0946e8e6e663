//! The migrated template that databases of tests are cloned from.

use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::super::lock::FileLock;
use super::super::secret::hex;
use super::{Cluster, ClusterError, NAME, SUPERUSER, run};

/// The name of the template for these migrations, which is made by whoever needs it first.
pub async fn of(cluster: &Cluster, migrator: &Migrator) -> Result<String, ClusterError> {
    let name = name_for(migrator);
    let mut postgres = cluster.options_for(SUPERUSER, "postgres").connect().await?;
    if !is_ready(&mut postgres, &name).await? {
        let lock = cluster.data().path().join("template.lock");
        let _making = FileLock::wait_exclusive(&lock).await?;
        if !is_ready(&mut postgres, &name).await? {
            make(cluster, &mut postgres, migrator, &name).await?;
        }
    }
    postgres.close().await?;
    Ok(name)
}

/// Clones it by copying files: with the drop that follows, it takes a third of the time of a copy
/// through the log, because the checkpoints that it costs are small ones.
pub async fn clone(
    postgres: &mut PgConnection,
    template: &str,
    name: &str,
) -> Result<(), ClusterError> {
    run(
        postgres,
        format!("create database {name} template {template} owner {NAME} strategy file_copy"),
    )
    .await
}

/// One name per content: changed migrations get a template of their own.
fn name_for(migrator: &Migrator) -> String {
    let mut content = Sha256::new();
    for migration in migrator.iter() {
        content.update(migration.version.to_be_bytes());
        content.update(&migration.checksum);
    }
    format!("template_{}", hex(&content.finalize()[..8]))
}

/// Whether it is there and whole: the mark is set last.
async fn is_ready(postgres: &mut PgConnection, name: &str) -> Result<bool, ClusterError> {
    let marked = sqlx::query("select from pg_database where datname = $1 and datistemplate");
    Ok(marked.bind(name).fetch_optional(postgres).await?.is_some())
}

async fn make(
    cluster: &Cluster,
    postgres: &mut PgConnection,
    migrator: &Migrator,
    name: &str,
) -> Result<(), ClusterError> {
    run(
        postgres,
        format!("drop database if exists {name} with (force)"),
    )
    .await?;
    run(postgres, format!("create database {name} owner {NAME}")).await?;
    let mut fresh = cluster.options().database(name).connect().await?;
    migrator.run(&mut fresh).await?;
    fresh.close().await?;
    run(
        postgres,
        format!("alter database {name} is_template true allow_connections false"),
    )
    .await
}
