//! Other processes: this test binary started again with something to do.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use eventstore::{Append, Journal};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;

use super::ledger::{Kind, Ledger, open};
use super::work::{Ack, Word, Worker, of_line, to_line};

const VARIABLE: &str = "CADASTRE_TEST_MISSION";

/// What a process is to do: race the others with some workers.
#[derive(Serialize, Deserialize)]
pub struct Mission {
    pub kind: usize,
    pub seed: u64,
    pub workers: u64,
    pub appends: usize,
    socket: String,
    port: u16,
    user: String,
    database: String,
}

impl Mission {
    pub fn new(kind: Kind, seed: u64, appends: usize, options: &PgConnectOptions) -> Self {
        Self {
            kind: Kind::ALL.iter().position(|other| *other == kind).unwrap(),
            seed,
            workers: 4,
            appends,
            socket: options.get_socket().unwrap().display().to_string(),
            port: options.get_port(),
            user: options.get_username().to_owned(),
            database: options.get_database().unwrap().to_owned(),
        }
    }

    /// The mission of this process, if it has one.
    pub fn of_this_process() -> Option<Self> {
        let text = std::env::var(VARIABLE).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Does it; says on standard output what was acknowledged.
    pub async fn fulfil(self) {
        let options = PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(self.port)
            .username(&self.user)
            .database(&self.database);
        let ledger: Arc<dyn Ledger> = match Kind::ALL[self.kind] {
            Kind::Right => {
                let journal = Arc::new(open(options).await);
                tokio::spawn(watch(journal.clone()));
                journal
            }
            wrong @ Kind::Wrong(_) => wrong.open(options, self.seed).await,
        };
        let workers = (0..self.workers).map(|lane| {
            let mut worker = Worker::new(Arc::clone(&ledger), self.seed.wrapping_add(lane));
            tokio::spawn(async move {
                worker.work(self.appends, tell).await;
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
    }
}

/// Follows the journal from within the writer's process, live.
async fn watch(journal: Arc<dyn Journal>) {
    let mut subscription = journal.subscribe(0);
    loop {
        let last = subscription.position();
        let Ok(events) = subscription.next(64).await else {
            continue;
        };
        for (expected, event) in (last + 1..).zip(&events) {
            if event.position != expected {
                say(&format!(
                    "BROKEN: {} after {}",
                    event.position,
                    expected - 1
                ));
            }
        }
    }
}

fn tell(word: Word<'_>) {
    match word {
        Word::Tries(append) => say(&format!("TRY {}", to_line(append))),
        Word::Has(ack) => say(&format!("ACK {} {}", ack.key, ack.position)),
        Word::Drops(key) => say(&format!("DROP {key}")),
    }
}

/// One write, so that a kill leaves a whole line or none.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// A process on a mission.
pub struct Racer {
    child: Child,
    said: JoinHandle<Vec<String>>,
    acks: Arc<AtomicUsize>,
}

impl Racer {
    /// Starts `test` of this binary in a process of its own, with this mission.
    pub fn start(test: &str, mission: &Mission) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env(VARIABLE, serde_json::to_string(mission).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let acks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&acks);
        let said = std::thread::spawn(move || {
            let count = |line: &String| {
                let ack = line.starts_with("ACK ");
                counted.fetch_add(usize::from(ack), Ordering::Relaxed);
            };
            out.lines().map_while(Result::ok).inspect(count).collect()
        });
        Self { child, said, acks }
    }

    /// How many appends were acknowledged to it so far.
    pub fn acks(&self) -> usize {
        self.acks.load(Ordering::Relaxed)
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for its end.
    pub async fn end(mut self) -> Story {
        let (status, said) = tokio::task::spawn_blocking(move || {
            (self.child.wait().unwrap(), self.said.join().unwrap())
        })
        .await
        .unwrap();
        assert!(
            status.success() || status.code().is_none(),
            "a racer failed: {said:?}"
        );
        let broken = said.iter().find(|line| line.starts_with("BROKEN"));
        assert_eq!(broken, None, "a live reader saw a gap");
        Story::of(&said)
    }
}

/// What a process has said about its appends.
#[derive(Default)]
pub struct Story {
    pub acks: Vec<Ack>,
    /// Those whose fate it has not learned.
    pub open: Vec<Append>,
}

impl Story {
    fn of(said: &[String]) -> Self {
        let mut story = Self::default();
        for line in said {
            match line.split_once(' ') {
                Some(("TRY", append)) => story.open.push(of_line(append)),
                Some(("ACK", rest)) => {
                    let (key, position) = rest.split_once(' ').unwrap();
                    story.open.retain(|append| append.key.key != key);
                    story.acks.push(Ack {
                        key: key.to_owned(),
                        position: position.parse().unwrap(),
                    });
                }
                Some(("DROP", key)) => story.open.retain(|append| append.key.key != key),
                _ => {}
            }
        }
        story
    }
}
