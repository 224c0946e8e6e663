//! A database that says nothing any more, without the end of any connection.

use std::sync::Arc;
use std::time::Duration;

use eventstore::cluster::testing;
use eventstore::postgres::Settings;
use eventstore::{AppendError, Expected, Journal, PostgresJournal, SystemClock};
use tokio::time::{sleep, timeout};

use super::proxy::Proxy;
use crate::given::{again, one};

/// A statement that gets no answer for 30 s counts as lost. Whoever comes after that waits for one
/// attempt to connect, of 5 s. The rest is for a machine that is busy.
const ANSWERED_MAX: Duration = Duration::from_secs(80);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_leaves_nobody_without_an_answer() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let wire = Proxy::start(&database.options);
    let settings = Settings {
        reconnect_max: Duration::from_secs(1),
        ..Settings::default()
    };
    let options = wire.options(&database.options);
    let journal = PostgresJournal::open(options, Arc::new(SystemClock), settings);
    let journal = journal.await.unwrap();
    journal.append(one("a-1", Expected::Any)).await.unwrap();

    wire.hang(true);
    let sent = one("a-1", Expected::Any);
    let first = tokio::spawn(journal.append(sent.clone()));
    // The next ones wait until the writer is done with the first.
    sleep(Duration::from_millis(100)).await;
    let second = tokio::spawn(journal.append(one("a-2", Expected::Any)));
    let held = tokio::spawn(journal.hold());
    let answers = async { tokio::join!(first, second, held) };
    let answers = timeout(ANSWERED_MAX, answers).await;
    let (first, second, held) = answers.expect("somebody is never answered");
    let first = first.unwrap();
    assert!(matches!(first, Err(AppendError::Unknown(_))), "{first:?}");
    let second = second.unwrap();
    assert!(
        matches!(second, Err(AppendError::Unavailable(_))),
        "{second:?}"
    );
    assert!(held.unwrap().is_err());

    // What was sent may still arrive. Asked again with its key, it happens once.
    wire.hang(false);
    let answer = timeout(ANSWERED_MAX, journal.append(again(&sent))).await;
    let answer = answer.expect("the writer does not come back").unwrap();
    assert_eq!(answer.version, 2);
    timeout(ANSWERED_MAX, journal.close()).await.unwrap();
}
