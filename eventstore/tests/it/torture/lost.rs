//! The connection is lost between send and answer.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventstore::cluster::testing;
use eventstore::postgres::Settings;
use eventstore::{AppendError, Expected, Journal, KeyMatch, PostgresJournal, SystemClock};
use rand::RngExt;
use tokio::time::sleep;

use super::chance::{chance, rounds};
use super::ledger::{Kind, open};
use super::proxy::{Cut, Proxy};
use super::tail::Tail;
use super::verify;
use super::work::{Word, Worker};
use crate::given::{again, append, at, one, part};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_happens_once_wherever_the_wire_is_cut() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let wire = Proxy::start(&database.options);
    let journal = open(wire.options(&database.options)).await;
    let other = open(database.options.clone()).await;
    let mut chance = chance();
    let rounds = i64::try_from(rounds(60)).unwrap();
    for round in 0..rounds {
        let where_to = [Cut::Before, Cut::Within, Cut::After][chance.random_range(0..3)];
        wire.cut_next(where_to);
        let name = format!("thing-{round}");
        let first = append(vec![part(&name, at(0), 2)]);
        let mut second = append(vec![part(&name, at(2), 1)]);
        second.rests_on = vec![first.outcome.clone()];
        let question = append(vec![part(&name, at(3), 0)]);
        let answers = [first.clone(), second, question].map(|append| journal.append(append));
        // In every other round another writer takes the place of the one that was cut.
        if round % 2 == 1 {
            other
                .append(one("thing-other", Expected::Any))
                .await
                .unwrap();
        }
        for (answer, version) in answers.into_iter().zip([2, 3, 3]) {
            let answer = answer
                .await
                .unwrap_or_else(|error| panic!("{where_to:?}: {error:?}"));
            assert_eq!(
                (answer.version, answer.repeated),
                (version, false),
                "{where_to:?}"
            );
        }
        assert!(first.outcome.is_committed());
        let repeated = other.append(again(&first)).await.unwrap();
        assert!(repeated.repeated && repeated.version == 2);
    }
    let events = journal.read(1..i64::MAX).await.unwrap();
    assert_eq!(
        events.len(),
        usize::try_from(rounds * 3 + rounds / 2).unwrap()
    );
    assert!(
        wire.cuts() >= events.len() / 4,
        "it was cut {} times",
        wire.cuts()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_whose_fate_cannot_be_learned_is_unknown_and_can_be_asked_about() {
    let database = testing::database(&migrations::MIGRATOR).await;
    for where_to in [Cut::Before, Cut::After] {
        let wire = Proxy::start(&database.options);
        let settings = Settings {
            reconnect_max: Duration::from_millis(300),
            ..Settings::default()
        };
        let clock = Arc::new(SystemClock);
        let options = wire.options(&database.options);
        let journal = PostgresJournal::open(options, clock, settings)
            .await
            .unwrap();
        let head = journal.head().await.unwrap();
        wire.cut_next(where_to);
        wire.refuse(true);
        let sent = one("thing-1", Expected::Any);
        let mut on_it = one("thing-2", Expected::Any);
        on_it.rests_on = vec![sent.outcome.clone()];
        let unsent = one("thing-3", Expected::Any);
        let answers = [sent.clone(), on_it, unsent.clone()].map(|append| journal.append(append));
        let [answer, on_it, _] =
            <[_; 3]>::try_from(futures::future::join_all(answers).await).unwrap();
        assert!(matches!(answer, Err(AppendError::Unknown(_))), "{answer:?}");
        assert!(sent.outcome.is_failed());
        assert!(on_it.is_err(), "{on_it:?}");
        let unsent = journal.append(again(&unsent)).await;
        assert!(
            matches!(unsent, Err(AppendError::Unavailable(_))),
            "{unsent:?}"
        );
        wire.refuse(false);
        let known = journal.look_up(&sent.key).await.unwrap();
        assert_eq!(
            known != KeyMatch::Unknown,
            where_to == Cut::After,
            "{where_to:?}"
        );
        let answer = journal.append(again(&sent)).await.unwrap();
        assert_eq!(answer.repeated, where_to == Cut::After);
        let first = journal.read(head + 1..head + 2).await.unwrap();
        assert!(
            first
                .iter()
                .any(|event| event.event_id == sent.streams[0].events[0].event_id)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_whose_connections_are_ended_at_random_lose_and_double_nothing() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let mut chance = chance();
    let tail = Tail::start(Kind::Right, database.options.clone()).await;
    let (stop, acks) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Mutex::new(Vec::new())),
    );
    let mut workers = Vec::new();
    for _ in 0..2 {
        let ledger = Arc::new(open(database.options.clone()).await);
        for _ in 0..4 {
            let mut worker = Worker::new(ledger.clone(), chance.random());
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
    let pool = database.pool().await;
    let mut ended = 0;
    for _ in 0..rounds(60) {
        sleep(Duration::from_millis(chance.random_range(1..40))).await;
        let writers: Vec<bool> = sqlx::query_scalar(
            "select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name in ('cadastre writer', 'cadastre reader')
                and (application_name = 'cadastre writer' or random() < 0.2)
                and random() < 0.7",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        ended += writers.len();
    }
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.unwrap();
    }
    let rows = verify::rows(&pool).await;
    let read = tail.stop(rows.last().map_or(0, |row| row.position)).await;
    let acks = std::mem::take(&mut *acks.lock().unwrap());
    println!(
        "{ended} connections ended, {} events, {} acknowledged appends",
        rows.len(),
        acks.len()
    );
    assert!(ended > 20 && acks.len() > 20);
    assert_eq!(verify::faults(&rows, &acks, &read), [""; 0]);
    pool.close().await;
}
