//! An application moves in with its history.

use std::collections::HashMap;

use cqrs_es::EventStore;
use cqrs_es::persist::{
    EventUpcaster, PersistedEventRepository, PersistenceError, SemanticVersionEventUpcaster,
    SerializedEvent,
};
use eventstore::cluster::testing;
use serde_json::{Value, json};

use super::account::{Account, AccountCommand as Command, AccountEvent};
use super::{Side, ours, theirs};

/// How an account was opened in the old days.
fn old(id: usize) -> SerializedEvent {
    SerializedEvent {
        aggregate_id: id.to_string(),
        sequence: 1,
        aggregate_type: "account".to_owned(),
        event_type: "Opened".to_owned(),
        event_version: "1.0".to_owned(),
        payload: json!({"Opened": {"name": format!("owner {id}")}}),
        metadata: json!({"at": "the counter"}),
    }
}

fn upcasters() -> [Box<dyn EventUpcaster>; 1] {
    let renamed = |payload: Value| json!({"Opened": {"owner": payload["Opened"]["name"]}});
    [Box::new(SemanticVersionEventUpcaster::new(
        "Opened",
        "2",
        Box::new(renamed),
    ))]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_comes_along_in_todays_shape() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let (from, to) = (theirs(&database).await, ours(&database).await);
    let opened: Vec<_> = (0..150).map(old).collect();
    from.repository()
        .persist::<Account>(&opened, None)
        .await
        .unwrap();
    for id in ["3", "149"] {
        let store = from.store::<Account>().with_upcasters(upcasters().into());
        let context = store.load_aggregate(id).await.unwrap();
        let events = (1..=70).map(|cents| AccountEvent::Deposited { cents });
        let metadata = HashMap::from([("by".to_owned(), "hand".to_owned())]);
        store
            .commit(events.collect(), context, metadata)
            .await
            .unwrap();
    }
    let (there, here) = (from.repository(), to.repository());
    let taken = here.take_in::<Account>(&there, &upcasters()).await.unwrap();
    assert_eq!(taken, 290);
    assert_eq!(to.0.head().await.unwrap(), 290);
    for id in ["0", "3", "149"] {
        let mut old = there.get_events::<Account>(id).await.unwrap();
        let opened = upcasters()[0].upcast(old[0].clone());
        old[0] = SerializedEvent {
            event_version: "2".to_owned(),
            ..opened
        };
        assert_eq!(here.get_events::<Account>(id).await.unwrap(), old);
    }
    to.bank()
        .execute("3", Command::Withdraw(2_485))
        .await
        .unwrap();
    // It cannot come in twice.
    let again = here.take_in::<Account>(&there, &upcasters()).await;
    assert!(
        matches!(again, Err(PersistenceError::OptimisticLockError)),
        "{again:?}"
    );
}
