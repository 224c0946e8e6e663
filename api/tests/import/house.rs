//! What the tests of the import share.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use api::import::{DateOrder, ImportError, Importer, Outcome, Report, Stop, Way};
use commands::{Commands, Secret, Settings};
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{Clock, Journal, PostgresJournal, SystemClock};
use flate2::Compression;
use flate2::write::GzEncoder;
use migrations::MIGRATOR;
use projections::{Runner, Workplace};
use sqlx::{ConnectOptions, PgPool};
use tempfile::TempDir;

/// How long the read models may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// The sample of readable rows.
pub const SAMPLE: &str = include_str!("../samples/hotel-bookings.csv");
/// A sample whose first row alone can be read.
pub const UNREADABLE: &str = include_str!("../samples/unreadable.csv");

/// A house with nobody in it.
pub struct House {
    pub pool: PgPool,
    pub folder: TempDir,
    journal: Arc<PostgresJournal>,
    importer: Importer,
    database: TestDatabase,
}

impl House {
    pub async fn new() -> Self {
        let database = database(&MIGRATOR).await;
        let (pool, clock) = (database.pool().await, Arc::new(SystemClock));
        let settings = eventstore::postgres::Settings::default();
        let journal = PostgresJournal::open(database.options.clone(), clock, settings)
            .await
            .unwrap();
        let journal = Arc::new(journal);
        let importer = importer(&database, pool.clone(), journal.clone());
        let folder = tempfile::tempdir().unwrap();
        Self {
            pool,
            folder,
            journal,
            importer,
            database,
        }
    }

    /// The same house as another process sees it.
    pub async fn neighbour(&self) -> Importer {
        let settings = eventstore::postgres::Settings::default();
        let options = self.database.options.clone();
        let journal = PostgresJournal::open(options, Arc::new(SystemClock), settings)
            .await
            .unwrap();
        importer(&self.database, self.pool.clone(), Arc::new(journal))
    }

    pub fn commands(&self) -> &Commands {
        &self.importer.commands
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::File::create(&path)
            .unwrap()
            .write_all(content.as_ref())
            .unwrap();
        path
    }

    pub async fn run(&self, path: &Path, stop: &Stop) -> Result<Outcome, ImportError> {
        self.importer.run(path, self.folder.path(), stop).await
    }

    /// Imports `content` to its end.
    pub async fn import(&self, content: impl AsRef<[u8]>) -> Report {
        let path = self.file("bookings.csv", content);
        match self.run(&path, &Stop::default()).await.unwrap() {
            Outcome::Finished(report) => report,
            other => panic!("not finished: {other:?}"),
        }
    }

    /// Imports `content` in its `way`, and answers what became of it.
    pub async fn bring_in(&self, way: &dyn Way, content: impl AsRef<[u8]>) -> Outcome {
        let path = self.file("file.csv", content);
        let (folder, stop) = (self.folder.path(), Stop::default());
        let brought = self.importer.bring_in(way, &path, folder, &stop);
        brought.await.unwrap()
    }

    /// Imports the file at `path` in its `way`.
    pub async fn try_to(
        &self,
        way: &dyn Way,
        path: &Path,
        stop: &Stop,
    ) -> Result<Outcome, ImportError> {
        self.importer
            .bring_in(way, path, self.folder.path(), stop)
            .await
    }

    /// Says in which order day and month stand in dates.
    pub fn say_dates(&mut self, order: &str) {
        self.importer.dates = DateOrder::of(order);
    }

    /// Imports `content` in its `way` to its end.
    pub async fn finish(&self, way: &dyn Way, content: impl AsRef<[u8]>) -> Report {
        match self.bring_in(way, content).await {
            Outcome::Finished(report) => report,
            other => panic!("not finished: {other:?}"),
        }
    }

    /// Why `content` is not imported at all; and nothing of it may be left behind.
    pub async fn fault(&self, content: impl AsRef<[u8]>) -> String {
        let path = self.file("bookings.csv", content);
        let fault = self.run(&path, &Stop::default()).await.unwrap_err();
        assert_eq!(self.count("import.file").await, 0, "something was staged");
        assert_eq!(
            self.journal.head().await.unwrap(),
            0,
            "something was recorded"
        );
        fault.to_string()
    }

    /// Where its database is, for another process.
    pub fn url(&self) -> String {
        self.database.options.to_url_lossy().to_string()
    }

    pub async fn head(&self) -> i64 {
        self.journal.head().await.unwrap()
    }

    pub async fn count(&self, table: &str) -> i64 {
        let sql = format!("select count(*) from {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// Runs all projections to the end of the journal.
    pub async fn project(&self) {
        let workplace = Workplace {
            options: self.database.options.clone(),
            journal: self.journal.clone(),
            clock: Arc::new(SystemClock),
        };
        let projectors = projections::all();
        let runner = Runner::start(&workplace, self.pool.clone(), &projectors)
            .await
            .unwrap();
        let names: Vec<&str> = projectors
            .iter()
            .map(|projector| projector.name())
            .collect();
        runner
            .handle()
            .wait_for(&names, self.head().await, PATIENCE)
            .await
            .unwrap();
        let parked: usize = runner
            .handle()
            .statuses()
            .iter()
            .map(|status| status.parked)
            .sum();
        assert_eq!(parked, 0, "events were parked");
        runner.stop().await;
    }
}

fn importer(database: &TestDatabase, pool: PgPool, journal: Arc<PostgresJournal>) -> Importer {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let secret = Secret::new(vec![7; 32]);
    let commands = Commands::new(journal, clock, secret, Settings::default());
    Importer {
        commands: Arc::new(commands),
        pool,
        options: database.options.clone(),
        owner: None,
        who: commands::Who::Operator,
        shown: false,
        dates: None,
    }
}

/// The sample as another program would have written it.
pub fn sample_with(change: impl Fn(&str) -> String) -> String {
    SAMPLE.lines().map(|line| change(line) + "\n").collect()
}

pub fn gzipped(content: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(content.as_bytes()).unwrap();
    gzip.finish().unwrap()
}
