//! The server, from its start to its end.

mod checks;
mod connections;
mod operations;
mod orders;
mod works;

use std::net::SocketAddr;
use std::sync::Arc;

use eventstore::cluster::DataDir;
use tokio::net::TcpListener;

use crate::admin::{self, FirstAdministrator};
use crate::app::{self, App};
use crate::config::Serve;
use crate::edge::Edge;
use crate::files::Files;
use crate::house::{House, StartError};
use crate::readiness::Readiness;

use orders::Orders;
use works::Works;

const SECONDS_A_DAY: u32 = 86_400;

/// Runs the platform until it is told to stop.
pub async fn serve(settings: &Serve) -> Result<(), StartError> {
    settings.check().map_err(StartError::Setting)?;
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    let orders = Orders::listen()?;
    let folder = DataDir::open(&settings.store.data)?;
    let _only_one = folder.serve_lock()?;
    let listener = listen(settings.network.listen, "CADASTRE_LISTEN").await?;
    let operations = match settings.network.operations_listen.address() {
        Some(address) => Some(listen(address, "CADASTRE_OPERATIONS_LISTEN").await?),
        None => None,
    };
    let key_days = settings
        .limits
        .idempotency_life
        .seconds()
        .div_ceil(SECONDS_A_DAY);
    let house = House::open(&settings.store, &folder, key_days).await?;
    let served = serve_in(settings, &house, (listener, operations), &orders).await;
    let closed = house.close_by(orders.deadline()).await;
    served?;
    closed
}

async fn listen(address: SocketAddr, setting: &'static str) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| StartError::Address {
        address,
        setting,
        source,
    })
}

async fn serve_in(
    settings: &Serve,
    house: &House,
    (listener, operations): (TcpListener, Option<TcpListener>),
    orders: &Orders,
) -> Result<(), StartError> {
    let files = Arc::new(Files::open(&settings.files, &settings.store.data).await?);
    let works = Works::start(house, &files).await?;
    let administrator = admin::first(house, &settings.identity).await;
    let app = app(settings, house, &works, &files);
    works.look_after_readiness(app.readiness.clone());
    let done = match administrator {
        Ok(administrator) => {
            let address = listener.local_addr()?;
            let for_operators = operations.as_ref().map(TcpListener::local_addr);
            greet(
                address,
                for_operators.transpose()?,
                settings,
                administrator.as_ref(),
            );
            if let Some(operations) = operations {
                works.answer_operators(operations.into_std()?, app.clone());
            }
            answer(listener, app, orders).await
        }
        Err(error) => Err(error),
    };
    works.stop().await;
    done
}

/// Everything that the routes stand on.
fn app(settings: &Serve, house: &House, works: &Works, files: &Arc<Files>) -> App {
    let edge = Edge::new(settings, &house.secret, Arc::clone(&house.clock));
    works.write_refusals(&edge, house, &settings.identity);
    App::new(app::Inner {
        edge,
        commands: Arc::clone(&house.commands),
        journal: Arc::clone(&house.journal),
        files: Arc::clone(files),
        projections: works.projections.handle(),
        readiness: Readiness::new(checks::all(house, works)),
        gauges: checks::gauges(house, works),
    })
}

/// Answers requests until it is told to stop, and then those that are under way.
async fn answer(listener: TcpListener, app: App, orders: &Orders) -> Result<(), StartError> {
    let edge = app.edge.clone();
    let router = crate::routes::router(app);
    let server = connections::serve(listener, router, edge.clone(), orders.stop());
    let drained = async {
        orders.told().await;
        edge.drain();
        tracing::info!("told to stop: no new requests, those under way are finished");
        let was_cut_short = orders.drained().await;
        tracing::warn!(was_cut_short, "some requests were still under way");
    };
    tokio::select! {
        () = server => Ok(()),
        () = drained => Ok(()),
    }
}

/// Says where everything is, to the one who started it.
fn greet(
    address: SocketAddr,
    operations: Option<SocketAddr>,
    settings: &Serve,
    administrator: Option<&FirstAdministrator>,
) {
    let data = match settings.store.secrets.database_url {
        Some(_) => "a Postgres of your own (DATABASE_URL)".to_owned(),
        None => format!("{} (embedded Postgres)", settings.store.data.display()),
    };
    println!("Cadastre {} is ready.\n", env!("CARGO_PKG_VERSION"));
    println!("  API    http://{address}/api/v1");
    println!("  Docs   http://{address}/docs");
    if let Some(operations) = operations {
        println!("  Ops    http://{operations}/ready and /metrics");
    }
    println!("  Data   {data}");
    println!("  Money  none is moved: payments go to the sandbox");
    if let Some(FirstAdministrator { email, password }) = administrator {
        println!("\n  Administrator   {email}");
        match password {
            Some(password) => println!(
                "  Password        {password}\n                  (shown this once, and to be changed at \
                 the first log-in; `cadastre admin\n                  reset-password` makes another)"
            ),
            None => println!("  Password        the one in CADASTRE_ADMIN_PASSWORD"),
        }
    }
    println!("\nCtrl-C stops it.");
}

#[cfg(test)]
pub mod testing;
