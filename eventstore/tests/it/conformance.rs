//! What every journal means, run over each backend.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use eventstore::cluster::testing;
use eventstore::postgres::Settings;
use eventstore::{
    AppendError, Clock, Expected, FeedError, Journal, KeyMatch, ManualClock, MemoryJournal,
    Mismatch, Outcome, PostgresJournal, Recorded,
};
use tokio::time::timeout;

use crate::given::{again, append, at, event, instant, one, part, stream};

/// A journal and the clock that it goes by.
struct Subject {
    journal: Arc<dyn Journal>,
    clock: ManualClock,
}

macro_rules! on_every_backend {
    ($($test:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $test() {
                let clock = super::ManualClock::at(super::instant("2026-02-03T04:05:06Z"));
                let journal = super::MemoryJournal::new(super::Arc::new(clock.clone()));
                super::$test(super::Subject { journal: super::Arc::new(journal), clock }).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $test() {
                let database = super::testing::database(&migrations::MIGRATOR).await;
                let clock = super::ManualClock::at(super::instant("2026-02-03T04:05:06Z"));
                let shared = super::Arc::new(clock.clone());
                let options = database.options.clone();
                let journal = super::PostgresJournal::open(options, shared, super::Settings::default());
                let journal = super::Arc::new(journal.await.unwrap());
                super::$test(super::Subject { journal, clock }).await;
            })+
        }
    };
}

on_every_backend!(
    what_is_written_is_read_back_to_the_byte,
    several_streams_go_in_together,
    all_failed_expectations_are_reported_and_nothing_is_recorded,
    a_condition_without_events_is_checked,
    a_question_is_answered_with_the_position_it_holds_at,
    what_can_never_go_through_is_refused_by_name,
    a_repeated_key_gets_the_same_answer,
    a_key_is_not_shared_by_subjects,
    twins_in_flight_are_recorded_once,
    a_refused_append_leaves_its_key_free,
    a_key_is_looked_up_after_those_under_way,
    appends_are_settled_in_the_order_of_the_calls,
    what_rests_on_a_failure_fails,
    what_rests_on_what_is_committed_goes_in,
    an_append_goes_on_without_those_who_asked,
    the_time_of_recording_never_falls,
    a_subscriber_gets_every_event_once_in_order,
    a_subscriber_beyond_the_end_is_told_at_once,
    a_turn_can_be_held,
    a_turn_that_is_dropped_is_given_back,
    a_turn_that_is_held_too_long_is_taken_back,
    a_closed_journal_takes_nothing,
);

async fn what_is_written_is_read_back_to_the_byte(subject: Subject) {
    let mut new = event(1);
    new.data = "{ \"b\": 1.50,\n\t\"a\": \"\\u00fc\u{1F600}\", \"a\": 2 }".to_owned();
    new.metadata = Arc::from("{\"actor\" :null}");
    new.occurred_at = instant("0001-01-01T00:00:00.000001999Z");
    let mut asked = one("booking-1", Expected::NoStream);
    asked.streams[0].events = vec![new.clone()];
    let answer = subject.journal.append(asked.clone()).await.unwrap();
    let expected = Recorded {
        position: 1,
        stream: stream("booking-1"),
        version: 1,
        event_id: new.event_id,
        event_type: "thing.changed".to_owned(),
        schema_version: 1,
        data: new.data,
        metadata: new.metadata.to_string(),
        occurred_at: instant("0001-01-01T00:00:00.000001Z"),
        recorded_at: subject.clock.now(),
    };
    assert_eq!(
        (answer.version, answer.position, answer.repeated),
        (1, 1, false)
    );
    assert_eq!(answer.answer_id, asked.key.answer_id);
    let loaded = subject
        .journal
        .load(&stream("booking-1"), 0, 10)
        .await
        .unwrap();
    assert_eq!(loaded, [expected.clone()]);
    let read = subject.journal.read(1..2).await.unwrap();
    assert_eq!(read, [Arc::new(expected.clone())]);
    let fed = subject.journal.subscribe(0).next(10).await.unwrap();
    assert_eq!(fed, [Arc::new(expected)]);
}

async fn several_streams_go_in_together(subject: Subject) {
    let journal = subject.journal;
    journal.append(one("a-1", Expected::Any)).await.unwrap();
    let streams = vec![
        part("b-1", at(0), 2),
        part("a-1", at(1), 3),
        part("c-1", Expected::Any, 1),
    ];
    let answer = journal.append(append(streams)).await.unwrap();
    let versions = [(stream("b-1"), 2), (stream("a-1"), 4), (stream("c-1"), 1)];
    assert_eq!((answer.version, answer.position), (2, 7));
    assert_eq!(answer.versions, versions);
    let places: Vec<_> = journal
        .read(1..100)
        .await
        .unwrap()
        .iter()
        .map(|event| (event.position, event.stream.to_string(), event.version))
        .collect();
    let expected = [
        (1, "a-1", 1),
        (2, "b-1", 1),
        (3, "b-1", 2),
        (4, "a-1", 2),
        (5, "a-1", 3),
        (6, "a-1", 4),
        (7, "c-1", 1),
    ];
    assert_eq!(
        places,
        expected.map(|(position, name, version)| (position, name.to_owned(), version))
    );
    let tail = journal.load(&stream("a-1"), 1, 2).await.unwrap();
    assert_eq!(
        tail.iter().map(|event| event.version).collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!(journal.head().await.unwrap(), 7);
}

async fn all_failed_expectations_are_reported_and_nothing_is_recorded(subject: Subject) {
    let journal = subject.journal;
    journal
        .append(append(vec![part("a-1", at(0), 2)]))
        .await
        .unwrap();
    let asked = append(vec![
        part("a-1", Expected::NoStream, 1),
        part("b-1", Expected::Exactly(5), 1),
        part("c-1", Expected::NoStream, 1),
    ]);
    let outcome = asked.outcome.clone();
    let Err(AppendError::Conflict(mismatches)) = journal.append(asked).await else {
        panic!("a conflict was expected");
    };
    let expected = [
        Mismatch {
            stream: stream("a-1"),
            expected: Expected::NoStream,
            actual: 2,
        },
        Mismatch {
            stream: stream("b-1"),
            expected: Expected::Exactly(5),
            actual: 0,
        },
    ];
    assert_eq!(mismatches, expected);
    assert!(outcome.is_failed());
    assert_eq!(journal.head().await.unwrap(), 2);
    assert_eq!(journal.load(&stream("c-1"), 0, 9).await.unwrap(), []);
}

async fn a_condition_without_events_is_checked(subject: Subject) {
    let journal = subject.journal;
    journal.append(one("listing-1", at(0))).await.unwrap();
    let with = |version| {
        append(vec![
            part("booking-1", Expected::Any, 1),
            part("listing-1", at(version), 0),
        ])
    };
    let conflict = journal.append(with(0)).await;
    assert!(
        matches!(conflict, Err(AppendError::Conflict(_))),
        "{conflict:?}"
    );
    let answer = journal.append(with(1)).await.unwrap();
    assert_eq!(
        answer.versions,
        [(stream("booking-1"), 1), (stream("listing-1"), 1)]
    );
    assert_eq!(answer.position, 2);
}

async fn a_question_is_answered_with_the_position_it_holds_at(subject: Subject) {
    let journal = subject.journal;
    journal.append(one("a-1", at(0))).await.unwrap();
    let question = append(vec![part("a-1", at(1), 0), part("b-1", at(0), 0)]);
    let outcome = question.outcome.clone();
    let answer = journal.append(question.clone()).await.unwrap();
    assert_eq!(
        (answer.version, answer.position, answer.repeated),
        (1, 1, false)
    );
    assert!(outcome.is_committed());
    journal.append(one("b-1", at(0))).await.unwrap();
    // A question stores nothing: asked again, it is looked at again.
    let late = journal.append(again(&question)).await;
    assert!(matches!(late, Err(AppendError::Conflict(_))), "{late:?}");
    assert_eq!(
        journal.look_up(&question.key).await.unwrap(),
        KeyMatch::Unknown
    );
}

async fn what_can_never_go_through_is_refused_by_name(subject: Subject) {
    let with = |change: &dyn Fn(&mut eventstore::Append)| {
        let mut asked = one("a-1", Expected::Any);
        change(&mut asked);
        asked
    };
    let many = |n: i64| {
        (0..n)
            .map(|n| part(&format!("a-{n}"), Expected::Any, 1))
            .collect()
    };
    let cases: Vec<(eventstore::Append, &str)> = vec![
        (append(Vec::new()), "no stream"),
        (
            append(vec![part("a-1", at(0), 1), part("a-1", at(1), 1)]),
            "twice",
        ),
        (append(many(65)), "65 streams"),
        (append(vec![part("a-1", at(0), 1_001)]), "1001 events"),
        (one("a-1", Expected::Exactly(-1)), "negative version"),
        (
            with(&|a| a.streams[0].events[0].data = format!("\"{}\"", "x".repeat(1024 * 1024))),
            "over the limit",
        ),
        (
            with(&|a| a.streams[0].events[0].data = "{".to_owned()),
            "not readable JSON",
        ),
        (
            with(&|a| a.streams[0].events[0].data = "\"\\u0000\"".to_owned()),
            "NUL",
        ),
        (
            with(&|a| a.streams[0].events[0].metadata = Arc::from("\"\\ud800\"")),
            "metadata",
        ),
        (
            with(&|a| a.streams[0].events[0].event_type = "a b".into()),
            "no type",
        ),
        (
            with(&|a| a.streams[0].events[0].schema_version = 0),
            "schema version",
        ),
        (
            with(&|a| {
                a.streams[0].events[0].occurred_at =
                    instant("9999-12-31T23:59:59Z") + TimeDelta::days(1)
            }),
            "years",
        ),
        (with(&|a| a.key.key = String::new()), "1 to 255 printable"),
        (with(&|a| a.key.key = "x".repeat(256)), "1 to 255 printable"),
        (with(&|a| a.key.key = "ü".to_owned()), "1 to 255 printable"),
        (with(&|a| a.key.subject = "a\0b".to_owned()), "subject"),
    ];
    for (asked, word) in cases {
        let outcome = asked.outcome.clone();
        let error = subject.journal.append(asked).await.unwrap_err();
        assert!(
            matches!(&error, AppendError::Invalid(sentence) if sentence.contains(word)),
            "{word}: {error:?}"
        );
        assert!(outcome.is_failed());
    }
    let widest = with(&|a| {
        a.key.key = " ~".repeat(127);
        a.streams = many(64);
        a.streams[0].events[0].data = format!("\"{}\"", "x".repeat(1024 * 1024 - 18));
    });
    assert_eq!(subject.journal.append(widest).await.unwrap().position, 64);
}

async fn a_repeated_key_gets_the_same_answer(subject: Subject) {
    let journal = subject.journal;
    let first = append(vec![part("a-1", at(0), 3)]);
    let answer = journal.append(first.clone()).await.unwrap();
    let second = again(&first);
    let repeated = journal.append(second.clone()).await.unwrap();
    assert!(repeated.repeated && !answer.repeated);
    assert_eq!(
        (repeated.answer_id, repeated.version, repeated.position),
        (answer.answer_id, answer.version, answer.position)
    );
    // What rests on a repetition would rest on events that are not there.
    assert!(second.outcome.is_failed());
    let mut other = again(&first);
    other.key.request_hash = [8; 32];
    let reused = journal.append(other.clone()).await;
    assert!(matches!(reused, Err(AppendError::KeyReused)), "{reused:?}");
    assert_eq!(journal.head().await.unwrap(), 3);
    assert_eq!(journal.look_up(&other.key).await.unwrap(), KeyMatch::Reused);
    assert!(
        matches!(journal.look_up(&first.key).await.unwrap(), KeyMatch::Same(same) if same.position == 3)
    );
}

async fn a_key_is_not_shared_by_subjects(subject: Subject) {
    let first = one("a-1", Expected::Any);
    let mut second = again(&first);
    second.key.subject = "another".to_owned();
    subject.journal.append(first).await.unwrap();
    assert!(!subject.journal.append(second).await.unwrap().repeated);
}

async fn twins_in_flight_are_recorded_once(subject: Subject) {
    let journal = subject.journal;
    let first = one("a-1", Expected::Any);
    let twins: Vec<_> = (0..20).map(|_| journal.append(again(&first))).collect();
    let mut other = again(&first);
    other.key.request_hash = [8; 32];
    let reused = journal.append(other);
    let answers = futures::future::join_all(twins).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| (answer.version, answer.position) == (1, 1))
    );
    assert!(matches!(reused.await, Err(AppendError::KeyReused)));
    assert_eq!(journal.head().await.unwrap(), 1);
}

async fn a_refused_append_leaves_its_key_free(subject: Subject) {
    let first = one("a-1", at(7));
    subject.journal.append(first.clone()).await.unwrap_err();
    assert_eq!(
        subject.journal.look_up(&first.key).await.unwrap(),
        KeyMatch::Unknown
    );
    let mut second = again(&first);
    second.streams[0].expected = at(0);
    assert!(!subject.journal.append(second).await.unwrap().repeated);
}

async fn a_key_is_looked_up_after_those_under_way(subject: Subject) {
    for n in 0..20 {
        let asked = one("a-1", at(n));
        let under_way = subject.journal.append(asked.clone());
        let found = subject.journal.look_up(&asked.key).await.unwrap();
        assert!(matches!(found, KeyMatch::Same(same) if same.version == n + 1));
        under_way.await.unwrap();
    }
}

async fn appends_are_settled_in_the_order_of_the_calls(subject: Subject) {
    let answers: Vec<_> = (0..500)
        .map(|n| subject.journal.append(one("a-1", at(n))))
        .collect();
    for (n, answer) in (1..).zip(answers) {
        let answer = answer.await.unwrap();
        assert_eq!((answer.version, answer.position), (n, n));
    }
}

async fn what_rests_on_a_failure_fails(subject: Subject) {
    let journal = subject.journal;
    let mut asked = vec![
        one("a-1", at(5)),
        one("b-1", at(0)),
        append(vec![part("c-1", at(0), 0)]),
    ];
    let mut after = one("d-1", at(0));
    after.rests_on = vec![asked[1].outcome.clone()];
    asked[1].rests_on = vec![asked[0].outcome.clone()];
    asked[2].rests_on = vec![asked[0].outcome.clone()];
    asked.push(after);
    // One that was never appended will not be known in time.
    let mut orphan = one("e-1", at(0));
    orphan.rests_on = vec![Outcome::pending()];
    asked.push(orphan);
    let answers: Vec<_> = asked
        .into_iter()
        .map(|append| journal.append(append))
        .collect();
    for answer in answers {
        let answer = answer.await;
        assert!(
            matches!(answer, Err(AppendError::Conflict(_))),
            "{answer:?}"
        );
    }
    assert_eq!(journal.head().await.unwrap(), 0);
}

async fn what_rests_on_what_is_committed_goes_in(subject: Subject) {
    let journal = subject.journal;
    let first = one("a-1", at(0));
    let mut second = append(vec![part("a-1", at(1), 0)]);
    second.rests_on = vec![first.outcome.clone()];
    let mut third = one("b-1", at(0));
    third.rests_on = vec![first.outcome.clone(), second.outcome.clone()];
    let late = one("c-1", at(0));
    let late = eventstore::Append {
        rests_on: third.rests_on.clone(),
        ..late
    };
    let answers = [first, second, third].map(|append| journal.append(append));
    for answer in answers {
        answer.await.unwrap();
    }
    assert_eq!(journal.append(late).await.unwrap().position, 3);
}

async fn an_append_goes_on_without_those_who_asked(subject: Subject) {
    let asked = one("a-1", at(0));
    drop(subject.journal.append(asked.clone()));
    let found = subject.journal.look_up(&asked.key).await.unwrap();
    assert!(matches!(found, KeyMatch::Same(_)), "{found:?}");
}

async fn the_time_of_recording_never_falls(subject: Subject) {
    for minutes in [0, -60, 5, -3, 100] {
        subject.clock.advance(TimeDelta::minutes(minutes));
        subject
            .journal
            .append(one("a-1", Expected::Any))
            .await
            .unwrap();
    }
    let events = subject.journal.read(1..6).await.unwrap();
    let times: Vec<_> = events
        .iter()
        .map(|event| event.recorded_at.format("%H:%M").to_string())
        .collect();
    assert_eq!(times, ["04:05", "04:05", "04:05", "04:05", "04:47"]);
}

async fn a_subscriber_gets_every_event_once_in_order(subject: Subject) {
    let journal = Arc::clone(&subject.journal);
    for _ in 0..5 {
        journal
            .append(append(vec![part("a-1", Expected::Any, 50)]))
            .await
            .unwrap();
    }
    let writer = tokio::spawn(async move {
        for _ in 0..50 {
            journal
                .append(append(vec![part("a-1", Expected::Any, 7)]))
                .await
                .unwrap();
        }
    });
    let mut early = subject.journal.subscribe(0);
    let mut late = subject.journal.subscribe(249);
    for (subscription, limit) in [(&mut early, 11), (&mut late, 500)] {
        while subscription.position() < 600 {
            let last = subscription.position();
            let events = timeout(Duration::from_secs(20), subscription.next(limit))
                .await
                .unwrap()
                .unwrap();
            assert!(!events.is_empty() && events.len() <= limit);
            for (expected, event) in (last + 1..).zip(&events) {
                assert_eq!((event.position, event.version), (expected, expected));
            }
        }
    }
    writer.await.unwrap();
    // A wait that is given up loses nothing.
    assert!(
        timeout(Duration::from_millis(30), early.next(10))
            .await
            .is_err()
    );
    subject
        .journal
        .append(one("b-1", Expected::Any))
        .await
        .unwrap();
    let events = timeout(Duration::from_secs(20), early.next(10))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        events
            .iter()
            .map(|event| event.position)
            .collect::<Vec<_>>(),
        [601]
    );
}

async fn a_subscriber_beyond_the_end_is_told_at_once(subject: Subject) {
    subject
        .journal
        .append(one("a-1", Expected::Any))
        .await
        .unwrap();
    let told = timeout(Duration::from_secs(1), async {
        subject.journal.subscribe(5).next(10).await
    });
    let told = told.await.unwrap();
    assert!(
        matches!(told, Err(FeedError::BeyondEnd { asked: 5, head: 1 })),
        "{told:?}"
    );
}

async fn a_turn_can_be_held(subject: Subject) {
    let journal = subject.journal;
    let before = journal.append(one("a-1", at(0)));
    let held = journal.hold().await.unwrap();
    assert_eq!(before.await.unwrap().version, 1);
    let behind = journal.append(one("a-1", at(2)));
    assert_eq!(journal.load(&stream("a-1"), 0, 9).await.unwrap().len(), 1);
    assert_eq!(held.append(one("a-1", at(1))).await.unwrap().version, 2);
    assert_eq!(behind.await.unwrap().version, 3);
}

async fn a_turn_that_is_dropped_is_given_back(subject: Subject) {
    drop(subject.journal.hold().await.unwrap());
    let held = subject.journal.hold().await.unwrap();
    let waiting = subject.journal.append(one("a-1", at(0)));
    drop(held);
    assert_eq!(
        timeout(Duration::from_secs(1), waiting)
            .await
            .unwrap()
            .unwrap()
            .version,
        1
    );
    let refused = subject
        .journal
        .hold()
        .await
        .unwrap()
        .append(append(Vec::new()))
        .await;
    assert!(
        matches!(refused, Err(AppendError::Invalid(_))),
        "{refused:?}"
    );
    assert_eq!(
        subject
            .journal
            .append(one("a-1", at(1)))
            .await
            .unwrap()
            .version,
        2
    );
}

async fn a_turn_that_is_held_too_long_is_taken_back(subject: Subject) {
    let held = subject.journal.hold().await.unwrap();
    let waiting = subject.journal.append(one("a-1", at(0)));
    assert_eq!(
        timeout(Duration::from_secs(3), waiting)
            .await
            .unwrap()
            .unwrap()
            .version,
        1
    );
    let late = one("a-1", at(1));
    let outcome = late.outcome.clone();
    let answer = held.append(late).await;
    assert!(
        matches!(answer, Err(AppendError::Conflict(_))),
        "{answer:?}"
    );
    assert!(outcome.is_failed());
}

async fn a_closed_journal_takes_nothing(subject: Subject) {
    let taken: Vec<_> = (0..50)
        .map(|n| subject.journal.append(one("a-1", at(n))))
        .collect();
    subject.journal.close().await;
    for answer in taken {
        answer.await.unwrap();
    }
    let late = subject.journal.append(one("a-1", at(50))).await;
    assert!(matches!(late, Err(AppendError::Unavailable(_))), "{late:?}");
    assert!(subject.journal.hold().await.is_err());
}
