//! The one Postgres that all sides of a run play on, each in a fresh database.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventstore::PgConnectOptions;
use eventstore::cluster::Cluster;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::database::Database;
use crate::fault::Fault;

const PREFIX: &str = "bench-";
const TEMPLATE: &str = "migrated";
/// What differs from the settings that the house runs with: every client of a peer has a
/// connection of its own.
const SETTINGS: [&str; 2] = [
    "alter system set max_connections = 300",
    "alter system set shared_buffers = '1GB'",
];

/// A private Postgres with the durability of production, removed with [`Stage::close`].
pub struct Stage {
    cluster: Cluster,
    home: PathBuf,
    postmaster: i32,
    made: AtomicU32,
}

impl Stage {
    /// Makes and starts it, on the disk of the build.
    pub async fn open() -> Result<Self, Fault> {
        let beside_build = target();
        sweep(&beside_build);
        let name = format!("{PREFIX}{}", std::process::id());
        let home = beside_build.join(&name);
        match Self::open_in(home.clone()).await {
            Ok(stage) => Ok(stage),
            Err(_closed_to_the_owner_of_postgres) => {
                let _removed = fs::remove_dir_all(&home);
                Self::open_in(Path::new("/tmp").join(format!("cadastre-{name}"))).await
            }
        }
    }

    async fn open_in(home: PathBuf) -> Result<Self, Fault> {
        let cluster = Cluster::start_or_attach(&home).await?;
        let mut superuser = superuser(&cluster).connect().await?;
        for setting in SETTINGS {
            sqlx::raw_sql(setting).execute(&mut superuser).await?;
        }
        superuser.close().await?;
        cluster.stop().await?;
        let cluster = Cluster::start_or_attach(&home).await?;
        let postmaster = postmaster(&home).ok_or("Postgres has started and does not run")?;
        let stage = Self {
            cluster,
            home,
            postmaster,
            made: AtomicU32::new(0),
        };
        stage.make_template().await?;
        stage.fill_the_log().await?;
        Ok(stage)
    }

    /// Writes as much log as Postgres keeps to be written anew, as a server has that has run for a
    /// while: to make new files of it takes time that is no side's own.
    async fn fill_the_log(&self) -> Result<(), Fault> {
        let mut superuser = self.superuser().connect().await?;
        let fill = "select count(pg_logical_emit_message(false, 'bench', repeat('-', 1048576)))
            from generate_series(1, 1200)";
        sqlx::raw_sql(fill).execute(&mut superuser).await?;
        sqlx::raw_sql("checkpoint").execute(&mut superuser).await?;
        superuser.close().await?;
        Ok(())
    }

    async fn make_template(&self) -> Result<(), Fault> {
        let mut superuser = self.superuser().connect().await?;
        create(&mut superuser, TEMPLATE, "template0").await?;
        superuser.close().await?;
        let mut owner = self.cluster.options().database(TEMPLATE).connect().await?;
        migrations::MIGRATOR.run(&mut owner).await?;
        owner.close().await?;
        Ok(())
    }

    /// A directory on the disk that Postgres is on.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// How to reach Postgres as superuser.
    pub fn superuser(&self) -> PgConnectOptions {
        superuser(&self.cluster)
    }

    /// A fresh database without anything in it.
    pub async fn empty(&self) -> Result<Database, Fault> {
        self.database("template0").await
    }

    /// A fresh database with all migrations applied.
    pub async fn migrated(&self) -> Result<Database, Fault> {
        self.database(TEMPLATE).await
    }

    /// Every side begins behind a checkpoint, so that none writes out the pages of another.
    async fn database(&self, template: &str) -> Result<Database, Fault> {
        let count = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("side_{count}");
        let mut superuser = self.superuser().connect().await?;
        create(&mut superuser, &name, template).await?;
        sqlx::raw_sql("checkpoint").execute(&mut superuser).await?;
        superuser.close().await?;
        Ok(Database::new(
            self.cluster.options().database(&name),
            self.superuser(),
            self.postmaster,
        ))
    }

    /// Stops Postgres and removes all that it kept.
    pub async fn close(self) -> Result<(), Fault> {
        self.cluster.stop().await?;
        fs::remove_dir_all(&self.home)?;
        Ok(())
    }
}

async fn create(superuser: &mut PgConnection, name: &str, template: &str) -> Result<(), Fault> {
    let sql = format!("create database {name} template {template} owner cadastre");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(superuser).await?;
    Ok(())
}

fn superuser(cluster: &Cluster) -> PgConnectOptions {
    cluster.options().username("postgres").database("postgres")
}

fn postmaster(home: &Path) -> Option<i32> {
    let file = fs::read_to_string(home.join("postgres/postmaster.pid")).ok()?;
    file.lines().next()?.trim().parse().ok()
}

/// The directory of the build that this program is from.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let marked = program
        .ancestors()
        .find(|above| above.join("CACHEDIR.TAG").is_file());
    marked.map_or_else(|| PathBuf::from("/tmp"), Path::to_path_buf)
}

/// Ends and removes what killed runs have left behind.
fn sweep(beside_build: &Path) {
    for entry in fs::read_dir(beside_build).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let maker = name.strip_prefix(PREFIX).and_then(|pid| pid.parse().ok());
        if maker.is_some_and(|pid| kill(Pid::from_raw(pid), None).is_err()) {
            end_leftover(&entry.path());
        }
    }
}

fn end_leftover(home: &Path) {
    let works_here = |pid: i32| {
        fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == home.join("postgres"))
    };
    if let Some(pid) = postmaster(home).filter(|pid| works_here(*pid)) {
        let _already_gone = kill(Pid::from_raw(pid), Signal::SIGQUIT);
        for _ in 0..100 {
            if !works_here(pid) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let _best_effort = fs::remove_dir_all(home);
}
