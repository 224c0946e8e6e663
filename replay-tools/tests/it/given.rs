//! What each test is given: a house in which something has happened, and the binary.

use std::collections::BTreeSet;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use commands::user::NewUser;
use commands::{Commands, Context, Secret, Settings, Who};
use domain::id::UserId;
use domain::permission::Role;
use domain::user::ChangeUser;
use domain::{Actor, Event, Metadata, Origin, Personal, secret};
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{
    Append, Clock, Expected, IdempotencyKey, Journal, ManualClock, Mint, NewEvent, Outcome, PgPool,
    Position, PostgresJournal, StreamAppend, StreamName, postgres,
};
use projections::processes::Processes;
use projections::{Projector, Runner, Workplace};
use serde_json::Value;
use sqlx::ConnectOptions;
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_mins(1);
pub const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

pub struct Given {
    pub pool: PgPool,
    pub clock: ManualClock,
    pub ann: UserId,
    pub ben: UserId,
    commands: Commands,
    journal: Arc<dyn Journal>,
    pub database: TestDatabase,
}

/// How the binary ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    pub exit: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The answer, which must be one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The answer, which must be a JSON document on each line.
    pub fn json_lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl Given {
    /// Ann and Ben have signed up, at 10:00 and 11:00; Ann changed her language at 12:00.
    pub async fn new() -> Self {
        let database = database(&migrations::MIGRATOR).await;
        let clock = ManualClock::at(at("2026-03-01T10:00:00Z"));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let settings = postgres::Settings::default();
        let options = database.options.clone();
        let journal = PostgresJournal::open(options, Arc::clone(&shared), settings);
        let journal: Arc<dyn Journal> = Arc::new(journal.await.unwrap());
        let secret = Secret::new(vec![7; 32]);
        let given = Self {
            pool: database.pool().await,
            commands: Commands::new(Arc::clone(&journal), shared, secret, Settings::default()),
            clock,
            ann: UserId(Mint.id()),
            ben: UserId(Mint.id()),
            journal,
            database,
        };
        given.sign_up(given.ann, "Ann").await;
        given.clock.advance(TimeDelta::hours(1));
        given.sign_up(given.ben, "Ben").await;
        given.clock.advance(TimeDelta::hours(1));
        given.speak(given.ann, "fr").await;
        given
    }

    fn operator(&self) -> Context {
        Context::new(Who::Operator, self.clock.now(), Mint.id())
    }

    async fn sign_up(&self, user: UserId, name: &str) {
        let new = NewUser {
            user,
            email: format!("{name}@example.org"),
            name: name.to_owned(),
            roles: BTreeSet::from([Role::Member]),
            password_hash: Some(secret::Secret::new(HASH.to_owned())),
            password_temporary: false,
        };
        self.commands.sign_up(&self.operator(), &new).await.unwrap();
    }

    /// Lets a user change the language; answers the position.
    pub async fn speak(&self, user: UserId, language: &str) -> Position {
        let change = ChangeUser {
            name: None,
            locale: Some(language.to_owned()),
            time_zone: None,
            currency: None,
        };
        let done = self
            .commands
            .change_user(&self.operator(), user, change)
            .await;
        done.unwrap().position
    }

    pub async fn head(&self) -> Position {
        self.journal.head().await.unwrap()
    }

    /// Records events without asking whether they may be.
    pub async fn record(&self, stream: &str, events: &[impl Event]) {
        let part = StreamAppend {
            known_at: 0,
            last: None,
            stream: StreamName::parse(stream).unwrap(),
            expected: Expected::Any,
            events: events.iter().map(|event| self.recorded(event)).collect(),
        };
        let key = IdempotencyKey {
            absent_at: 0,
            subject: "test".to_owned(),
            key: Mint.id().to_string(),
            request_hash: [0; 32],
            answer_id: "none".to_owned(),
        };
        let append = Append {
            streams: vec![part],
            key,
            rests_on: Vec::new(),
            outcome: Outcome::pending(),
        };
        self.journal.append(append).await.unwrap();
    }

    fn recorded(&self, event: &impl Event) -> NewEvent {
        let metadata = Metadata {
            actor: Actor::Operator,
            on_behalf_of: None,
            command: "test.record".to_owned(),
            correlation_id: Mint.id(),
            causation_id: Mint.id(),
            request_id: None,
            ip: Some(Personal::new(self.ann.0, "192.0.2.1".to_owned())),
            user_agent: None,
            origin: Origin::Live,
        };
        NewEvent {
            event_id: Mint.id(),
            event_type: event.event_type().into(),
            schema_version: i32::from(event.schema_version()),
            data: event.encode().unwrap().into(),
            metadata: serde_json::to_string(&metadata).unwrap().into(),
            occurred_at: self.clock.now(),
        }
    }

    /// Lets every projection come to the end of the journal, as `serve` does, and stops them.
    pub async fn project(&self) {
        let mut projectors = projections::all();
        if projectors
            .iter()
            .all(|one| one.name() != projections::processes::NAME)
        {
            projectors.push(Arc::new(Processes) as Arc<dyn Projector>);
        }
        let workplace = Workplace {
            options: self.database.options.clone(),
            journal: Arc::clone(&self.journal),
            clock: Arc::new(self.clock.clone()),
        };
        let runner = Runner::start(&workplace, self.pool.clone(), &projectors)
            .await
            .unwrap();
        let names: Vec<&str> = projectors.iter().map(|one| one.name()).collect();
        let head = self.head().await;
        runner
            .handle()
            .wait_for(&names, head, PATIENCE)
            .await
            .unwrap();
        runner.stop().await;
    }

    /// The binary, told where the database is.
    pub fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
        command
            .args(line)
            .env_remove("CADASTRE_DATA")
            .env(
                "DATABASE_URL",
                self.database.options.to_url_lossy().as_str(),
            )
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs the binary to its end.
    pub async fn replay(&self, line: &[&str]) -> Ran {
        run(self.command(line)).await
    }

    /// Starts the binary, to be watched.
    pub fn start(&self, line: &[&str]) -> Child {
        let mut command = self.command(line);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

pub async fn run(mut command: Command) -> Ran {
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        exit: exit(output.status),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

pub fn exit(status: ExitStatus) -> Option<i32> {
    status.code()
}

/// Sends Ctrl-C to a process.
pub async fn interrupt(child: &Child) {
    let pid = child.id().unwrap().to_string();
    let sent = Command::new("kill")
        .args(["-INT", &pid])
        .status()
        .await
        .unwrap();
    assert!(sent.success());
}

/// Waits until `is_so`.
pub async fn until<F: Future<Output = bool>>(is_so: impl Fn() -> F) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "it never came to be"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
