//! What an application may rely on. Each rule answers what it was told, to be compared.

use std::collections::{BTreeMap, HashMap};

use cqrs_es::persist::{PersistedEventRepository, ReplayStream, SerializedEvent};
use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use serde_json::{Value, json};

use super::Side;
use super::account::{Account, AccountCommand as Command, AccountEvent as Event, Accountant};

fn open() -> Command {
    Command::Open {
        owner: "Zoë \"Z\" O'Neill".to_owned(),
    }
}

/// An event with everything that is told of it.
fn told(event: &EventEnvelope<Account>) -> String {
    let metadata: BTreeMap<_, _> = event.metadata.iter().collect();
    format!(
        "{} {} {:?} {metadata:?}",
        event.aggregate_id, event.sequence, event.payload
    )
}

async fn recorded(side: &impl Side, id: &str) -> Vec<String> {
    let events = side.store::<Account>().load_events(id).await.unwrap();
    events.iter().map(told).collect()
}

async fn state(side: &impl Side, id: &str) -> (Account, usize) {
    let store = side.store::<Account>();
    let mut context = store.load_aggregate(id).await.unwrap();
    (context.aggregate().clone(), context.current_sequence)
}

async fn streamed(mut stream: ReplayStream) -> Vec<String> {
    let mut events = Vec::new();
    while let Some(event) = stream.next::<Account>(&[]).await {
        events.push(told(&event.unwrap()));
    }
    events
}

pub async fn commands_are_decided_and_recorded(side: impl Side) -> Vec<String> {
    let bank = side.bank();
    let mut answers = Vec::new();
    for command in [
        Command::Deposit(1),
        open(),
        open(),
        Command::Deposit(500),
        Command::Withdraw(501),
        Command::Withdraw(100),
        Command::Close,
        Command::Deposit(1),
    ] {
        let metadata = HashMap::from([("by".to_owned(), format!("{command:?}"))]);
        let answer = bank.execute_with_metadata("7", command, metadata).await;
        answers.push(format!("{answer:?}"));
    }
    assert_eq!(
        answers,
        [
            "Err(UserError(Absent))",
            "Ok(())",
            "Ok(())",
            "Ok(())",
            "Err(UserError(Missing(1)))",
            "Ok(())",
            "Ok(())",
            "Err(UserError(Absent))"
        ]
    );
    answers.extend(recorded(&side, "7").await);
    answers.extend(recorded(&side, "never heard of").await);
    answers.push(format!("{:?}", state(&side, "7").await));
    assert!(answers.ends_with(&["(Account { is_open: false, cents: 0 }, 5)".to_owned()]));
    answers
}

pub async fn of_two_who_write_at_once_one_is_told(side: impl Side) -> Vec<String> {
    side.bank().execute("7", open()).await.unwrap();
    let store = side.store::<Account>();
    let first = store.load_aggregate("7").await.unwrap();
    let second = store.load_aggregate("7").await.unwrap();
    let deposits = |cents: &[i64]| {
        let events = cents.iter().map(|&cents| Event::Deposited { cents });
        events.collect::<Vec<_>>()
    };
    let first = store.commit(deposits(&[1]), first, HashMap::new()).await;
    let second = store
        .commit(deposits(&[10, 20]), second, HashMap::new())
        .await;
    let (first, second) = (format!("{first:?}"), format!("{second:?}"));
    assert_eq!(second, "Err(AggregateConflict)");
    let unopened = store.load_aggregate("8").await.unwrap();
    side.bank().execute("8", open()).await.unwrap();
    let twice = store.commit(deposits(&[5]), unopened, HashMap::new()).await;
    assert_eq!(format!("{twice:?}"), "Err(AggregateConflict)");
    // The second event of the one who was told is not there either.
    assert_eq!(state(&side, "7").await.1, 2);
    [
        vec![first, second],
        recorded(&side, "7").await,
        recorded(&side, "8").await,
    ]
    .concat()
}

pub async fn all_who_try_again_get_through(side: impl Side) -> Vec<String> {
    side.bank().execute("7", open()).await.unwrap();
    let clients = (0..8).map(|client| {
        let side = side.clone();
        tokio::spawn(async move {
            for cents in 0..5 {
                deposit(&side, client * 100 + cents).await;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let mut events = recorded(&side, "7").await;
    assert_eq!(events.len(), 41);
    // Who comes when is chance; that nobody is lost is not.
    let cents = |event: &str| event.split_once("Deposited").map(|(_, e)| e.to_owned());
    events = events.iter().filter_map(|event| cents(event)).collect();
    events.sort();
    events.push(format!("{:?}", state(&side, "7").await));
    events
}

async fn deposit(side: &impl Side, cents: i64) {
    while let Err(error) = side.bank().execute("7", Command::Deposit(cents)).await {
        assert!(
            matches!(error, AggregateError::AggregateConflict),
            "{error}"
        );
    }
}

pub async fn all_is_replayed(side: impl Side) -> Vec<String> {
    for id in ["7", "8", "9-b"] {
        side.bank().execute(id, open()).await.unwrap();
    }
    let accountants = side.store::<Accountant>();
    let none = accountants.load_aggregate("7").await.unwrap();
    let closed = vec![Event::Closed];
    accountants
        .commit(closed, none, HashMap::new())
        .await
        .unwrap();
    let store = side.store::<Account>();
    for _ in 0..4 {
        for id in ["9-b", "7", "8"] {
            let context = store.load_aggregate(id).await.unwrap();
            let events = (0..100).map(|cents| Event::Deposited { cents });
            store
                .commit(events.collect(), context, HashMap::new())
                .await
                .unwrap();
        }
    }
    let repository = side.repository();
    let one = streamed(repository.stream_events::<Account>("9-b").await.unwrap()).await;
    let mut all = streamed(repository.stream_all_events::<Account>().await.unwrap()).await;
    assert_eq!((one.len(), all.len()), (401, 1_203));
    // postgres-es knows no order among aggregates; within each there is one.
    all.sort_by_key(|event| event.split(' ').next().unwrap().to_owned());
    assert_eq!(all[802..], one);
    all
}

pub async fn a_long_stream_is_loaded(side: impl Side) -> Vec<String> {
    let bank = side.bank();
    bank.execute("7", open()).await.unwrap();
    for round in 0..3 {
        let store = side.store::<Account>();
        let context = store.load_aggregate("7").await.unwrap();
        let events = (0..333).map(|n| Event::Deposited { cents: round + n });
        store
            .commit(events.collect(), context, HashMap::new())
            .await
            .unwrap();
    }
    bank.execute("7", Command::Withdraw(1)).await.unwrap();
    let last = side
        .repository()
        .get_last_events::<Account>("7", 998)
        .await
        .unwrap();
    let sequences: Vec<_> = last.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, [999, 1_000, 1_001]);
    let mut answers = recorded(&side, "7").await;
    answers.push(format!("{:?}", state(&side, "7").await));
    answers.push(format!("{last:?}"));
    answers
}

pub async fn ids_are_kept_to_the_letter(side: impl Side) -> Vec<String> {
    let long = "x".repeat(120);
    let ids = [
        "-",
        "a-b-c",
        " a b ",
        "Ünï/çödé:1",
        "'; drop",
        "%_\\",
        "A",
        "a",
        &long,
    ];
    for id in ids {
        side.bank().execute(id, open()).await.unwrap();
    }
    let mut answers = Vec::new();
    for id in ids {
        let events = side.repository().get_events::<Account>(id).await.unwrap();
        assert_eq!((events.len(), &*events[0].aggregate_id), (1, id));
        answers.push(format!("{events:?}"));
    }
    answers
}

pub async fn an_event_is_kept_to_the_letter(side: impl Side) -> Vec<SerializedEvent> {
    let event = |id: &str, sequence, payload: Value, metadata: Value| {
        let (aggregate, version) = ("account".to_owned(), "17".to_owned());
        let name = "Something.Was:Done".to_owned();
        SerializedEvent::new(
            id.to_owned(),
            sequence,
            aggregate,
            name,
            version,
            payload,
            metadata,
        )
    };
    // A repository takes the events of several aggregates, all or none.
    let written = [
        event(
            "7",
            1,
            json!({"b": [1, -2.5, u64::MAX, i64::MIN], "a": {"ü": "\n\t\u{1F600}"}}),
            json!({}),
        ),
        event("8", 1, json!("text"), json!({"k": "v"})),
        event("7", 2, json!(null), json!(null)),
    ];
    let repository = side.repository();
    repository.persist::<Account>(&written, None).await.unwrap();
    repository.persist::<Account>(&[], None).await.unwrap();
    let read = [
        repository.get_events::<Account>("7").await.unwrap(),
        repository.get_events::<Account>("8").await.unwrap(),
    ]
    .concat();
    assert_eq!(
        read,
        [written[0].clone(), written[2].clone(), written[1].clone()]
    );
    let late = [
        event("9", 1, json!(1), json!({})),
        event("8", 1, json!(1), json!({})),
    ];
    let error = repository
        .persist::<Account>(&late, None)
        .await
        .unwrap_err();
    assert_eq!(format!("{error:?}"), "OptimisticLockError");
    assert!(
        repository
            .get_events::<Account>("9")
            .await
            .unwrap()
            .is_empty()
    );
    read
}
