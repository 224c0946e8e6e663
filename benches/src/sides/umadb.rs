//! `UmaDB`, a purpose-built store, in a process of its own that this program starts.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use domain::building::{Building, BuildingEvent};
use domain::id::BuildingId;
use domain::{Aggregate, Event};
use eventstore::Mint;
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{
    DcbAppendCondition, DcbError, DcbEvent, DcbEventStoreAsync, DcbQuery, DcbQueryItem,
};
use umadb_server::{ServerOptions, StorageOptions, start_server_with_options};

use super::{Side, Start};
use crate::building;
use crate::fault::Fault;
use crate::request;

/// What it leaves out.
pub const LESS: &str = "not on Postgres: its own server on 127.0.0.1, its CPU under server; flushed \
     to disk like the others; no idempotency key but the event's id, no time columns; a new stream \
     is one whose tag no event has";
/// With this as its first argument the program is the server.
const SERVE: &str = "serve-umadb";
const TRIES: u32 = 200;

/// `UmaDB` with one connection per client.
pub struct UmaDb {
    clients: Vec<AsyncUmaDbClient>,
    server: Server,
    repeats: AtomicU64,
}

/// The server's process, ended with this value.
struct Server {
    child: Child,
    home: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
        let _removed = std::fs::remove_dir_all(&self.home);
    }
}

/// Where this program is to be the server, when it was started as that.
pub fn asked_to_serve() -> Option<(PathBuf, String)> {
    let mut arguments = std::env::args().skip(1);
    let is_server = arguments.next()? == SERVE;
    is_server.then_some((arguments.next()?.into(), arguments.next()?))
}

/// Runs the server until it is ended.
pub async fn serve(home: &Path, address: &str) -> Result<(), Fault> {
    let (_keeps_it_running, ended) = tokio::sync::oneshot::channel();
    let options = ServerOptions {
        listen_addr: address.to_owned(),
        tls: None,
        api_key: None,
        storage: StorageOptions::default().db_path(home.join("events.db")),
    };
    let served = start_server_with_options(options, ended).await;
    served.map_err(|error| error.to_string().into())
}

impl Server {
    fn start(stage: &Path) -> Result<(Self, String), Fault> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let count = MADE.fetch_add(1, Ordering::Relaxed);
        let home = stage.join(format!("umadb-{count}"));
        std::fs::create_dir(&home)?;
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .arg(&home)
            .arg(&free)
            .stdout(Stdio::null())
            .spawn()?;
        Ok((Self { child, home }, free))
    }
}

impl Side for UmaDb {
    const NAME: &'static str = "UmaDB";

    async fn open(start: Start<'_>) -> Result<Self, Fault> {
        let (server, address) = Server::start(start.stage.home())?;
        let mut clients = Vec::new();
        while clients.len() < start.clients {
            clients.push(connect(&address).await?);
        }
        for id in &start.seed.ids {
            let (mut events, tag) = (Vec::new(), tag(*id));
            for version in 1..=start.seed.events {
                let event = match version {
                    1 => crate::seed::Seed::first()?,
                    _ => crate::seed::Seed::later()?,
                };
                events.push(told(&event, &tag, building::CHANGE)?);
            }
            clients[0].append(events, None, None).await?;
        }
        Ok(Self {
            clients,
            server,
            repeats: AtomicU64::new(0),
        })
    }

    async fn request(&self, client: usize) -> Result<(), Fault> {
        let tag = format!("export-{}", request::new_id());
        let event = told(&request::requested()?, &tag, request::REQUEST)?;
        let is_new = DcbAppendCondition::new(events_of(&tag));
        self.clients[client]
            .append(vec![event], Some(is_new), None)
            .await?;
        Ok(())
    }

    async fn change(&self, client: usize, id: BuildingId) -> Result<(), Fault> {
        let (client, tag) = (&self.clients[client], tag(id));
        let note = building::note();
        loop {
            let read = client.read_with_head(Some(events_of(&tag)), None, false, None);
            let (events, head) = read.await?;
            let mut state = Building::default();
            for known in events {
                let event = known.event;
                let data = std::str::from_utf8(&event.data)?;
                state.evolve(&BuildingEvent::decode(&event.event_type, 1, data)?);
            }
            let event = told(&building::changed(&state, &note)?, &tag, building::CHANGE)?;
            let unchanged = DcbAppendCondition::new(events_of(&tag)).after(head);
            match client.append(vec![event], Some(unchanged), None).await {
                Err(DcbError::IntegrityError(_)) => self.repeats.fetch_add(1, Ordering::Relaxed),
                other => return Ok(other.map(drop)?),
            };
        }
    }

    fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::Relaxed)
    }

    fn server(&self) -> i32 {
        i32::try_from(self.server.child.id()).unwrap_or(0)
    }

    async fn close(&self) -> Result<(), Fault> {
        self.clients.iter().for_each(AsyncUmaDbClient::close);
        Ok(())
    }
}

/// Connects as soon as the server has come up.
async fn connect(address: &str) -> Result<AsyncUmaDbClient, Fault> {
    let mut tries = 0;
    loop {
        match UmaDbClient::new(format!("http://{address}"))
            .connect_async()
            .await
        {
            Ok(client) => return Ok(client),
            Err(error) if tries == TRIES => return Err(error.into()),
            Err(_not_up_yet) => tries += 1,
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

fn tag(id: BuildingId) -> String {
    format!("building-{id}")
}

fn events_of(tag: &str) -> DcbQuery {
    DcbQuery::new().item(DcbQueryItem::new().tags([tag]))
}

fn told(event: &impl Event, tag: &str, command: &str) -> Result<DcbEvent, Fault> {
    Ok(DcbEvent {
        event_type: event.event_type().to_owned(),
        tags: vec![tag.to_owned()],
        data: event.encode()?.into_bytes(),
        uuid: Some(Mint.id()),
        metadata: building::metadata_map(command).into_iter().collect(),
    })
}
