//! W8: HTTP, with a real server in a process of its own and a real load generator.

mod front;
mod house;
mod server;
mod wrk;

use std::path::PathBuf;
use std::time::Duration;

pub use self::front::{asked_to_serve, serve};

use self::front::Peer;
use self::server::Server;
use self::wrk::Question;
use crate::clients::per_second;
use crate::cpu::Meter;
use crate::database::Database;
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, medians};
use crate::stage::Stage;
use crate::target::Figure::Ratio;
use crate::target::Target;

const NAME: &str = "W8";
const BOOK: &str = "booking commands, 32 connections";
const SHOW: &str = "GET by id, 32 connections";
const LIST: &str = "list of 20, 32 connections";
const POSTGRES_ES: &str = "postgres-es";
const BARE: &str = "bare axum";
/// The bookings of the time that counts are other nights than those before.
const FIRST_THAT_COUNTS: u32 = 1_000_000;

/// What the reader must know.
pub const EXPLAINED: &str = "`wrk` asks over 32 connections from the same two cores. CPU client is \
     that of the HTTP server; what is missing to all cores is mostly `wrk`. Ours is the program \
     `cadastre` as it is started by an operator: tokens verified and sessions looked at, limits, \
     metrics, a line of log for each request, read models and processes at work. A booking command \
     books another night of one of 1,000 listings, as one of 16 guests, with an idempotency key. \
     The bookings of the second part are 10,000 of those that the commands made.";

/// What is asked.
pub const TARGETS: &[Target] = &[
    Target::least(
        "booking commands over postgres-es behind the same front",
        Ratio(BOOK, OURS, POSTGRES_ES),
        2.5,
        5.0,
    ),
    Target::least(
        "GET by id over bare axum with one prepared query",
        Ratio(SHOW, OURS, BARE),
        0.5,
        0.8,
    ),
    Target::least(
        "list of 20 over bare axum with one prepared query",
        Ratio(LIST, OURS, BARE),
        0.5,
        0.8,
    ),
];

const LESS_OF_POSTGRES_ES: &str = "behind the same front; the nights are held by one transaction \
     and the booking recorded by another, so that a crash between them loses nights; no \
     idempotency key, no look at the session or the user, terms of the listing in memory, no read \
     model, no order over all streams";
const LESS_OF_BARE: &str = "no token verified, no right checked, no limit, no metrics, no log; eight \
     connections of tokio-postgres, on the same table";

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    for _ in 0..plan.runs {
        let database = stage.migrated().await?;
        let ours = Side::new(stage, plan, OURS, &database);
        let server = house::open(&database, &ours.folder).await?;
        rows.push(ours.book(&server).await?);
        house::settle(&server, &database).await?;
        rows.push(ours.ask(&server, SHOW, Question::Show).await?);
        rows.push(ours.ask(&server, LIST, Question::List).await?);
        server.stop().await?;
        let bare = Side { name: BARE, ..ours };
        let server = Peer::Bare.start(&database, &bare.folder).await?;
        for (setting, question) in [(SHOW, Question::Show), (LIST, Question::List)] {
            rows.push(
                bare.ask(&server, setting, question)
                    .await?
                    .noted(LESS_OF_BARE),
            );
        }
        server.stop().await?;
        database.remove().await?;
        let database = stage.empty().await?;
        let peer = Side::new(stage, plan, POSTGRES_ES, &database);
        let server = Peer::PostgresEs.start(&database, &peer.folder).await?;
        rows.push(peer.book(&server).await?.noted(LESS_OF_POSTGRES_ES));
        server.stop().await?;
        database.remove().await?;
    }
    Ok(medians(rows))
}

/// One who is asked.
struct Side {
    name: &'static str,
    folder: PathBuf,
    postmaster: i32,
    warm_up: Duration,
    measure: Duration,
}

impl Side {
    fn new(stage: &Stage, plan: &Plan, name: &'static str, database: &Database) -> Self {
        Self {
            name,
            folder: stage.home().join(format!("http-{}", database.name())),
            postmaster: database.server(),
            warm_up: plan.warm_up,
            measure: plan.measure,
        }
    }

    async fn book(&self, server: &Server) -> Result<Row, Fault> {
        self.warmed(
            server,
            BOOK,
            (Question::Book(0), Question::Book(FIRST_THAT_COUNTS)),
        )
        .await
    }

    async fn ask(
        &self,
        server: &Server,
        setting: &'static str,
        question: Question,
    ) -> Result<Row, Fault> {
        self.warmed(server, setting, (question, question)).await
    }

    async fn warmed(
        &self,
        server: &Server,
        setting: &'static str,
        (warm_up, question): (Question, Question),
    ) -> Result<Row, Fault> {
        wrk::ask(&server.address, &self.folder, warm_up, self.warm_up).await?;
        let (front, postgres) = (
            Meter::start(server.process()?),
            Meter::start(self.postmaster),
        );
        let answered = wrk::ask(&server.address, &self.folder, question, self.measure).await?;
        let (front, postgres) = (front.read(), postgres.read());
        Ok(Row {
            workload: NAME,
            setting: setting.to_owned(),
            side: self.name,
            unit: "requests/s",
            rate: per_second(answered.count, answered.elapsed),
            p50: Some(answered.p50),
            p99: Some(answered.p99),
            cpu_client: front.server,
            cpu_postgres: postgres.server,
            count: answered.count,
            note: String::new(),
        })
    }
}
