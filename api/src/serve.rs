//! The server, from its start to its end.

mod checks;
mod connections;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use commands::processes;
use commands::{PaymentProvider, Sandbox};
use eventstore::Journal;
use eventstore::cluster::{Cluster, DataDir};
use projections::{Runner, Workplace};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::admin::{self, FirstAdministrator};
use crate::app::{self, App};
use crate::config::Serve;
use crate::edge::Edge;
use crate::files::Files;
use crate::files::cleanup::Cleanup;
use crate::house::{House, StartError};
use crate::import::Purge;

/// How long the requests under way may take once the server is told to stop.
const DRAIN_MAX: Duration = Duration::from_secs(30);
/// How often it is seen to that the embedded Postgres runs.
const LOOK_AFTER: Duration = Duration::from_secs(5);
const SECONDS_A_DAY: u32 = 86_400;

/// Runs the platform until it is told to stop.
pub async fn serve(settings: &Serve) -> Result<(), StartError> {
    settings.check().map_err(StartError::Setting)?;
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    let stop = told_to_stop()?;
    let folder = DataDir::open(&settings.store.data)?;
    let _only_one = folder.serve_lock()?;
    let address = settings.network.listen;
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|source| StartError::Address { address, source })?;
    let key_days = settings
        .limits
        .idempotency_life
        .seconds()
        .div_ceil(SECONDS_A_DAY);
    let house = House::open(&settings.store, &folder, key_days).await?;
    let served = serve_in(settings, &house, listener, stop).await;
    let closed = house.close().await;
    served?;
    closed
}

/// What works beside the requests.
struct Works {
    projections: Runner,
    processes: Arc<processes::Runner>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

async fn serve_in(
    settings: &Serve,
    house: &House,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) -> Result<(), StartError> {
    let files = Arc::new(Files::open(&settings.files, &settings.store.data).await?);
    let works = Works::start(house, &files).await?;
    let administrator = admin::first(house, &settings.identity).await;
    let app = app(settings, house, &works, &files);
    let done = match administrator {
        Ok(administrator) => {
            greet(listener.local_addr()?, settings, administrator.as_ref());
            answer(listener, app, stop).await
        }
        Err(error) => Err(error),
    };
    works.stop().await;
    done
}

/// Everything that the routes stand on.
fn app(settings: &Serve, house: &House, works: &Works, files: &Arc<Files>) -> App {
    App::new(app::Inner {
        edge: Edge::new(settings, &house.secret, Arc::clone(&house.clock)),
        commands: Arc::clone(&house.commands),
        journal: Arc::clone(&house.journal),
        files: Arc::clone(files),
        projections: works.projections.handle(),
        checks: checks::all(house, &works.projections, &works.processes),
        gauges: checks::gauges(house, &works.projections, &works.processes),
    })
}

/// Answers requests until it is told to stop, and then those that are under way.
async fn answer(
    listener: TcpListener,
    app: App,
    stop: watch::Receiver<bool>,
) -> Result<(), StartError> {
    let edge = app.edge.clone();
    let router = crate::routes::router(app);
    let server = connections::serve(listener, router, edge.clone(), stop.clone());
    let drained = async {
        wait(stop).await;
        edge.drain();
        tracing::info!("told to stop: no new requests, those under way are finished");
        tokio::time::sleep(DRAIN_MAX).await;
        tracing::warn!("some requests were still under way after 30 s");
    };
    tokio::select! {
        () = server => Ok(()),
        () = drained => Ok(()),
    }
}

impl Works {
    async fn start(house: &House, files: &Arc<Files>) -> Result<Self, StartError> {
        let journal = Arc::clone(&house.journal) as Arc<dyn Journal>;
        let workplace = Workplace {
            options: house.options.clone(),
            journal: Arc::clone(&journal),
            clock: Arc::clone(&house.clock),
        };
        let pool = house.journal.pool().clone();
        let projections = Runner::start(&workplace, pool.clone(), &projections::all()).await?;
        let place = processes::Place {
            options: house.options.clone(),
            pool,
            readers: house.journal.readers().clone(),
        };
        let provider: Arc<dyn PaymentProvider> = Arc::new(Sandbox);
        let settings = processes::RunnerSettings::default();
        let commands = Arc::clone(&house.commands);
        let processes = processes::Runner::new(Arc::clone(&commands), provider, place, settings);
        // Before the first command is taken, so that none is overlooked.
        processes.establish().await?;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = vec![tokio::spawn(Arc::clone(&processes).run(stopped.clone()))];
        tasks.push(tokio::spawn(cleanup(house, files).run(stopped.clone())));
        tasks.push(tokio::spawn(purge(house).run(stopped.clone())));
        let head = journal.head().await?;
        let mut over = stopped.clone();
        tasks.push(tokio::spawn(async move {
            tokio::select! {
                error = commands.dispatch().follow(head) => {
                    tracing::error!(%error, "what other processes write is not heard of any more");
                }
                _ = over.wait_for(|stop| *stop) => {}
            }
        }));
        tasks.extend(
            house
                .cluster
                .clone()
                .map(|c| tokio::spawn(look_after(c, stopped))),
        );
        Ok(Self {
            projections,
            processes,
            stop,
            tasks,
        })
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task broke off");
            }
        }
        self.projections.stop().await;
    }
}

/// What sweeps the store of files.
fn cleanup(house: &House, files: &Arc<Files>) -> Cleanup {
    Cleanup {
        files: Arc::clone(files),
        commands: Arc::clone(&house.commands),
        journal: Arc::clone(&house.journal),
        clock: Arc::clone(&house.clock),
    }
}

/// What lets go of what staged rows say.
fn purge(house: &House) -> Purge {
    Purge {
        commands: Arc::clone(&house.commands),
        pool: house.journal.pool().clone(),
        clock: Arc::clone(&house.clock),
    }
}

/// Brings the embedded Postgres up again if it dies.
async fn look_after(cluster: Arc<Cluster>, mut stop: watch::Receiver<bool>) {
    loop {
        if tokio::time::timeout(LOOK_AFTER, stop.wait_for(|stop| *stop))
            .await
            .is_ok()
        {
            return;
        }
        if let Err(error) = cluster.ensure_running().await {
            tracing::error!(%error, "the embedded Postgres does not run");
        }
    }
}

/// Becomes true at Ctrl-C and SIGTERM; the second one ends the process at once, without harm to
/// what is recorded.
fn told_to_stop() -> Result<watch::Receiver<bool>, StartError> {
    let (tell, told) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        for told_before in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if told_before {
                std::process::exit(130);
            }
            tell.send_replace(true);
        }
    });
    Ok(told)
}

async fn wait(mut stop: watch::Receiver<bool>) {
    // The one who tells lives as long as the process.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Says where everything is, to the one who started it.
fn greet(address: SocketAddr, settings: &Serve, administrator: Option<&FirstAdministrator>) {
    let data = match settings.store.database_url {
        Some(_) => "a Postgres of your own (DATABASE_URL)".to_owned(),
        None => format!("{} (embedded Postgres)", settings.store.data.display()),
    };
    println!("Cadastre {} is ready.\n", env!("CARGO_PKG_VERSION"));
    println!("  API    http://{address}/api/v1");
    println!("  Docs   http://{address}/docs");
    println!("  Data   {data}");
    println!("  Money  none is moved: payments go to the sandbox");
    if let Some(FirstAdministrator { email, password }) = administrator {
        println!("\n  Administrator   {email}");
        match password {
            Some(password) => println!(
                "  Password        {password}\n                  (shown this once; `cadastre admin \
                 reset-password` makes another)"
            ),
            None => println!("  Password        the one in CADASTRE_ADMIN_PASSWORD"),
        }
    }
    println!("\nCtrl-C stops it.");
}

#[cfg(test)]
pub mod testing;
