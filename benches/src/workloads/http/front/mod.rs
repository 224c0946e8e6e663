//! The peers, each in a process of its own: this program again, under another word.

mod bare;
mod postgres_es;

use std::net::SocketAddr;
use std::path::Path;

use axum::routing::get;
use eventstore::PgConnectOptions;
use tokio::net::TcpListener;

use super::server::Server;
use crate::database::Database;
use crate::fault::Fault;

/// The word by which this program is a peer.
const SERVE: &str = "serve-front";
/// Connections of each server for reading, ours included.
const READERS: usize = 8;

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The framework of cqrs-es on postgres-es, behind the front of this house.
    PostgresEs,
    /// axum with one prepared query, on the read model of this house.
    Bare,
}

impl Peer {
    fn word(self) -> &'static str {
        match self {
            Self::PostgresEs => "postgres-es",
            Self::Bare => "bare",
        }
    }

    /// Starts it on a database.
    pub async fn start(self, database: &Database, folder: &Path) -> Result<Server, Fault> {
        let program = std::env::current_exe()?;
        Server::start((&program, &[SERVE, self.word()]), database, folder).await
    }
}

/// Which peer this program is to be, when it was started as one.
pub fn asked_to_serve() -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    let is_peer = arguments.next()? == SERVE;
    is_peer.then(|| arguments.next())?
}

/// Is a peer until it is told to stop; the environment is that of the house's own server.
pub async fn serve(word: &str) -> Result<(), Fault> {
    let options: PgConnectOptions = std::env::var("DATABASE_URL")?.parse()?;
    let database = Database::new(options.clone(), options, 0);
    let router = match word {
        "bare" => bare::router(&database).await?,
        _ => postgres_es::router(&database).await?,
    };
    let router = router.route("/health", get(|| async {}));
    let listener = TcpListener::bind(std::env::var("CADASTRE_LISTEN")?).await?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}
