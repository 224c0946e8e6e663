use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::*;

fn calendar(rhythm: Rhythm, starts_on: &str, time: &str, zone: Tz) -> Calendar {
    Calendar {
        rhythm,
        interval: 1,
        days: [].into(),
        time: time.parse().unwrap(),
        zone,
        starts_on: starts_on.parse().unwrap(),
        ends_on: None,
        basis: Basis::Scheduled,
    }
}

/// The first `count` times after `after`, as they are written.
fn dues(calendar: &Calendar, after: &str, count: usize) -> Vec<String> {
    let mut last = at(after);
    let mut found = Vec::new();
    while found.len() < count {
        let Some(next) = calendar.first_after(last) else {
            break;
        };
        found.push(next.format("%Y-%m-%dT%H:%M").to_string());
        last = next;
    }
    found
}

#[test]
fn what_is_due_at_eight_is_due_at_eight_in_summer_too() {
    let daily = calendar(Rhythm::Daily, "2026-03-27", "08:00:00", Tz::Europe__Paris);
    // 29 March 2026 has 23 hours in Paris.
    assert_eq!(
        dues(&daily, "2026-03-27T00:00:00Z", 4),
        [
            "2026-03-27T07:00",
            "2026-03-28T07:00",
            "2026-03-29T06:00",
            "2026-03-30T06:00"
        ]
    );
    let night = calendar(Rhythm::Daily, "2026-10-24", "02:30:00", Tz::Europe__Paris);
    // 02:30 comes twice on 25 October: it is due once.
    assert_eq!(
        dues(&night, "2026-10-23T00:00:00Z", 3),
        ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]
    );
}

#[test]
fn the_31st_is_the_last_day_of_a_shorter_month_and_the_31st_again_after_it() {
    let monthly = calendar(Rhythm::Monthly, "2027-12-31", "12:00:00", Tz::UTC);
    assert_eq!(
        dues(&monthly, "2027-12-01T00:00:00Z", 5),
        [
            "2027-12-31T12:00",
            "2028-01-31T12:00",
            "2028-02-29T12:00",
            "2028-03-31T12:00",
            "2028-04-30T12:00"
        ]
    );
    let yearly = calendar(Rhythm::Yearly, "2024-02-29", "12:00:00", Tz::UTC);
    assert_eq!(
        dues(&yearly, "2026-06-01T00:00:00Z", 3),
        ["2027-02-28T12:00", "2028-02-29T12:00", "2029-02-28T12:00"]
    );
}

#[test]
fn every_second_week_goes_from_monday_to_sunday() {
    let mut weekly = calendar(Rhythm::Weekly, "2026-01-07", "09:00:00", Tz::UTC);
    weekly.interval = 2;
    weekly.days = [Day::Monday, Day::Thursday].into();
    // 7 January 2026 is a Wednesday: its Monday is over, its Thursday is not.
    assert_eq!(
        dues(&weekly, "2026-01-01T00:00:00Z", 4),
        [
            "2026-01-08T09:00",
            "2026-01-19T09:00",
            "2026-01-22T09:00",
            "2026-02-02T09:00"
        ]
    );
}

#[test]
fn nothing_is_due_after_the_last_day_or_before_the_first() {
    let mut daily = calendar(Rhythm::Daily, "2026-01-10", "09:00:00", Tz::UTC);
    daily.interval = 3;
    daily.ends_on = Some("2026-01-16".parse().unwrap());
    assert_eq!(
        dues(&daily, "2026-01-01T00:00:00Z", 9),
        ["2026-01-10T09:00", "2026-01-13T09:00", "2026-01-16T09:00"]
    );
    daily.starts_on = NaiveDate::MAX;
    assert_eq!(daily.first_after(at("2026-01-01T00:00:00Z")), None);
}

#[test]
fn from_the_completion_on_it_is_counted_from_that_day() {
    let mut monthly = calendar(
        Rhythm::Monthly,
        "2026-01-31",
        "09:00:00",
        Tz::Europe__Lisbon,
    );
    let next = |calendar: &Calendar, done: &str| calendar.after_completion(at(done)).unwrap();
    // 23:30 UTC on 5 July is the 6th in Lisbon.
    assert_eq!(
        next(&monthly, "2026-07-05T23:30:00Z"),
        at("2026-08-06T08:00:00Z")
    );
    monthly.rhythm = Rhythm::Daily;
    monthly.interval = 10;
    assert_eq!(
        next(&monthly, "2026-01-01T06:00:00Z"),
        at("2026-01-11T09:00:00Z")
    );
    monthly.rhythm = Rhythm::Weekly;
    monthly.interval = 1;
    monthly.days = [Day::Monday].into();
    // Done on a Monday morning: due again in a week, not the same day.
    assert_eq!(
        next(&monthly, "2026-01-05T06:00:00Z"),
        at("2026-01-12T09:00:00Z")
    );
}

#[test]
fn what_was_missed_is_due_once_at_its_last_time() {
    let daily = calendar(Rhythm::Daily, "2026-01-10", "09:00:00", Tz::UTC);
    let due = daily.first_after(at("2026-01-01T00:00:00Z")).unwrap();
    let last = daily.last_until(due, at("2026-01-20T10:00:00Z"));
    assert_eq!(last, at("2026-01-20T09:00:00Z"));
    assert_eq!(daily.time, NaiveTime::from_hms_opt(9, 0, 0).unwrap());
}
