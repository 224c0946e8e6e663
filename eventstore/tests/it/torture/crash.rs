//! Processes and Postgres are killed at random times.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventstore::cluster::testing;
use rand::RngExt;
use rand::rngs::StdRng;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::time::sleep;

use super::chance::{chance, rounds};
use super::ledger::{Kind, open};
use super::missions::{Mission, Racer, Story};
use super::tail::Tail;
use super::verify;
use super::work::{Ack, Word, Worker};
use super::wrong::Fault;

/// Without end: until it is killed.
const ENDLESS: usize = 1_000_000;
const ROUNDS: usize = 52;

/// Two processes append; one of them is killed, and started again, in every round. Answers what is
/// wrong after that.
async fn kill_processes(test: &str, kind: Kind, rounds: usize, chance: &mut StdRng) -> Vec<String> {
    let database = testing::database(&migrations::MIGRATOR).await;
    let tail = Tail::start(kind, database.options.clone()).await;
    let mut racers: Vec<Racer> = (0..2)
        .map(|_| start(test, kind, &database.options, chance))
        .collect();
    let mut stories = Vec::new();
    for _ in 0..rounds {
        at_work(|| racers.iter().map(Racer::acks).sum()).await;
        sleep(Duration::from_millis(chance.random_range(20..250))).await;
        let victim = chance.random_range(0..racers.len());
        let mut killed = std::mem::replace(
            &mut racers[victim],
            start(test, kind, &database.options, chance),
        );
        killed.kill();
        stories.push(killed.end().await);
    }
    for mut racer in racers {
        racer.kill();
        stories.push(racer.end().await);
    }
    // What a killed process had acknowledged or not: everything is sent once more, by another.
    let acks = match kind {
        Kind::Right => send_again(&database.options, stories).await,
        Kind::Wrong(_) => stories.into_iter().flat_map(|story| story.acks).collect(),
    };
    assert!(
        acks.len() >= rounds,
        "hardly anything went through: {} appends",
        acks.len()
    );
    let pool = database.pool().await;
    let rows = verify::rows(&pool).await;
    let read = tail.stop(rows.last().map_or(0, |row| row.position)).await;
    pool.close().await;
    verify::faults(&rows, &acks, &read)
}

/// Waits until something more is acknowledged: however slow the machine is, a kill strikes those
/// who are at work.
async fn at_work(acks: impl Fn() -> usize) {
    let before = acks();
    let more = async {
        while acks() <= before {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let grew = tokio::time::timeout(Duration::from_mins(1), more).await;
    assert!(grew.is_ok(), "nothing was acknowledged for a minute");
}

fn start(test: &str, kind: Kind, options: &PgConnectOptions, chance: &mut StdRng) -> Racer {
    Racer::start(test, &Mission::new(kind, chance.random(), ENDLESS, options))
}

/// Sends again what has no known fate; that it happens once is seen in the history.
async fn send_again(options: &PgConnectOptions, stories: Vec<Story>) -> Vec<Ack> {
    let journal = Arc::new(open(options.clone()).await);
    let mut worker = Worker::new(journal, 0);
    let mut acks = Vec::new();
    for story in stories {
        acks.extend(story.acks);
        for append in story.open {
            if let Some(appended) = worker.insist(&append).await {
                acks.push(Ack {
                    key: append.key.key,
                    position: appended.position,
                });
            }
        }
    }
    acks
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_process_acknowledged_stays_and_happens_once() {
    if let Some(mission) = Mission::of_this_process() {
        return mission.fulfil().await;
    }
    let test = "torture::crash::what_a_killed_process_acknowledged_stays_and_happens_once";
    let faults = kill_processes(test, Kind::Right, rounds(ROUNDS), &mut chance()).await;
    assert_eq!(faults, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_acknowledges_before_it_commits_is_caught() {
    if let Some(mission) = Mission::of_this_process() {
        return mission.fulfil().await;
    }
    let test = "torture::crash::a_journal_that_acknowledges_before_it_commits_is_caught";
    let wrong = Kind::Wrong(Fault::AcksBeforeCommit);
    let faults = kill_processes(test, wrong, ROUNDS, &mut chance()).await;
    assert!(
        faults.iter().any(|fault| fault.starts_with("lost")),
        "{faults:?}"
    );
}

/// Postgres itself is killed and started again in every round, under the writers of two journals.
/// Answers what is wrong after that.
async fn kill_postgres(kind: Kind, rounds: usize, chance: &mut StdRng) -> Vec<String> {
    let postgres = testing::private_cluster().await;
    let mut connection = postgres.options().connect().await.unwrap();
    migrations::MIGRATOR.run(&mut connection).await.unwrap();
    drop(connection);
    let tail = Tail::start(kind, postgres.options()).await;
    let (stop, acks) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Mutex::new(Vec::new())),
    );
    let mut workers = Vec::new();
    for _ in 0..2 {
        let ledger = kind.open(postgres.options(), chance.random()).await;
        for _ in 0..3 {
            let mut worker = Worker::new(Arc::clone(&ledger), chance.random());
            let (stop, acks) = (Arc::clone(&stop), Arc::clone(&acks));
            workers.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    worker
                        .work(1, |word| {
                            if let Word::Has(ack) = word {
                                acks.lock().unwrap().push(ack);
                            }
                        })
                        .await;
                }
            }));
        }
    }
    for _ in 0..rounds {
        at_work(|| acks.lock().unwrap().len()).await;
        sleep(Duration::from_millis(chance.random_range(10..150))).await;
        postgres.kill_9().await;
        postgres.start().await;
    }
    // What is under way is repeated until its fate is known.
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.unwrap();
    }
    let pool = sqlx::PgPool::connect_with(postgres.options())
        .await
        .unwrap();
    let rows = verify::rows(&pool).await;
    let read = tail.stop(rows.last().map_or(0, |row| row.position)).await;
    pool.close().await;
    let acks = std::mem::take(&mut *acks.lock().unwrap());
    println!("{} events, {} acknowledged appends", rows.len(), acks.len());
    assert!(
        acks.len() >= rounds,
        "hardly anything went through: {} appends",
        acks.len()
    );
    verify::faults(&rows, &acks, &read)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_a_killed_postgres_and_happens_once() {
    let faults = kill_postgres(Kind::Right, rounds(ROUNDS), &mut chance()).await;
    assert_eq!(faults, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_postgres_shows_who_acknowledges_before_the_commit() {
    let mut chance = chance();
    // A kill shows it only where it falls between an answer and its commit, so chance gets time.
    for _ in 0..8 {
        let wrong = Kind::Wrong(Fault::AcksBeforeCommit);
        let faults = kill_postgres(wrong, 5, &mut chance).await;
        if faults.iter().any(|fault| fault.starts_with("lost")) {
            return;
        }
    }
    panic!("forty kills did not show it");
}
