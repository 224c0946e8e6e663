//! One who looked vouches for what he saw. The writer believes him as long as it has noted
//! everything since, and no longer.

use std::sync::Arc;

use eventstore::cluster::testing;
use eventstore::postgres::Settings;
use eventstore::{Append, AppendError, Expected, Journal, PostgresJournal, SystemClock};
use sqlx::postgres::PgConnectOptions;

use crate::given::{again, at, one, stream};

async fn open(options: &PgConnectOptions, settings: Settings) -> PostgresJournal {
    PostgresJournal::open(options.clone(), Arc::new(SystemClock), settings)
        .await
        .unwrap()
}

/// One event to one stream, by one who has just seen that it is as expected.
fn promised(journal: &PostgresJournal, name: &str, expected: Expected) -> Append {
    let mut append = one(name, expected);
    append.streams[0].known_at = journal.seen();
    append.key.absent_at = journal.seen();
    append
}

#[tokio::test]
async fn what_another_process_has_written_since_breaks_a_promise() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let first = open(&database.options, Settings::default()).await;
    let second = open(&database.options, Settings::default()).await;
    first.append(one("a-1", at(0))).await.unwrap();
    let stale = [
        promised(&first, "a-1", at(1)),
        promised(&first, "a-2", at(0)),
    ];
    for name in ["a-1", "a-2"] {
        second.append(one(name, Expected::Any)).await.unwrap();
    }
    for append in stale {
        let told = first.append(append).await;
        assert!(matches!(told, Err(AppendError::Conflict(_))), "{told:?}");
    }
    let kept = first.append(promised(&first, "a-1", at(2))).await.unwrap();
    assert_eq!((kept.version, kept.position), (3, 4));
}

#[tokio::test]
async fn a_key_that_was_stored_since_breaks_a_promise() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let first = open(&database.options, Settings::default()).await;
    let second = open(&database.options, Settings::default()).await;
    first.append(one("a-1", at(0))).await.unwrap();
    let append = promised(&first, "b-1", at(0));
    for journal in [&second, &first, &second] {
        journal.append(one("a-2", Expected::Any)).await.unwrap();
    }
    let answer = second.append(again(&append)).await.unwrap();
    let repeated = first.append(again(&append)).await.unwrap();
    assert!(repeated.repeated && !answer.repeated);
    assert_eq!(repeated.position, answer.position);
    // The same within one process.
    let append = promised(&first, "c-1", at(0));
    assert!(!first.append(again(&append)).await.unwrap().repeated);
    assert!(first.append(again(&append)).await.unwrap().repeated);
}

#[tokio::test]
async fn a_promise_older_than_what_is_remembered_is_looked_up() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let small = Settings {
        known_streams_max: 4,
        known_keys_max: 4,
        ..Settings::default()
    };
    let journal = open(&database.options, small).await;
    journal.append(one("a-1", at(0))).await.unwrap();
    let (stale, twin) = (
        promised(&journal, "a-1", at(1)),
        promised(&journal, "b-1", at(0)),
    );
    journal.append(one("a-1", at(1))).await.unwrap();
    let answer = journal.append(again(&twin)).await.unwrap();
    for n in 0..50 {
        journal.append(one(&format!("c-{n}"), at(0))).await.unwrap();
    }
    let told = journal.append(stale).await;
    assert!(
        matches!(&told, Err(AppendError::Conflict(found)) if found[0].actual == 2),
        "{told:?}"
    );
    let repeated = journal.append(again(&twin)).await.unwrap();
    assert!(repeated.repeated);
    assert_eq!(repeated.position, answer.position);
}

/// 1. One process knows the journal up to an event; another records one more.
/// 2. A reader of the first process sees that one, and an append is decided on it.
/// 3. A fail-over loses the last event, but not the one that the first process knows.
/// 4. The append must not go in: its stream would have a gap.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_seen_of_a_lost_history_breaks_a_promise() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let first = open(&database.options, Settings::default()).await;
    let second = open(&database.options, Settings::default()).await;
    first.append(one("a-1", at(0))).await.unwrap();
    let kept = first.seen();
    second.append(one("a-1", at(1))).await.unwrap();
    assert_eq!(first.seen(), kept, "the first writer has not looked since");

    let lost = first.load(&stream("a-1"), 1, 1).await.unwrap().remove(0);
    let mut stale = promised(&first, "a-1", at(lost.version));
    stale.streams[0].last = Some(lost.event_id);
    database.fail_over(kept).await;

    let told = first.append(stale).await;
    assert!(
        matches!(&told, Err(AppendError::Conflict(found)) if found[0].actual == 1),
        "{told:?}"
    );
    let next = first.append(promised(&first, "a-1", at(1))).await.unwrap();
    assert_eq!((next.version, next.position), (2, kept + 1));
}
