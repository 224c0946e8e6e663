use chrono::{DateTime, TimeDelta, Utc};

use super::*;

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_600_000, 0).unwrap() + TimeDelta::hours(hours)
}

fn count(digest: &str, hours: i64) -> FloodCommand {
    FloodCommand::Count(CountReport {
        digest: digest.to_owned(),
        at: at(hours),
    })
}

fn after(reports: &[(&str, i64)]) -> Flood {
    let mut flood = Flood::default();
    for (digest, hours) in reports {
        for event in flood.decide(&count(digest, *hours)).unwrap() {
            flood.evolve(&event);
        }
    }
    flood
}

#[test]
fn the_same_words_are_taken_twice_a_day_and_again_on_the_next() {
    let flood = after(&[("leak", 0), ("leak", 2)]);
    let refusal = flood.decide(&count("leak", 3)).unwrap_err();
    // The first of the two is a day old 21 hours later.
    assert_eq!(
        refusal,
        FloodRefusal::Repeated {
            seconds: 21 * 3_600
        }
    );
    assert_eq!(refusal.kind(), RefusalKind::TooSoon { seconds: 75_600 });
    assert!(flood.decide(&count("smell", 3)).is_ok());
    assert!(flood.decide(&count("leak", 24)).is_ok());
}

#[test]
fn the_eleventh_report_of_a_day_has_to_wait_for_the_first_to_be_a_day_old() {
    let words = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let reports: Vec<_> = words.into_iter().zip(0..).collect();
    let flood = after(&reports);
    let refusal = flood.decide(&count("k", 10)).unwrap_err();
    assert_eq!(
        refusal,
        FloodRefusal::TooMany {
            seconds: 14 * 3_600
        }
    );
    assert!(flood.decide(&count("k", 24)).is_ok());
}

#[test]
fn no_more_is_kept_than_matters() {
    let reports: Vec<_> = (0..100).map(|n| ("x", n * 13)).collect();
    assert_eq!(after(&reports).counted.len(), REPORTS_MAX);
}
