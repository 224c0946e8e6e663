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

/// One race; answers the first thing that is wrong with what came of it.
async fn race(test: &str, kind: Kind, appends: usize, seed: u64) -> Result<usize, String> {
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
        acks.extend(racer.end().await);
    }
    let pool = database.pool().await;
    let last: i64 = sqlx::query_scalar("select coalesce(max(position), 0) from journal.event")
        .fetch_one(&pool)
        .await
        .unwrap();
    let read = tail.stop(last).await;
    let result = async {
        let rows = verify::history(&pool).await?;
        verify::acknowledged(&rows, &acks)?;
        verify::seen(&rows, &read)?;
        assert!(
            acks.len() > appends,
            "hardly anything went through: {} appends",
            acks.len()
        );
        Ok(rows.len())
    };
    let result = result.await;
    pool.close().await;
    result
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_decision_of_racing_processes_is_right_and_a_reader_misses_nothing() {
    if let Some(mission) = Mission::of_this_process() {
        return mission.fulfil().await;
    }
    let test =
        "torture::race::every_decision_of_racing_processes_is_right_and_a_reader_misses_nothing";
    let seed = chance().random();
    let events = race(test, Kind::Right, rounds(400), seed).await.unwrap();
    println!("{events} events");
}

/// Races until the fault is seen, as it must be soon.
async fn is_caught(test: &str, fault: Fault, words: &[&str]) {
    let mut chance = chance();
    for _ in 0..10 {
        if let Err(found) = race(test, Kind::Wrong(fault), 60, chance.random()).await {
            println!("{found}");
            assert!(words.iter().any(|word| found.starts_with(word)), "{found}");
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
    is_caught(
        test,
        Fault::DrawsFromSequence,
        &["gap", "order", "torn", "decision", "reader", "time"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_checks_before_it_fences_is_caught() {
    if let Some(mission) = Mission::of_this_process() {
        return mission.fulfil().await;
    }
    let test = "torture::race::a_journal_that_checks_before_it_fences_is_caught";
    is_caught(test, Fault::ChecksBeforeFence, &["decision"]).await;
}
