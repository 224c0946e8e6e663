use chrono::TimeDelta;
use uuid::Uuid;

use super::*;

const USER: &str = "user-0190f1a0-0000-7000-8000-000000000001";
const OTHER: &str = "user-0190f1a0-0000-7000-8000-000000000002";

fn row(position: Position, stream: &str, version: Version) -> Row {
    let at: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    let metadata = r#"{"actor":{"kind":"operator"},"command":"user.reactivate","correlation_id":"0190f1a0-0000-7000-8000-000000000009","causation_id":"0190f1a0-0000-7000-8000-000000000009","origin":"live"}"#;
    Row {
        position,
        stream: stream.to_owned(),
        version,
        event_id: Uuid::nil(),
        event_type: "user.reactivated".to_owned(),
        schema_version: 1,
        data: format!(
            r#"{{"reason":{{"subject":"{}","value":"x"}}}}"#,
            Uuid::nil()
        ),
        metadata: metadata.to_owned(),
        occurred_at: at,
        recorded_at: at + TimeDelta::seconds(position),
    }
}

fn checked(rows: &[Row]) -> Checker {
    let mut checker = Checker::new(10);
    for row in rows {
        checker.row(row);
    }
    checker
}

fn codes(rows: &[Row]) -> Vec<&'static str> {
    let checker = checked(rows);
    checker.faults.iter().map(|found| found.code).collect()
}

#[test]
fn a_whole_journal_has_no_fault() {
    let whole = [row(1, USER, 1), row(2, OTHER, 1), row(3, USER, 2)];
    let checker = checked(&whole);
    assert_eq!(checker.faults, []);
    assert_eq!((checker.events, checker.streams()), (3, 2));
}

#[test]
fn gaps_are_found() {
    assert_eq!(codes(&[row(2, USER, 1)]), ["gap"]);
    let checker = checked(&[row(1, USER, 1), row(5, OTHER, 1), row(6, OTHER, 2)]);
    assert_eq!(checker.fault_count, 1);
    assert_eq!(checker.faults[0].detail, "positions 2 to 4 are missing");
}

#[test]
fn versions_that_do_not_follow_each_other_are_found_once_each() {
    assert_eq!(codes(&[row(1, USER, 2), row(2, USER, 3)]), ["version"]);
    assert_eq!(codes(&[row(1, USER, 1), row(2, USER, 1)]), ["version"]);
    assert_eq!(codes(&[row(1, USER, 1), row(2, USER, 3)]), ["version"]);
}

#[test]
fn a_recording_time_that_falls_is_found() {
    let mut late = row(2, OTHER, 1);
    late.recorded_at -= TimeDelta::hours(1);
    assert_eq!(codes(&[row(1, USER, 1), late, row(3, USER, 2)]), ["time"]);
}

#[test]
fn what_cannot_be_read_is_found() {
    let with = |change: &dyn Fn(&mut Row)| {
        let mut row = row(1, USER, 1);
        change(&mut row);
        codes(&[row])
    };
    assert_eq!(
        with(&|row| row.event_type = "user.danced".to_owned()),
        ["type"]
    );
    assert_eq!(with(&|row| row.schema_version = 99), ["type"]);
    assert_eq!(with(&|row| row.schema_version = 70_000), ["type"]);
    assert_eq!(
        with(&|row| row.data = r#"{"more":1}"#.to_owned()),
        ["unreadable"]
    );
    assert_eq!(with(&|row| row.data = "{".to_owned()), ["unreadable"]);
    assert_eq!(with(&|row| row.metadata = "{}".to_owned()), ["unreadable"]);
    assert_eq!(with(&|row| row.stream = "user".to_owned()), ["stream"]);
    assert_eq!(with(&|row| row.stream = "booking-1".to_owned()), ["stream"]);
}

#[test]
fn a_missing_end_is_found_by_those_who_have_seen_it() {
    let mut checker = checked(&[row(1, USER, 1)]);
    checker.reader("users", 1);
    assert_eq!(checker.fault_count, 0);
    checker.reader("bookings", 3);
    assert_eq!(checker.faults[0].code, "end");
}

#[test]
fn all_faults_are_counted_and_the_first_are_told() {
    let mut checker = Checker::new(2);
    for _ in 0..5 {
        checker.table("journal.event");
    }
    assert_eq!((checker.faults.len(), checker.fault_count), (2, 5));
}
