//! The commands `cadastre import …`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use commands::Who;
use domain::building::Building;
use domain::id::BuildingId;
use eventstore::cluster::DataDir;
use eventstore::postgres::Settings as JournalSettings;
use eventstore::{Journal, Position};
use projections::{Projector, Runner, State, Workplace, status};
use sqlx::postgres::PgPoolOptions;
use sqlx::{ConnectOptions, PgPool};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::occupants::SOUGHT;
use super::progress::Progress;
use super::{DateOrder, ImportError, Importer, Occupants, Outcome, Rowwise, Stop, Way, sheet};
use crate::config::{Log, Store};
use crate::house::House;

/// Connections for what is staged.
const CONNECTIONS_MAX: u32 = 6;
/// How long the read models may take to go one step further.
const STANDSTILL: Duration = Duration::from_mins(5);
/// How often it is looked how far they are.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What every `cadastre import …` can be told.
#[derive(Args, Clone, Debug)]
pub struct FileArgs {
    /// The file, plain or gzipped, or `-` for standard input.
    pub file: PathBuf,
    /// The folder for the report and for the rows that were kept out. Unset, a folder of the
    /// file's own below `imports` in the data folder.
    #[arg(long, value_name = "FOLDER")]
    pub report: Option<PathBuf>,
    /// Which stands first in dates such as 4/1/2016. Unset, the rows of the file say it.
    #[arg(long, value_name = "ORDER")]
    pub dates: Option<DateOrder>,
    /// The e-mail address of the user whom the buildings shall belong to.
    #[arg(
        long,
        env = "CADASTRE_ADMIN_EMAIL",
        value_name = "ADDRESS",
        default_value = "admin@cadastre.local"
    )]
    pub owner: String,
    /// Where the data is.
    #[command(flatten)]
    pub store: Store,
    /// What is written down.
    #[command(flatten)]
    pub log: Log,
}

/// What `cadastre import occupants` can be told.
#[derive(Args, Clone, Debug)]
pub struct OccupantArgs {
    /// What every import can be told.
    #[command(flatten)]
    pub file: FileArgs,
    /// The building whose lots they own and rent, by its id.
    #[arg(long, value_name = "ID")]
    pub building: BuildingId,
    /// What a column is called in the file, such as `lot=Wohnung`; once for each.
    #[arg(long = "column", value_name = "NAME=HEADER", value_parser = mapped)]
    pub columns: Vec<(String, String)>,
}

fn mapped(text: &str) -> Result<(String, String), String> {
    let (name, header) = text.split_once('=').ok_or("write it like `lot=Wohnung`")?;
    Ok((name.to_owned(), header.to_owned()))
}

/// Brings the occupants of a building in, from Excel or CSV.
pub fn run_occupants(args: &OccupantArgs) -> ExitCode {
    run_with(&args.file.log, |stop| async move {
        let works = Works::open(&args.file.store).await?;
        let done = works.occupants(args, &stop).await;
        let closed = works.close().await;
        let outcome = done?;
        closed?;
        Ok(outcome)
    })
}

/// Brings a file in, in its `way`, as the command line asks; the exit code is 0 when everything is
/// recorded, 130 when it was stopped, and 1 when it failed or no row was accepted.
pub fn run(args: &FileArgs, way: &dyn Way) -> ExitCode {
    run_with(
        &args.log,
        |stop| async move { bring_in(args, way, &stop).await },
    )
}

fn run_with<F>(log: &Log, work: impl FnOnce(Stop) -> F) -> ExitCode
where
    F: Future<Output = Result<Outcome, ImportError>>,
{
    let runtime = match log
        .start()
        .and_then(|()| Runtime::new().map_err(|e| e.to_string()))
    {
        Ok(runtime) => runtime,
        Err(fault) => return failed(&fault),
    };
    let stop = Stop::default();
    runtime.spawn(listen(stop.clone()));
    match runtime.block_on(work(stop)) {
        Ok(outcome) => {
            if outcome.exit_code() == Outcome::NOTHING {
                eprintln!("cadastre: no row was accepted; the report says why");
            }
            ExitCode::from(outcome.exit_code())
        }
        Err(error) => failed(&error),
    }
}

fn failed(fault: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("cadastre: {fault}");
    ExitCode::FAILURE
}

/// Asks for a stop at Ctrl-C and SIGTERM. Who asks twice cannot wait, and loses nothing by it.
async fn listen(stop: Stop) {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    let Ok(mut interrupt) = signal(SignalKind::interrupt()) else {
        return;
    };
    for asked_before in [false, true] {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if asked_before {
            std::process::exit(Outcome::STOPPED.into());
        }
        eprintln!("stopping when the steps under way are recorded; once more stops at once");
        stop.ask();
    }
}

/// Brings a file in, in its `way`; answers what became of it once it can be seen in every read
/// model.
pub async fn bring_in(args: &FileArgs, way: &dyn Way, stop: &Stop) -> Result<Outcome, ImportError> {
    let works = Works::open(&args.store).await?;
    let done = works.import(args, way, stop).await;
    let closed = works.close().await;
    let outcome = done?;
    closed?;
    Ok(outcome)
}

/// What an import works in.
struct Works {
    house: House,
    pool: PgPool,
    data: PathBuf,
}

impl Works {
    async fn open(store: &Store) -> Result<Self, ImportError> {
        let folder = DataDir::open(&store.data)?;
        let key_days = JournalSettings::default().key_days;
        let house = House::open(store, &folder, key_days).await?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .connect_lazy_with(
                house
                    .options
                    .clone()
                    .application_name("cadastre import")
                    .disable_statement_logging(),
            );
        Ok(Self {
            house,
            pool,
            data: folder.path().to_owned(),
        })
    }

    async fn import(
        &self,
        args: &FileArgs,
        way: &dyn Way,
        stop: &Stop,
    ) -> Result<Outcome, ImportError> {
        let owner = self.house.commands.user_by_email(&args.owner).await;
        let importer = Importer {
            commands: Arc::clone(&self.house.commands),
            pool: self.pool.clone(),
            options: self.house.options.clone(),
            owner: owner.ok().flatten(),
            who: Who::Operator,
            shown: true,
            dates: args.dates,
        };
        let outcome = importer.bring_in(way, &args.file, &self.data, stop).await?;
        self.tell(args, &outcome, stop).await?;
        Ok(outcome)
    }

    /// The table is first made one of the columns that are looked for, in a file of its own that is
    /// gone with this process; what is imported is known by the sum of that.
    async fn occupants(&self, args: &OccupantArgs, stop: &Stop) -> Result<Outcome, ImportError> {
        let name = args.file.file.display().to_string();
        let open = |source| ImportError::Open {
            name: name.clone(),
            source,
        };
        let bytes = std::fs::read(&args.file.file).map_err(open)?;
        let mapping = args.columns.iter().cloned().collect();
        let csv = sheet::as_csv(&bytes, SOUGHT, &mapping);
        let csv = csv.map_err(|source| ImportError::Sheet {
            name: name.clone(),
            source,
        })?;
        let mut file = tempfile::NamedTempFile::new_in(&self.data).map_err(open)?;
        std::io::Write::write_all(&mut file, &csv).map_err(open)?;
        let (building, _) = self.house.commands.dispatch().peek(args.building).await?;
        let building: &Building = &building;
        let standing = building
            .standing()
            .ok_or(ImportError::NoBuilding(args.building))?;
        let way = Rowwise::new(Occupants::of(args.building, standing));
        let args = FileArgs {
            file: file.path().to_owned(),
            ..args.file.clone()
        };
        self.import(&args, &way, stop).await
    }

    async fn tell(
        &self,
        args: &FileArgs,
        outcome: &Outcome,
        stop: &Stop,
    ) -> Result<(), ImportError> {
        match outcome {
            Outcome::Finished(report) => {
                self.wait_for_read_models(stop).await?;
                let folder = args
                    .report
                    .clone()
                    .unwrap_or_else(|| report.folder(&self.data));
                print!("{report}");
                let written = report.write(&self.pool, &folder).await?;
                for path in written {
                    println!("written: {}", path.display());
                }
            }
            Outcome::Before(report) => {
                self.wait_for_read_models(stop).await?;
                print!("{report}");
                println!("This content was imported before; nothing was changed.");
            }
            Outcome::Stopped { done, steps } => {
                println!(
                    "Stopped after {done} of {steps} steps. Start it again as before to go on."
                );
            }
        }
        Ok(())
    }

    /// Runs every projection that no server runs, until all have come to the end of the journal.
    async fn wait_for_read_models(&self, stop: &Stop) -> Result<(), ImportError> {
        let workplace = Workplace {
            options: self.house.options.clone(),
            journal: self.house.journal.clone(),
            clock: Arc::clone(&self.house.clock),
        };
        let runner = Runner::start(&workplace, self.pool.clone(), &projections::all()).await?;
        let waited = self.wait_for(&runner, stop).await;
        runner.stop().await;
        waited
    }

    async fn wait_for(&self, runner: &Runner, stop: &Stop) -> Result<(), ImportError> {
        let position = self.house.journal.head().await?;
        let (handle, projectors) = (runner.handle(), projections::all());
        let names: Vec<&str> = projectors
            .iter()
            .map(|projector| projector.name())
            .collect();
        let mut progress =
            Progress::begin(true, "projecting", "events", 0, position.unsigned_abs());
        let mut moved = (0, Instant::now());
        while let Err(source) = handle.wait_for(&names, position, LOOK_EVERY).await {
            // All is recorded: a server, or the next start of anything, goes on from here.
            if stop.is_asked() {
                break;
            }
            let slowest = self.slowest(&projectors).await?;
            progress.set(slowest.unsigned_abs());
            if slowest > moved.0 {
                moved = (slowest, Instant::now());
            }
            let stopped = handle
                .statuses()
                .iter()
                .any(|status| matches!(status.state, State::Stopped(_)));
            if stopped || moved.1.elapsed() > STANDSTILL {
                return Err(ImportError::NotSeen { position, source });
            }
        }
        progress.end();
        Ok(())
    }

    /// How far the read model has come that is furthest behind.
    async fn slowest(&self, projectors: &[Arc<dyn Projector>]) -> Result<Position, ImportError> {
        let mut slowest = Position::MAX;
        for projector in projectors {
            let stored = status::stored(&self.pool, &**projector).await?;
            slowest = slowest.min(stored.map_or(0, |stored| stored.position));
        }
        Ok(slowest)
    }

    async fn close(self) -> Result<(), ImportError> {
        self.pool.close().await;
        Ok(self.house.close().await?)
    }
}
