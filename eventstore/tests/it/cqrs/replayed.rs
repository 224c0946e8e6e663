//! What this journal does better when all is replayed.

use std::collections::HashMap;

use cqrs_es::EventStore;
use cqrs_es::persist::{PersistedEventRepository, PersistenceError};
use eventstore::cluster::testing;

use super::account::{Account, AccountEvent as Event};
use super::{Side, in_memory, ours};

async fn deposit(side: &impl Side, id: &str, events: i64) {
    let store = side.store::<Account>();
    let context = store.load_aggregate(id).await.unwrap();
    let events = (0..events).map(|cents| Event::Deposited { cents });
    store
        .commit(events.collect(), context, HashMap::new())
        .await
        .unwrap();
}

#[tokio::test]
async fn events_come_in_the_order_in_which_they_happened() {
    let side = in_memory();
    for id in ["b", "a", "b", "c", "a"] {
        deposit(&side, id, 1).await;
    }
    let mut stream = side
        .repository()
        .stream_all_events::<Account>()
        .await
        .unwrap();
    let mut order = String::new();
    while let Some(event) = stream.next::<Account>(&[]).await {
        order += &event.unwrap().aggregate_id;
    }
    assert_eq!(order, "babca");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn little_is_read_ahead_and_a_fault_on_the_way_is_told() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let side = ours(&database).await;
    for _ in 0..3 {
        deposit(&side, "7", 1_000).await;
    }
    let repository = side.repository();
    let mut of_one = repository.stream_events::<Account>("7").await.unwrap();
    let mut of_all = repository.stream_all_events::<Account>().await.unwrap();
    for stream in [&mut of_one, &mut of_all] {
        stream.next::<Account>(&[]).await.unwrap().unwrap();
    }
    side.0.close().await;
    for stream in [&mut of_one, &mut of_all] {
        let mut read = 1;
        let fault = loop {
            match stream.next::<Account>(&[]).await {
                Some(Ok(_)) => read += 1,
                other => break other,
            }
        };
        assert!(
            matches!(fault, Some(Err(PersistenceError::ConnectionError(_)))),
            "{fault:?}"
        );
        // The page that was there; no other was asked for while nobody read.
        assert_eq!(read, 1_000);
        assert!(stream.next::<Account>(&[]).await.is_none());
    }
}
