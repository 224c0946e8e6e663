//! What this journal does not take, in sentences that say what to do.

use cqrs_es::persist::{
    PersistedEventRepository, PersistedEventStore, PersistenceError, SerializedEvent,
};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework};
use serde_json::json;

use super::account::{Account, AccountCommand as Command, Hyphened};
use super::{Side, in_memory};

fn event(id: &str, sequence: usize, version: &str) -> SerializedEvent {
    SerializedEvent {
        aggregate_id: id.to_owned(),
        sequence,
        aggregate_type: "account".to_owned(),
        event_type: "Closed".to_owned(),
        event_version: version.to_owned(),
        payload: json!("Closed"),
        metadata: json!({}),
    }
}

/// What is said to these events, of which then none may be there.
async fn said<A: Aggregate>(events: &[SerializedEvent]) -> String {
    let side = in_memory();
    let error = side
        .repository()
        .persist::<A>(events, None)
        .await
        .unwrap_err();
    assert!(
        matches!(error, PersistenceError::UnknownError(_)),
        "{error:?}"
    );
    assert_eq!(side.0.head().await.unwrap(), 0);
    error.to_string()
}

#[tokio::test]
async fn a_name_that_is_no_stream() {
    for id in ["", "a\0b", "line\nbreak", &"x".repeat(121)] {
        let text = said::<Account>(&[event(id, 1, "1")]).await;
        assert!(
            text.contains("is no stream: a name is a noun, a hyphen and an id"),
            "{text}"
        );
        let error = in_memory().bank().execute(id, Command::Close).await;
        assert!(
            matches!(error, Err(AggregateError::UnexpectedError(_))),
            "{error:?}"
        );
    }
    let text = said::<Hyphened>(&[event("1", 1, "1")]).await;
    assert!(text.contains("choose a `TYPE` without a hyphen"), "{text}");
    assert!(
        in_memory()
            .repository()
            .stream_all_events::<Hyphened>()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_version_that_is_no_whole_number() {
    for version in [
        "",
        "0",
        "-1",
        "1.0",
        "0.1.0",
        "01",
        "+1",
        "2147483648",
        "one",
    ] {
        let text = said::<Account>(&[event("7", 1, version)]).await;
        assert!(
            text.contains(&format!("`{version}` cannot be the version of `Closed`")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn sequences_with_a_gap() {
    for sequences in [[0, 1], [1, 1], [1, 3], [2, 1]] {
        let events = sequences.map(|sequence| event("7", sequence, "1"));
        let text = said::<Account>(&events).await;
        assert!(text.contains("sequences rise from 1 by one"), "{text}");
    }
}

#[tokio::test]
async fn more_than_goes_in_at_once() {
    let events: Vec<_> = (1..=1_001).map(|n| event("7", n, "1")).collect();
    let text = said::<Account>(&events).await;
    assert!(text.contains("over the limit of 1000"), "{text}");
    let mut nul = event("7", 1, "1");
    nul.payload = json!("\0");
    assert!(said::<Account>(&[nul]).await.contains("NUL"));
}

#[tokio::test]
async fn snapshots_at_the_first_command() {
    let side = in_memory();
    for store in [
        PersistedEventStore::new_snapshot_store(side.repository(), 100),
        PersistedEventStore::new_aggregate_store(side.repository()),
    ] {
        let bank: CqrsFramework<Account, _> = CqrsFramework::new(store, vec![], ());
        let error = bank.execute("7", Command::Close).await.unwrap_err();
        assert!(error.to_string().contains("new_event_store"), "{error}");
    }
    let update = Some(("7".to_owned(), json!({}), 1));
    let events = [event("7", 1, "1")];
    let error = side.repository().persist::<Account>(&events, update).await;
    assert!(error.unwrap_err().to_string().contains("new_event_store"));
    assert_eq!(side.0.head().await.unwrap(), 0);
}

#[tokio::test]
async fn anything_while_the_journal_is_closed() {
    let side = in_memory();
    side.0.close().await;
    let open = Command::Open {
        owner: String::new(),
    };
    let error = side.bank().execute("7", open).await;
    assert!(
        matches!(error, Err(AggregateError::DatabaseConnectionError(_))),
        "{error:?}"
    );
}
