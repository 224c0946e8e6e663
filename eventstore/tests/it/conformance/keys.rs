//! A repeated request is recognised.

use eventstore::{AppendError, Expected, KeyMatch};

use super::Subject;
use crate::given::{again, append, at, one, part};

pub async fn a_repeated_key_gets_the_same_answer(subject: Subject) {
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

pub async fn a_key_is_not_shared_by_subjects(subject: Subject) {
    let first = one("a-1", Expected::Any);
    let mut second = again(&first);
    second.key.subject = "another".to_owned();
    subject.journal.append(first).await.unwrap();
    assert!(!subject.journal.append(second).await.unwrap().repeated);
}

pub async fn twins_in_flight_are_recorded_once(subject: Subject) {
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

pub async fn a_refused_append_leaves_its_key_free(subject: Subject) {
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

pub async fn a_key_is_looked_up_after_those_under_way(subject: Subject) {
    for n in 0..20 {
        let asked = one("a-1", at(n));
        let under_way = subject.journal.append(asked.clone());
        let found = subject.journal.look_up(&asked.key).await.unwrap();
        assert!(matches!(found, KeyMatch::Same(same) if same.version == n + 1));
        under_way.await.unwrap();
    }
}
