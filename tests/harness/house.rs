//! The whole platform in this process, on a database of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::app::{App, Inner};
use api::readiness::Readiness;
use api::{Edge, Files};
use commands::processes::{self, ProcessState};
use commands::{Commands, PaymentProvider, Secret, Settings};
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{Clock, Journal, ManualClock, PgPool, PostgresJournal, Readers, Stop, StreamName};
use projections::processes::ProcessFilter;
use projections::{Maintenance, Page, Runner, State, Workplace};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::{Client, Counting, Setup};

/// How long the house may take to have dealt with everything.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The whole platform in this process, reached over a real socket, on a clock that stands still
/// until it is moved. Each has to be closed, which fails when anything was left undone.
pub struct House {
    /// Its clock.
    pub clock: ManualClock,
    /// Its payment provider.
    pub provider: Counting,
    /// Its commands.
    pub commands: Arc<Commands>,
    /// Its journal.
    pub journal: Arc<PostgresJournal>,
    /// How to reach it.
    pub address: SocketAddr,
    workplace: Workplace,
    projections: Option<Runner>,
    processes: Arc<processes::Runner>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    closed: bool,
    /// Where files lie.
    _folder: tempfile::TempDir,
    // Last, because it drops the database.
    _database: TestDatabase,
}

impl House {
    /// A house with nobody in it.
    pub async fn open() -> Self {
        Self::open_with(Setup::with(&[])).await
    }

    /// A house as described.
    pub async fn open_with(setup: Setup) -> Self {
        let database = database(&migrations::MIGRATOR).await;
        let clock = ManualClock::at(setup.at);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let limits = eventstore::postgres::Settings::default();
        let options = database.options.clone();
        let opened = PostgresJournal::open(options.clone(), Arc::clone(&shared), limits).await;
        let journal = Arc::new(opened.unwrap());
        let workplace = Workplace {
            options,
            journal: Arc::clone(&journal) as Arc<dyn Journal>,
            clock: Arc::clone(&shared),
        };
        let secret = Secret::new(b"a secret of the tests, 32 bytes..".to_vec());
        let on = Arc::clone(&workplace.journal);
        let commands = Commands::new(on, shared.clone(), secret.clone(), Settings::default());
        let commands = Arc::new(commands);
        let pool = journal.pool().clone();
        let projections = Runner::start(&workplace, pool.clone(), &projections::all()).await;
        let projections = projections.unwrap();
        let provider = Counting::default();
        let processes = processes_of(&commands, &provider, &workplace, pool);
        processes.establish().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(&setup.settings.files, folder.path()).await;
        let app = App::new(Inner {
            edge: Edge::new(&setup.settings, &secret, shared),
            commands: Arc::clone(&commands),
            journal: Arc::clone(&journal),
            files: Arc::new(files.unwrap()),
            projections: projections.handle(),
            readiness: Readiness::new(Vec::new()),
            gauges: Box::new(|| Box::pin(std::future::ready(Vec::new()))),
        });
        let (stop, stopped) = watch::channel(false);
        let tasks = vec![
            tokio::spawn(serve(listener, app, stopped.clone())),
            tokio::spawn(run(Arc::clone(&processes), stopped)),
        ];
        Self {
            clock,
            provider,
            commands,
            journal,
            address,
            workplace,
            projections: Some(projections),
            processes,
            stop,
            tasks,
            closed: false,
            _folder: folder,
            _database: database,
        }
    }

    /// Someone without a token.
    pub fn anyone(&self) -> Client {
        Client::of(format!("http://{}", self.address))
    }

    /// Lets every projection stand still from now on.
    pub async fn stop_projectors(&mut self) {
        if let Some(running) = self.projections.take() {
            running.stop().await;
        }
    }

    /// The last position of the journal.
    pub async fn head(&self) -> i64 {
        self.journal.head().await.unwrap()
    }

    /// The types of the events of a stream, in order.
    pub async fn story_of(&self, stream: &str) -> Vec<String> {
        let stream = StreamName::parse(stream).unwrap();
        let events = self.journal.load(&stream, 0, 10_000).await.unwrap();
        events.into_iter().map(|event| event.event_type).collect()
    }

    /// Waits until a stream ends with an event of this type, and answers its story.
    pub async fn until_story_ends(&self, stream: &str, event_type: &str) -> Vec<String> {
        let over = Instant::now() + PATIENCE;
        loop {
            let story = self.story_of(stream).await;
            if story.last().is_some_and(|last| last == event_type) {
                return story;
            }
            assert!(Instant::now() < over, "{stream} ends otherwise: {story:?}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the processes and the read models have dealt with everything.
    pub async fn settled(&self) {
        let over = Instant::now() + PATIENCE;
        while let Err(why) = self.is_settled().await {
            assert!(Instant::now() < over, "the house did not settle: {why}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn is_settled(&self) -> Result<(), String> {
        let head = self.head().await;
        let state = self.processes.state().borrow().clone();
        if !matches!(state, ProcessState::Running(at) if at >= head) {
            return Err(format!(
                "the processes: {state:?}, the journal ends at {head}"
            ));
        }
        if let Some(running) = &self.projections {
            for status in running.handle().statuses() {
                if status.state != State::Running || status.position < head {
                    return Err(format!("{status:?}, the journal ends at {head}"));
                }
            }
            let readers = self.journal.readers();
            let late = self.clock.now() + chrono::TimeDelta::days(1);
            let open = projections::processes::open_effects(readers, late, 10).await;
            let open = open.map_err(|error| error.to_string())?;
            if !open.is_empty() {
                return Err(format!("effects without an answer: {open:?}"));
            }
        }
        match self.head().await {
            now if now == head => Ok(()),
            now => Err(format!("the journal went on from {head} to {now}")),
        }
    }

    /// Replays the journal for every projection and compares with its live tables.
    pub async fn compare_all(&self) {
        for projector in projections::all() {
            let name = projector.name();
            let at = Maintenance::new(self.workplace.clone(), projector);
            let compared = at.compare(&|_, _| {}).await.unwrap();
            assert!(
                compared.is_equal(),
                "{name} is not what a replay makes of it: {compared:#?}"
            );
        }
    }

    /// Builds every projection anew, from nothing.
    pub async fn rebuild_all(&self) {
        for projector in projections::all() {
            let name = projector.name();
            let at = Maintenance::new(self.workplace.clone(), projector);
            let rebuilt = at.rebuild(false, &|_, _| {}).await;
            rebuilt.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        }
    }

    /// Fails if anything is parked, stuck, stopped or unprocessed; then stops the house.
    pub async fn close(mut self) {
        self.settled().await;
        if let Some(running) = &self.projections {
            for status in running.handle().statuses() {
                assert_eq!(status.parked, 0, "{status:?}");
            }
            let filter = ProcessFilter {
                status: Some("stuck".to_owned()),
                ..ProcessFilter::default()
            };
            let readers = self.journal.readers();
            let stuck = projections::processes::list(readers, &filter, &Page::first(10)).await;
            let stuck = stuck.unwrap().items;
            assert!(stuck.is_empty(), "stuck: {stuck:#?}");
        }
        self.closed = true;
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            task.await.unwrap();
        }
        self.stop_projectors().await;
        self.journal.close().await;
        self.journal.pool().close().await;
    }
}

impl Drop for House {
    fn drop(&mut self) {
        assert!(
            self.closed || std::thread::panicking(),
            "end the test with `house.close().await`, which sees whether anything is left undone"
        );
    }
}

/// Processes that look for deadlines often, because the clock of the tests leaps.
fn processes_of(
    commands: &Arc<Commands>,
    provider: &Counting,
    workplace: &Workplace,
    pool: PgPool,
) -> Arc<processes::Runner> {
    let place = processes::Place {
        options: workplace.options.clone(),
        pool,
        readers: Readers::new(workplace.options.clone(), 2),
    };
    let settings = processes::RunnerSettings {
        sweep_every: Duration::from_millis(100),
        ..processes::RunnerSettings::default()
    };
    let provider: Arc<dyn PaymentProvider> = Arc::new(provider.clone());
    processes::Runner::new(Arc::clone(commands), provider, place, settings)
}

async fn run(processes: Arc<processes::Runner>, stop: watch::Receiver<bool>) {
    processes.run(stop.into()).await.unwrap();
}

async fn serve(listener: TcpListener, app: App, mut stop: watch::Receiver<bool>) {
    let commands = Arc::clone(&app.commands);
    let follow = tokio::spawn(async move { commands.dispatch().follow(Stop::never()).await });
    let service = api::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        // The one who tells lives as long as the house.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let server = axum::serve(listener, service).with_graceful_shutdown(stopped);
    server.await.unwrap();
    follow.abort();
}
