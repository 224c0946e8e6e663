//! The turn of the writer, held by one who decides within it; and its end.

use std::time::Duration;

use eventstore::AppendError;
use tokio::time::timeout;

use super::Subject;
use crate::given::{append, at, one, stream};

/// By then an answer has left, or never will.
const LONG: Duration = Duration::from_secs(20);

pub async fn a_turn_can_be_held(subject: Subject) {
    let journal = subject.journal;
    let before = journal.append(one("a-1", at(0)));
    let held = journal.hold().await.unwrap();
    assert_eq!(before.await.unwrap().version, 1);
    let behind = journal.append(one("a-1", at(2)));
    assert_eq!(journal.load(&stream("a-1"), 0, 9).await.unwrap().len(), 1);
    assert_eq!(held.append(one("a-1", at(1))).await.unwrap().version, 2);
    assert_eq!(behind.await.unwrap().version, 3);
}

pub async fn an_append_in_a_held_turn_is_answered_though_nothing_follows(subject: Subject) {
    for version in 0..3 {
        let held = subject.journal.hold().await.unwrap();
        let answer = timeout(LONG, held.append(one("a-1", at(version)))).await;
        assert_eq!(answer.unwrap().unwrap().version, version + 1);
        let held = subject.journal.hold().await.unwrap();
        let refused = timeout(LONG, held.append(one("a-1", at(9)))).await;
        let refused = refused.unwrap();
        assert!(
            matches!(refused, Err(AppendError::Conflict(_))),
            "{refused:?}"
        );
    }
}

pub async fn a_turn_that_is_dropped_is_given_back(subject: Subject) {
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

pub async fn a_turn_that_is_held_too_long_is_taken_back(subject: Subject) {
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

pub async fn a_closed_journal_takes_nothing(subject: Subject) {
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
