//! One key raced by two, and refusals that must rest on what really is.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use eventstore::cluster::testing;
use eventstore::{Append, AppendError, Appended, Expected, Journal, PostgresJournal, Version};
use futures::FutureExt;
use futures::future::BoxFuture;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::sleep;

use super::chance::{chance, rounds};
use super::ledger::{Ledger, open};
use crate::given::{again, append, at, one, part, stream};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_raced_by_two_writers_is_recorded_once() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let journals = [
        open(database.options.clone()).await,
        open(database.options.clone()).await,
    ];
    let mut chance = chance();
    let (mut fences, rounds) = (0, rounds(150));
    for _ in 0..rounds {
        let asked = one("thing-1", Expected::Any);
        let twins = journals.each_ref().map(|journal| {
            let stagger = Duration::from_micros(chance.random_range(0..800));
            let twin = again(&asked);
            async move {
                sleep(stagger).await;
                journal.append(twin).await.unwrap()
            }
        });
        let [left, right] =
            <[Appended; 2]>::try_from(futures::future::join_all(twins).await).unwrap();
        assert!(left.repeated != right.repeated, "{left:?} {right:?}");
        assert_eq!(
            (left.answer_id, left.version, left.position),
            (right.answer_id, right.version, right.position)
        );
    }
    for journal in &journals {
        fences += journal.stats().fences;
        assert_eq!(
            journal.head().await.unwrap(),
            i64::try_from(rounds).unwrap()
        );
    }
    assert!(fences > 0, "the two never met");
}

/// Answers questions from what this process has recorded and heard, as a cache would.
struct Remembers {
    journal: PostgresJournal,
    known: Mutex<HashMap<String, Version>>,
}

impl Ledger for Remembers {
    fn offer(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let part = &append.streams[0];
        let known = self
            .known
            .lock()
            .unwrap()
            .get(part.stream.as_str())
            .copied();
        match (known, part.expected) {
            (Some(known), Expected::Exactly(version)) if known == version => {
                let versions = vec![(part.stream.clone(), version)];
                let answer_id = append.key.answer_id;
                let appended = Appended {
                    answer_id,
                    version,
                    position: 1,
                    versions,
                    repeated: false,
                };
                async move { Ok(appended) }.boxed()
            }
            (_, Expected::Exactly(version)) => {
                self.known
                    .lock()
                    .unwrap()
                    .insert(part.stream.to_string(), version);
                Journal::append(&self.journal, append)
            }
            _ => Journal::append(&self.journal, append),
        }
    }
}

/// One process gives free again and again; the other asks whether what it refuses on still holds.
/// Answers the first answer that rested on what was no longer so.
async fn refuse_while_another_releases(
    asks: Arc<dyn Ledger>,
    releases: PostgresJournal,
    rounds: usize,
    mut chance: StdRng,
) -> Result<usize, String> {
    let name = "thing-1";
    releases.append(one(name, at(0))).await.unwrap();
    let known = Arc::new(AtomicI64::new(1));
    let (counter, mut other) = (Arc::clone(&known), StdRng::seed_from_u64(chance.random()));
    let releasing = tokio::spawn(async move {
        for version in 1..=i64::try_from(rounds).unwrap() {
            sleep(Duration::from_micros(other.random_range(0..3_000))).await;
            let appended = releases.append(one(name, at(version))).await.unwrap();
            counter.store(appended.version, Ordering::SeqCst);
        }
    });
    let (mut held, mut seen) = (0, 1);
    while !releasing.is_finished() {
        sleep(Duration::from_micros(chance.random_range(0..1_000))).await;
        let before = known.load(Ordering::SeqCst);
        match asks.offer(append(vec![part(name, at(seen), 0)])).await {
            Ok(_) if seen < before => {
                return Err(format!(
                    "version {seen} was said to hold after {before} was known"
                ));
            }
            Ok(_) => held += 1,
            Err(AppendError::Conflict(mismatches)) => seen = mismatches[0].actual,
            Err(error) => panic!("{error}"),
        }
    }
    Ok(held)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_never_rests_on_what_another_process_has_released() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let asks = Arc::new(open(database.options.clone()).await);
    let releases = open(database.options.clone()).await;
    let held = refuse_while_another_releases(asks, releases, rounds(200), chance()).await;
    assert!(held.unwrap() > 10, "the question hardly ever held");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_answers_from_memory_is_caught() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let journal = open(database.options.clone()).await;
    let asks = Arc::new(Remembers {
        journal,
        known: Mutex::default(),
    });
    let releases = open(database.options.clone()).await;
    let caught = refuse_while_another_releases(asks, releases, 200, chance()).await;
    assert!(caught.is_err(), "{caught:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expectation_learned_from_another_process_is_no_conflict() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let left = open(database.options.clone()).await;
    let right = open(database.options.clone()).await;
    for version in (0..40).step_by(2) {
        left.append(one("thing-1", at(version))).await.unwrap();
        let loaded = right.load(&stream("thing-1"), version, 9).await.unwrap();
        assert_eq!(loaded.len(), 1);
        // What `right` has in memory is older than what it was just shown.
        right
            .append(append(vec![part("thing-1", at(version + 1), 0)]))
            .await
            .unwrap();
        right.append(one("thing-1", at(version + 1))).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_meets_a_busy_one_gets_its_turn() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let busy = Arc::new(open(database.options.clone()).await);
    let other = open(database.options.clone()).await;
    let lanes: Vec<_> = (0..16)
        .map(|lane| {
            let busy = Arc::clone(&busy);
            tokio::spawn(async move {
                for version in 0.. {
                    busy.append(one(&format!("lane-{lane}"), at(version)))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    let appends = i64::try_from(rounds(100)).unwrap();
    for version in 0..appends {
        let appended = other.append(one("thing-1", at(version)));
        tokio::time::timeout(Duration::from_secs(10), appended)
            .await
            .unwrap()
            .unwrap();
    }
    for lane in lanes {
        lane.abort();
    }
    println!("{:?} beside {:?}", other.stats(), busy.stats());
    assert!(
        other.stats().fences <= 4 * appends.unsigned_abs(),
        "{:?}",
        other.stats()
    );
    assert!(busy.stats().appends > appends.unsigned_abs());
}
