//! What goes in, in which order, and on what it may rest.

use std::time::Duration;

use eventstore::{Append, AppendError, Expected, KeyMatch, Mint, Mismatch, Outcome};

use super::Subject;
use crate::given::{again, append, at, one, part, stream};

pub async fn several_streams_go_in_together(subject: Subject) {
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

pub async fn all_failed_expectations_are_reported_and_nothing_is_recorded(subject: Subject) {
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
    let recorded = journal.load(&stream("a-1"), 1, 9).await.unwrap();
    let expected = [
        Mismatch {
            stream: stream("a-1"),
            expected: Expected::NoStream,
            actual: 2,
            last: Some(recorded[0].event_id),
        },
        Mismatch {
            stream: stream("b-1"),
            expected: Expected::Exactly(5),
            actual: 0,
            last: None,
        },
    ];
    assert_eq!(mismatches, expected);
    assert!(outcome.is_failed());
    assert_eq!(journal.head().await.unwrap(), 2);
    assert_eq!(journal.load(&stream("c-1"), 0, 9).await.unwrap(), []);
}

pub async fn a_stream_of_the_same_length_with_another_last_event_is_a_conflict(subject: Subject) {
    let journal = subject.journal;
    let first = one("a-1", at(0));
    let id = first.streams[0].events[0].event_id;
    journal.append(first).await.unwrap();
    let resting_on = |last| {
        let mut append = one("a-1", at(1));
        append.streams[0].last = Some(last);
        append
    };
    let answer = journal.append(resting_on(Mint.id())).await;
    let Err(AppendError::Conflict(mismatches)) = answer else {
        panic!("a conflict was expected: {answer:?}");
    };
    assert_eq!((mismatches[0].actual, mismatches[0].last), (1, Some(id)));
    assert_eq!(journal.append(resting_on(id)).await.unwrap().version, 2);
}

pub async fn a_condition_without_events_is_checked(subject: Subject) {
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

pub async fn a_question_is_answered_with_the_position_it_holds_at(subject: Subject) {
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

pub async fn appends_are_settled_in_the_order_of_the_calls(subject: Subject) {
    let answers: Vec<_> = (0..500)
        .map(|n| subject.journal.append(one("a-1", at(n))))
        .collect();
    for (n, answer) in (1..).zip(answers) {
        let answer = answer.await.unwrap();
        assert_eq!((answer.version, answer.position), (n, n));
    }
}

/// A crowd comes faster than commits go, so that every batch is sent while the answers to the last
/// one are still owed: each append rests on the one before it, answered or not.
pub async fn a_crowd_that_rests_on_each_other_is_answered_to_the_last(subject: Subject) {
    let (mut before, mut answers) = (None, Vec::new());
    for n in 0..2_000 {
        let mut asked = one("a-1", at(n));
        asked.rests_on.extend(before.replace(asked.outcome.clone()));
        // Nobody had its key before: what fails is not looked at once more.
        asked.key.absent_at = subject.journal.seen();
        answers.push(tokio::spawn(subject.journal.append(asked)));
        if n % 40 == 39 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    for (n, answer) in (1..).zip(answers) {
        let answer = answer.await.unwrap().unwrap();
        assert_eq!((answer.version, answer.position), (n, n));
    }
}

pub async fn what_rests_on_a_failure_fails(subject: Subject) {
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

pub async fn what_rests_on_what_is_committed_goes_in(subject: Subject) {
    let journal = subject.journal;
    let first = one("a-1", at(0));
    let mut second = append(vec![part("a-1", at(1), 0)]);
    second.rests_on = vec![first.outcome.clone()];
    let mut third = one("b-1", at(0));
    third.rests_on = vec![first.outcome.clone(), second.outcome.clone()];
    let late = one("c-1", at(0));
    let late = Append {
        rests_on: third.rests_on.clone(),
        ..late
    };
    let answers = [first, second, third].map(|append| journal.append(append));
    for answer in answers {
        answer.await.unwrap();
    }
    assert_eq!(journal.append(late).await.unwrap().position, 3);
}

pub async fn an_append_goes_on_without_those_who_asked(subject: Subject) {
    let asked = one("a-1", at(0));
    drop(subject.journal.append(asked.clone()));
    let found = subject.journal.look_up(&asked.key).await.unwrap();
    assert!(matches!(found, KeyMatch::Same(_)), "{found:?}");
}
