use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;

/// The instant at which a clock in the zone shows so.
fn shown(zone: Tz, wall: &str) -> String {
    let wall: chrono::NaiveDateTime = wall.parse().unwrap();
    instant(zone, wall.date(), wall.time())
        .unwrap()
        .to_rfc3339()
}

#[test]
fn a_plain_time_has_the_offset_of_its_season() {
    assert_eq!(
        shown(Tz::Europe__Lisbon, "2026-01-15T15:00:00"),
        "2026-01-15T15:00:00+00:00"
    );
    assert_eq!(
        shown(Tz::Europe__Lisbon, "2026-07-15T15:00:00"),
        "2026-07-15T14:00:00+00:00"
    );
    assert_eq!(
        shown(Tz::Asia__Kathmandu, "2026-07-15T15:00:00"),
        "2026-07-15T09:15:00+00:00"
    );
}

#[test]
fn a_time_that_is_skipped_is_as_long_after_the_gap_began() {
    // In Lisbon 01:00 becomes 02:00, so 01:30 is 02:30 of summer.
    assert_eq!(
        shown(Tz::Europe__Lisbon, "2026-03-29T00:59:59"),
        "2026-03-29T00:59:59+00:00"
    );
    assert_eq!(
        shown(Tz::Europe__Lisbon, "2026-03-29T01:00:00"),
        "2026-03-29T01:00:00+00:00"
    );
    assert_eq!(
        shown(Tz::Europe__Lisbon, "2026-03-29T01:30:00"),
        "2026-03-29T01:30:00+00:00"
    );
    assert_eq!(
        shown(Tz::Europe__Lisbon, "2026-03-29T02:00:00"),
        "2026-03-29T01:00:00+00:00"
    );
    // In New York 02:00 becomes 03:00, so 02:30 is 03:30 of summer.
    assert_eq!(
        shown(Tz::America__New_York, "2026-03-08T02:30:00"),
        "2026-03-08T07:30:00+00:00"
    );
    // A gap at midnight: the day begins at 01:00.
    assert_eq!(
        shown(Tz::America__Havana, "2026-03-08T00:00:00"),
        "2026-03-08T05:00:00+00:00"
    );
    // A gap of half an hour.
    let lord_howe = Tz::Australia__Lord_Howe;
    assert_eq!(
        shown(lord_howe, "2026-10-04T02:15:00"),
        "2026-10-03T15:45:00+00:00"
    );
}

#[test]
fn a_time_that_is_shown_twice_is_the_first_of_the_two() {
    assert_eq!(
        shown(Tz::Europe__Lisbon, "2026-10-25T01:30:00"),
        "2026-10-25T00:30:00+00:00"
    );
    assert_eq!(
        shown(Tz::America__New_York, "2026-11-01T01:30:00"),
        "2026-11-01T05:30:00+00:00"
    );
}

#[test]
fn a_day_that_a_country_skipped_is_the_next_one() {
    // Samoa went from 29 to 31 December 2011, over the date line.
    let apia = Tz::Pacific__Apia;
    assert_eq!(
        shown(apia, "2011-12-29T12:00:00"),
        "2011-12-29T22:00:00+00:00"
    );
    for wall in ["2011-12-30T12:00:00", "2011-12-31T12:00:00"] {
        assert_eq!(shown(apia, wall), "2011-12-30T22:00:00+00:00");
    }
    assert_eq!(
        shown(apia, "2011-12-30T00:00:00"),
        "2011-12-30T10:00:00+00:00"
    );
    assert_eq!(
        shown(apia, "2011-12-30T23:59:59"),
        "2011-12-31T09:59:59+00:00"
    );
}

#[test]
fn the_calendar_day_is_that_of_the_place() {
    let at: DateTime<Utc> = "2026-01-01T05:00:00Z".parse().unwrap();
    let at_place = |zone| day(zone, at).to_string();
    assert_eq!(at_place(Tz::UTC), "2026-01-01");
    assert_eq!(at_place(Tz::America__Los_Angeles), "2025-12-31");
    assert_eq!(at_place(Tz::Pacific__Kiritimati), "2026-01-01");
}

#[test]
fn the_ends_of_the_calendar_are_no_panic() {
    let late = NaiveTime::from_hms_opt(23, 59, 59).unwrap();
    for zone in [Tz::Asia__Tokyo, Tz::America__Los_Angeles] {
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            for time in [NaiveTime::MIN, late] {
                if let Some(at) = instant(zone, date, time) {
                    assert_eq!(day(zone, at), date);
                }
            }
        }
        day(zone, DateTime::<Utc>::MIN_UTC);
        day(zone, DateTime::<Utc>::MAX_UTC);
    }
}

proptest! {
    #![proptest_config(crate::laws::config())]

    /// Every zone, every minute of a century: there is an instant, a clock there shows the time
    /// asked for or (in a gap) a later one, and a later time is never an earlier instant by more
    /// than what the clock is put back.
    #[test]
    fn every_wall_clock_time_has_an_instant(
        zone in prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
        minutes in 0_i64..52_560_000,
    ) {
        let start = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap().and_time(NaiveTime::MIN);
        let wall = start + TimeDelta::minutes(minutes);
        let at = instant(zone, wall.date(), wall.time());
        prop_assert!(at.is_some(), "{} in {}", wall, zone);
        let back = at.unwrap().with_timezone(&zone).naive_local();
        prop_assert!(back >= wall && back - wall <= TimeDelta::hours(24), "{} is {}", wall, back);
    }
}
