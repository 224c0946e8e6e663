//! What can never go through is refused before it waits, with a sentence that names the fault.

use chrono::TimeDelta;
use eventstore::{Append, AppendError, Expected, IdempotencyKey, NewEvent, StreamAppend};

use super::Subject;
use crate::given::{append, at, instant, one, part};

/// One event to each of `n` streams.
fn many(n: i64) -> Vec<StreamAppend> {
    (0..n)
        .map(|n| part(&format!("a-{n}"), Expected::Any, 1))
        .collect()
}

fn with_event(change: fn(&mut NewEvent)) -> Append {
    let mut asked = one("a-1", Expected::Any);
    change(&mut asked.streams[0].events[0]);
    asked
}

fn with_key(change: fn(&mut IdempotencyKey)) -> Append {
    let mut asked = one("a-1", Expected::Any);
    change(&mut asked.key);
    asked
}

fn text(bytes: usize) -> String {
    format!("\"{}\"", "x".repeat(bytes - 2))
}

const LIMIT: usize = 1024 * 1024;

fn bad_streams() -> Vec<(Append, &'static str)> {
    vec![
        (append(Vec::new()), "no stream"),
        (
            append(vec![part("a-1", at(0), 1), part("a-1", at(1), 1)]),
            "twice",
        ),
        (append(many(65)), "65 streams"),
        (append(vec![part("a-1", at(0), 1_001)]), "1001 events"),
        (one("a-1", Expected::Exactly(-1)), "negative version"),
    ]
}

fn bad_events() -> Vec<(Append, &'static str)> {
    vec![
        (
            with_event(|event| event.data = text(LIMIT).into()),
            "over the limit",
        ),
        (
            with_event(|event| event.data = "{".into()),
            "not readable JSON",
        ),
        (with_event(|event| event.data = r#""\u0000""#.into()), "NUL"),
        (
            with_event(|event| event.metadata = r#""\ud800""#.into()),
            "metadata",
        ),
        (
            with_event(|event| event.event_type = "a b".into()),
            "no type",
        ),
        (
            with_event(|event| event.schema_version = 0),
            "schema version",
        ),
        (
            with_event(|event| {
                event.occurred_at = instant("9999-12-31T23:59:59Z") + TimeDelta::days(1);
            }),
            "years",
        ),
    ]
}

fn bad_keys() -> Vec<(Append, &'static str)> {
    vec![
        (
            with_key(|key| key.key = String::new()),
            "1 to 255 printable",
        ),
        (
            with_key(|key| key.key = "x".repeat(256)),
            "1 to 255 printable",
        ),
        (with_key(|key| key.key = "ü".into()), "1 to 255 printable"),
        (with_key(|key| key.subject = "a\0b".into()), "subject"),
        (
            with_key(|key| key.answer_id = String::new()),
            "id of an answer",
        ),
    ]
}

pub async fn what_can_never_go_through_is_refused_by_name(subject: Subject) {
    for (asked, word) in [bad_streams(), bad_events(), bad_keys()]
        .into_iter()
        .flatten()
    {
        let outcome = asked.outcome.clone();
        let error = subject.journal.append(asked).await.unwrap_err();
        let names = matches!(&error, AppendError::Invalid(sentence) if sentence.contains(word));
        assert!(names, "{word}: {error:?}");
        assert!(outcome.is_failed());
    }
    assert_eq!(subject.journal.head().await.unwrap(), 0);
}

pub async fn what_is_just_within_the_limits_goes_in(subject: Subject) {
    let mut widest = with_key(|key| key.key = " ~".repeat(127));
    widest.streams = many(64);
    let event = &mut widest.streams[0].events[0];
    event.data = text(LIMIT - event.metadata.len()).into();
    assert_eq!(subject.journal.append(widest).await.unwrap().position, 64);
    let longest = append(vec![part("b-1", at(0), 1_000)]);
    assert_eq!(
        subject.journal.append(longest).await.unwrap().version,
        1_000
    );
}
