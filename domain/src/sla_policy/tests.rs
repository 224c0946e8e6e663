use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::*;
use crate::aggregate::{Aggregate, Refusal};
use crate::id::BuildingId;
use crate::incident::{IncidentState, Priority};

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().unwrap()
}

fn hours(count: i64) -> TimeDelta {
    TimeDelta::hours(count)
}

/// Monday to Friday, 9 to 18, in Lisbon, which is UTC in winter and an hour ahead in summer.
fn office() -> Calendar {
    let weekday = |weekday| Opening {
        weekday,
        from: 9 * 60,
        until: 18 * 60,
    };
    Calendar {
        zone: Tz::Europe__Lisbon,
        openings: (1..=5).map(weekday).collect(),
        holidays: BTreeSet::new(),
    }
}

fn ran(from: &str, to: &str) -> Segment {
    segment(Motion::Running, from, Some(to))
}

fn paused(from: &str, to: &str) -> Segment {
    segment(Motion::Paused, from, Some(to))
}

fn segment(motion: Motion, from: &str, to: Option<&str>) -> Segment {
    Segment {
        motion,
        from: at(from),
        to: to.map(at),
    }
}

#[test]
fn only_the_hours_of_the_calendar_count() {
    let office = office();
    // From Friday 16:00 to Monday 11:00: two hours on Friday, two on Monday.
    let counted = office.between(at("2026-01-09T16:00"), at("2026-01-12T11:00"));
    assert_eq!(counted, hours(4));
    assert_eq!(
        office.after(at("2026-01-09T16:00"), hours(4)),
        Some(at("2026-01-12T11:00"))
    );
    // Nothing counts on a Saturday, and what begins then begins on Monday at nine.
    assert_eq!(
        office.between(at("2026-01-10T00:00"), at("2026-01-11T23:59")),
        TimeDelta::zero()
    );
    assert_eq!(
        office.after(at("2026-01-10T12:00"), hours(1)),
        Some(at("2026-01-12T10:00"))
    );
    // Exactly the end of a day, not the beginning of the next.
    assert_eq!(
        office.after(at("2026-01-12T09:00"), hours(9)),
        Some(at("2026-01-12T18:00"))
    );
    assert_eq!(
        office.between(at("2026-01-12T11:00"), at("2026-01-09T16:00")),
        TimeDelta::zero()
    );
}

#[test]
fn a_holiday_does_not_count() {
    let mut office = office();
    let epiphany = NaiveDate::from_ymd_opt(2026, 1, 6).unwrap();
    office.holidays.insert(epiphany);
    // From Monday 17:00 over the holiday on Tuesday to Wednesday 10:00.
    let counted = office.between(at("2026-01-05T17:00"), at("2026-01-07T10:00"));
    assert_eq!(counted, hours(2));
    assert_eq!(
        office.after(at("2026-01-05T17:00"), hours(2)),
        Some(at("2026-01-07T10:00"))
    );
}

#[test]
fn a_holiday_of_the_place_is_not_one_of_utc() {
    let mut day_and_night = Calendar::always(Tz::Pacific__Auckland);
    day_and_night
        .holidays
        .insert(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
    // New Year in Auckland is from 11:00 UTC of the day before to 11:00 UTC.
    let counted = day_and_night.between(at("2025-12-31T10:00"), at("2026-01-01T12:00"));
    assert_eq!(counted, hours(2));
}

#[test]
fn the_day_on_which_clocks_are_put_forward_has_23_hours() {
    let always = Calendar::always(Tz::Europe__Lisbon);
    // 29 March 2026: 01:00 becomes 02:00. The local day is 00:00 UTC to 23:00 UTC.
    let night = Calendar {
        openings: vec![Opening {
            weekday: 7,
            from: 0,
            until: DAY_MINUTES,
        }],
        ..always.clone()
    };
    assert_eq!(
        night.between(at("2026-03-28T00:00"), at("2026-03-31T00:00")),
        hours(23)
    );
    // Nine hours of work are nine hours on either side; they begin at 08:00 UTC from then on.
    let office = office();
    assert_eq!(
        office.between(at("2026-03-27T00:00"), at("2026-03-31T00:00")),
        hours(18)
    );
    assert_eq!(
        office.after(at("2026-03-27T17:00"), hours(2)),
        Some(at("2026-03-30T09:00"))
    );
    // A day and a night of 24 hours, begun an hour before, end an hour later by the wall.
    assert_eq!(
        always.after(at("2026-03-29T00:00"), hours(24)),
        Some(at("2026-03-30T00:00"))
    );
}

#[test]
fn the_day_on_which_clocks_are_put_back_has_25_hours_and_none_counts_twice() {
    // 25 October 2026 in Lisbon: 02:00 becomes 01:00 again at 01:00 UTC.
    let sunday = |from, until| Calendar {
        zone: Tz::Europe__Lisbon,
        openings: vec![Opening {
            weekday: 7,
            from,
            until,
        }],
        holidays: BTreeSet::new(),
    };
    let (from, to) = (at("2026-10-24T00:00"), at("2026-10-27T00:00"));
    assert_eq!(sunday(0, DAY_MINUTES).between(from, to), hours(25));
    // An opening from 00:30 to 03:00 on the wall: 23:30 UTC to 03:00 UTC.
    assert_eq!(sunday(30, 180).between(from, to), TimeDelta::minutes(210));
    // It opens at the first of the two times that are 01:30.
    assert_eq!(
        sunday(90, 180).after(from, TimeDelta::zero()),
        Some(at("2026-10-25T00:30"))
    );
}

#[test]
fn a_pause_moves_the_end_by_the_hours_that_it_took() {
    // Two hours on Monday morning, a pause of four, then it goes on: 9 to 11, 15 to 17.
    let segments = [
        ran("2026-01-12T09:00", "2026-01-12T11:00"),
        paused("2026-01-12T11:00", "2026-01-12T15:00"),
        segment(Motion::Running, "2026-01-12T15:00", None),
    ];
    let clock = read(&office(), hours(4), &segments, None, at("2026-01-12T16:00"));
    assert_eq!(clock.elapsed, hours(3));
    assert_eq!(clock.paused, hours(4));
    assert_eq!(clock.due_at, Some(at("2026-01-12T17:00")));
    assert!(!clock.breached);
    let late = read(&office(), hours(4), &segments, None, at("2026-01-12T17:30"));
    assert!(late.breached);
    assert_eq!(late.late_by, TimeDelta::minutes(30));
    assert_eq!(late.due_at, Some(at("2026-01-12T17:00")));
}

#[test]
fn a_weekend_inside_a_pause_is_not_counted_twice() {
    // Paused from Friday 12:00 to Monday 12:00: six hours of Friday and three of Monday, and the
    // weekend, which never counts, is not added to what is left.
    let segments = [
        ran("2026-01-09T09:00", "2026-01-09T12:00"),
        paused("2026-01-09T12:00", "2026-01-12T12:00"),
        segment(Motion::Running, "2026-01-12T12:00", None),
    ];
    // Two days of nine hours: three are gone, six on Monday, nine on Tuesday.
    let clock = read(
        &office(),
        hours(18),
        &segments,
        None,
        at("2026-01-12T12:00"),
    );
    assert_eq!(clock.paused, hours(9));
    assert_eq!(clock.due_at, Some(at("2026-01-13T18:00")));
}

#[test]
fn a_deadline_set_by_hand_is_not_moved_by_a_pause() {
    let by_hand = Some(at("2026-01-12T14:00"));
    let segments = [
        ran("2026-01-12T09:00", "2026-01-12T10:00"),
        paused("2026-01-12T10:00", "2026-01-12T13:00"),
        segment(Motion::Running, "2026-01-12T13:00", None),
    ];
    let clock = |now| read(&office(), hours(2), &segments, by_hand, at(now));
    assert_eq!(clock("2026-01-12T13:30").due_at, by_hand);
    assert!(!clock("2026-01-12T13:59").breached);
    assert!(clock("2026-01-12T14:00").breached);
    assert_eq!(clock("2026-01-12T16:00").late_by, hours(2));
}

#[test]
fn nothing_is_breached_while_it_is_paused() {
    let waiting = [
        ran("2026-01-12T09:00", "2026-01-12T10:00"),
        segment(Motion::Paused, "2026-01-12T10:00", None),
    ];
    let months_later = at("2026-05-12T10:00");
    let clock = read(&office(), hours(2), &waiting, None, months_later);
    assert_eq!((clock.breached, clock.due_at), (false, None));
    let by_hand = Some(at("2026-01-12T14:00"));
    let clock = read(&office(), hours(2), &waiting, by_hand, months_later);
    assert!(!clock.breached);
    // What ran out meanwhile is breached when the pause ends.
    let goes_on = [
        waiting[0],
        paused("2026-01-12T10:00", "2026-01-12T15:00"),
        segment(Motion::Running, "2026-01-12T15:00", None),
    ];
    let clock = read(
        &office(),
        hours(2),
        &goes_on,
        by_hand,
        at("2026-01-12T15:00"),
    );
    assert!(clock.breached);
}

#[test]
fn what_ends_at_the_very_target_was_in_time() {
    let done = [
        ran("2026-01-12T09:00", "2026-01-12T11:00"),
        segment(Motion::Stopped, "2026-01-12T11:00", None),
    ];
    let clock = read(&office(), hours(2), &done, None, at("2026-03-12T11:00"));
    assert_eq!((clock.breached, clock.elapsed), (false, hours(2)));
    let running = [segment(Motion::Running, "2026-01-12T09:00", None)];
    let clock = read(&office(), hours(2), &running, None, at("2026-01-12T11:00"));
    assert!(clock.breached);
}

#[test]
fn the_widest_instants_take_no_time_and_break_nothing() {
    let (first, last) = (at("0001-01-01T00:00"), at("9999-12-31T23:59"));
    assert!(office().between(first, last) > TimeDelta::zero());
    assert_eq!(office().after(last, hours(1)), None);
    assert_eq!(office().between(last, first), TimeDelta::zero());
    let _ = Calendar::always(Tz::UTC).after(first, TimeDelta::MAX);
}

fn terms() -> Terms {
    Terms {
        calendar: office(),
        targets: BTreeMap::from([(
            Priority::High,
            Target {
                take_charge_minutes: 60,
                resolve_minutes: 480,
            },
        )]),
        pauses: BTreeSet::from([IncidentState::Deferred]),
        escalate_at_percent: 75,
    }
}

fn set(terms: Terms) -> SlaPolicyCommand {
    SlaPolicyCommand::Set(SetSlaPolicy {
        holds_for: PolicyOf::Everything,
        terms,
    })
}

#[test]
fn each_fault_of_a_service_level_is_named() {
    let code = |change: fn(&mut Terms)| {
        let mut wrong = terms();
        change(&mut wrong);
        let refusal = SlaPolicy::default().decide(&set(wrong)).unwrap_err();
        assert!(!refusal.to_string().is_empty() && refusal.pointer().is_some());
        refusal.code()
    };
    assert_eq!(
        code(|t| t.calendar.openings.clear()),
        "openings_out_of_range"
    );
    assert_eq!(
        code(|t| t.calendar.openings[0].weekday = 8),
        "opening_out_of_range"
    );
    assert_eq!(
        code(|t| t.calendar.openings[0].until = 540),
        "opening_out_of_range"
    );
    assert_eq!(
        code(|t| t.calendar.openings[0].until = 1_441),
        "opening_out_of_range"
    );
    assert_eq!(
        code(|t| t.calendar.openings[1].weekday = 1),
        "openings_overlap"
    );
    assert_eq!(code(|t| t.targets.clear()), "target_missing");
    assert_eq!(
        code(|t| t.escalate_at_percent = 100),
        "percent_out_of_range"
    );
    assert_eq!(
        code(|t| {
            t.pauses.insert(IncidentState::Closed);
        }),
        "pause_not_possible"
    );
    assert_eq!(
        code(|t| {
            if let Some(target) = t.targets.get_mut(&Priority::High) {
                target.resolve_minutes = 0;
            }
        }),
        "target_out_of_range"
    );
}

#[test]
fn the_same_service_level_is_not_set_twice_and_never_of_another() {
    let mut policy = SlaPolicy::default();
    let events = policy.decide(&set(terms())).unwrap();
    assert_eq!(events.len(), 1);
    policy.evolve(&events[0]);
    assert!(policy.decide(&set(terms())).unwrap().is_empty());
    let building = BuildingId(uuid::Uuid::from_u128(1));
    let other = SlaPolicyCommand::Set(SetSlaPolicy {
        holds_for: PolicyOf::Building { building },
        terms: terms(),
    });
    let refusal = policy.decide(&other).unwrap_err();
    assert_eq!(refusal.code(), "sla_policy_of_another");
}
