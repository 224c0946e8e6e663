//! What the tests append.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use eventstore::{
    Append, Expected, IdempotencyKey, Mint, NewEvent, Outcome, StreamAppend, StreamName, Version,
};

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn stream(name: &str) -> StreamName {
    StreamName::parse(name).unwrap()
}

pub fn event(n: i64) -> NewEvent {
    NewEvent {
        event_id: Mint.id(),
        event_type: Cow::Borrowed("thing.changed"),
        schema_version: 1,
        data: format!(r#"{{"n":{n}}}"#).into(),
        metadata: r#"{"actor":"test"}"#.into(),
        occurred_at: instant("2026-01-02T03:04:05.123456Z"),
    }
}

/// A part of an append, with so many events.
pub fn part(name: &str, expected: Expected, events: i64) -> StreamAppend {
    StreamAppend {
        known_at: 0,
        last: None,
        stream: stream(name),
        expected,
        events: (1..=events).map(event).collect(),
    }
}

/// An append with a key of its own.
pub fn append(streams: Vec<StreamAppend>) -> Append {
    let id = Mint.id().to_string();
    Append {
        streams,
        key: IdempotencyKey {
            absent_at: 0,
            subject: "tester".to_owned(),
            key: id.clone(),
            request_hash: [7; 32],
            answer_id: id,
        },
        rests_on: Vec::new(),
        outcome: Outcome::pending(),
    }
}

/// One event to one stream.
pub fn one(name: &str, expected: Expected) -> Append {
    append(vec![part(name, expected, 1)])
}

/// The same append with another outcome: a request that is sent again.
pub fn again(append: &Append) -> Append {
    Append {
        outcome: Outcome::pending(),
        ..append.clone()
    }
}

/// The expectation of a version, 0 for an empty stream.
pub fn at(version: Version) -> Expected {
    if version == 0 {
        Expected::NoStream
    } else {
        Expected::Exactly(version)
    }
}
