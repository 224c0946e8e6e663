//! Writers race from several processes while a reader counts.

use eventstore::cluster::testing;
use rand::RngExt;

use super::chance::{chance, rounds};
use super::ledger::Kind;
use super::missions::{Mission, Racer};
use super::tail::Tail;
use super::verify;
use super::wrong::Fault;

const PROCESSES: usize = 3;

/// One race; answers everything that is wrong with what came of it, and how many events came of it.
async fn race(test: &str, kind: Kind, appends: usize, seed: u64) -> (Vec<String>, usize) {
    let database = testing::database(&migrations::MIGRATOR).await;
    let tail = Tail::start(kind, database.options.clone()).await;
    let racers: Vec<Racer> = (0..PROCESSES as u64)
        .map(|n| {
            let seed = seed.wrapping_add(n * 1_000);
            Racer::start(test, &Mission::new(kind, seed, appends, &database.options))
        })
        .collect();
    let mut acks = Vec::new();
    for racer in racers {
        acks.extend(racer.end().await.acks);
    }
    assert!(
        acks.len() > appends,
        "hardly anything went through: {} appends",
        acks.len()
    );
    let pool = database.pool().await;
    let rows = verify::rows(&pool).await;
    let read = tail.stop(rows.last().map_or(0, |row| row.position)).await;
    pool.close().await;
    (verify::faults(&rows, &acks, &read), rows.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_processes_decide_rightly_and_a_reader_misses_nothing() {
    if let Some(mission) = Mission::of_this_process() {
        return mission.fulfil().await;
    }
    let test = "torture::race::racing_processes_decide_rightly_and_a_reader_misses_nothing";
    let (faults, events) = race(test, Kind::Right, rounds(400), chance().random()).await;
    assert_eq!(faults, [""; 0]);
    println!("{events} events");
}

/// Races until the fault is seen, as it must be soon.
async fn is_caught(test: &str, fault: Fault, word: &str) {
    let mut chance = chance();
    for _ in 0..10 {
        let (faults, _) = race(test, Kind::Wrong(fault), 60, chance.random()).await;
        if let Some(found) = faults.iter().find(|found| found.starts_with(word)) {
            println!("{found}");
            return;
        }
    }
    panic!("{fault:?} was not caught");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_draws_positions_from_a_sequence_is_caught() {
    if let Some(mission) = Mission::of_this_process() {
        return mission.fulfil().await;
    }
    let test = "torture::race::a_journal_that_draws_positions_from_a_sequence_is_caught";
    is_caught(test, Fault::DrawsFromSequence, "reader").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_checks_before_it_fences_is_caught() {
    if let Some(mission) = Mission::of_this_process() {
        return mission.fulfil().await;
    }
    let test = "torture::race::a_journal_that_checks_before_it_fences_is_caught";
    is_caught(test, Fault::ChecksBeforeFence, "decision").await;
}
