//! What was recorded is read back, and followed.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use eventstore::{Clock, Expected, FeedError, Recorded};
use tokio::time::timeout;

use super::Subject;
use crate::given::{append, event, instant, one, part, stream};

pub async fn what_is_written_is_read_back_to_the_byte(subject: Subject) {
    let mut new = event(1);
    new.data = "{ \"b\": 1.50,\n\t\"a\": \"\\u00fc\u{1F600}\", \"a\": 2 }".into();
    new.metadata = "{\"actor\" :null}".into();
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
        data: new.data.to_string(),
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
    assert_eq!(loaded, std::slice::from_ref(&expected));
    let read = subject.journal.read(1..2).await.unwrap();
    assert_eq!(read, [Arc::new(expected.clone())]);
    let fed = subject.journal.subscribe(0).next(10).await.unwrap();
    assert_eq!(fed, [Arc::new(expected)]);
}

pub async fn the_time_of_recording_never_falls(subject: Subject) {
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

pub async fn a_subscriber_gets_every_event_once_in_order(subject: Subject) {
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

pub async fn a_subscriber_beyond_the_end_is_told_at_once(subject: Subject) {
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
