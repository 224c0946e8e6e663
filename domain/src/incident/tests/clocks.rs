//! The clocks of an incident: what pauses them, what they survive, what is told of them.

use super::*;
use ClockKind::{Resolve, TakeCharge};

fn resolve(incident: &Incident, minutes: i64) -> crate::sla_policy::Clock {
    case(incident).clocks(at(minutes)).unwrap().resolve
}

fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

#[test]
fn a_pause_already_earned_is_kept_when_the_priority_changes() {
    // Critical: 100 minutes. Ten run, a pause of 60, then high: 200 minutes from the start.
    let mut incident = after(&[
        report(),
        go(Step::Start, 5),
        go(defer(500), 10),
        go(Step::Resume, 70),
    ]);
    assert_eq!(resolve(&incident, 70).due_at, Some(at(160)));
    do_it(
        &mut incident,
        &change(|c| c.priority = Some(Priority::High), 80),
    );
    let clock = resolve(&incident, 80);
    assert_eq!(clock.paused, minutes(60));
    assert_eq!(clock.elapsed, minutes(20));
    assert_eq!(clock.due_at, Some(at(260)));
    // And back: as if it had never been another.
    do_it(
        &mut incident,
        &change(|c| c.priority = Some(Priority::Critical), 90),
    );
    assert_eq!(resolve(&incident, 90).due_at, Some(at(160)));
}

#[test]
fn a_pause_already_earned_is_kept_when_the_service_level_changes() {
    let mut incident = after(&[report(), go(defer(500), 10), go(Step::Resume, 70)]);
    let mut other = service();
    other.version = 2;
    if let Some(target) = other.terms.targets.get_mut(&Priority::Critical) {
        target.resolve_minutes = 50;
    }
    let set = SetService {
        service: Some(other),
        at: at(80),
    };
    do_it(&mut incident, &IncidentCommand::SetService(Box::new(set)));
    assert_eq!(resolve(&incident, 80).due_at, Some(at(110)));
}

#[test]
fn a_deadline_set_by_hand_is_not_moved_by_a_pause() {
    let by_hand = change(|c| c.due_by = Some(DueBy::Hand(at(150))), 5);
    let mut incident = after(&[report(), by_hand, go(defer(500), 10), go(Step::Resume, 70)]);
    assert_eq!(resolve(&incident, 70).due_at, Some(at(150)));
    // Given back to the service level, the pause counts again.
    do_it(
        &mut incident,
        &change(|c| c.due_by = Some(DueBy::Policy), 71),
    );
    assert_eq!(resolve(&incident, 71).due_at, Some(at(160)));
    let past = change(|c| c.due_by = Some(DueBy::Hand(at(60))), 72);
    assert_eq!(code(&incident, &past), "due_past");
}

#[test]
fn the_time_from_completed_to_reopened_is_neither_work_nor_pause() {
    let incident = after(&[
        report(),
        go(Step::Start, 5),
        go(complete(), 30),
        go(reopen(true), 330),
    ]);
    let clock = resolve(&incident, 340);
    assert_eq!(clock.elapsed, minutes(40));
    assert_eq!(clock.paused, TimeDelta::zero());
    assert_eq!(clock.due_at, Some(at(400)));
}

#[test]
fn nothing_is_breached_while_it_is_paused() {
    let mut incident = after(&[report(), go(Step::Start, 5), go(defer(5_000), 90)]);
    assert!(do_it(&mut incident, &keep_time(4_000)).is_empty());
    assert!(!resolve(&incident, 4_000).breached);
    assert_eq!(case(&incident).next_due(at(4_000)), Some(at(5_000)));
    // The wait ends; ten minutes are left, the warning at 75 has passed unheard.
    let told = do_it(&mut incident, &keep_time(5_000));
    assert_eq!(told.len(), 2, "{told:?}");
    let due_at = Some(at(5_010));
    let clock = ClockKind::Resolve;
    let escalated = IncidentEvent::Escalated(IncidentEscalated { clock, due_at });
    assert_eq!(told[1], escalated);
    let told = do_it(&mut incident, &keep_time(5_010));
    let breached = IncidentEvent::SlaBreached(IncidentSlaBreached { clock, due_at });
    assert_eq!(told, [breached]);
}

#[test]
fn late_is_late_at_completion_and_not_at_closing() {
    let incident = after(&[
        report(),
        go(Step::Start, 5),
        go(complete(), 99),
        go(Step::Close, 9_000),
    ]);
    let clock = resolve(&incident, 10_000);
    assert_eq!((clock.breached, clock.elapsed), (false, minutes(99)));
}

#[test]
fn being_taken_in_charge_stops_the_first_clock_for_good() {
    let incident = after(&[report(), go(Step::Start, 8), go(Step::Release, 9)]);
    let clock = case(&incident).clocks(at(500)).unwrap().take_charge;
    assert_eq!((clock.breached, clock.elapsed), (false, minutes(8)));
}

#[test]
fn each_warning_and_each_breach_is_told_once() {
    let mut incident = after(&[report()]);
    let mut told = Vec::new();
    // Whoever asks every minute hears it when it is so.
    for minute in 0..200 {
        let next = case(&incident).next_due(at(minute));
        let events = do_it(&mut incident, &keep_time(minute));
        told.extend(events.into_iter().map(|event| {
            let clock = match &event {
                IncidentEvent::Escalated(body) => (body.clock, "near"),
                IncidentEvent::SlaBreached(body) => (body.clock, "missed"),
                other => panic!("{other:?}"),
            };
            (minute, clock.0, clock.1)
        }));
        assert!(next.is_none_or(|next| next > at(minute)));
    }
    assert_eq!(
        told,
        [
            (8, TakeCharge, "near"), // 7.5 minutes
            (10, TakeCharge, "missed"),
            (75, Resolve, "near"),
            (100, Resolve, "missed"),
        ]
    );
}

#[test]
fn a_priority_change_moves_the_deadline_and_lifts_what_is_no_longer_so() {
    let mut incident = after(&[report(), go(Step::Start, 5)]);
    assert_eq!(case(&incident).next_due(at(6)), Some(at(75)));
    do_it(&mut incident, &keep_time(100));
    assert!(case(&incident).marks.contains(&Mark::ResolveBreached));
    // High: 200 minutes, warned of at 150. The breach is lifted, and told again when it is so.
    do_it(
        &mut incident,
        &change(|c| c.priority = Some(Priority::High), 110),
    );
    assert!(case(&incident).marks.is_empty());
    assert_eq!(case(&incident).next_due(at(110)), Some(at(150)));
    assert_eq!(do_it(&mut incident, &keep_time(150)).len(), 1);
    assert_eq!(do_it(&mut incident, &keep_time(200)).len(), 1);
    assert!(do_it(&mut incident, &keep_time(300)).is_empty());
    // What is still missed under the new target is not told a second time.
    do_it(
        &mut incident,
        &change(|c| c.priority = Some(Priority::Critical), 310),
    );
    assert!(do_it(&mut incident, &keep_time(311)).is_empty());
}

#[test]
fn without_a_promise_no_clock_runs() {
    let mut incident = after(&[report()]);
    do_it(
        &mut incident,
        &change(|c| c.priority = Some(Priority::Low), 1),
    );
    assert_eq!(case(&incident).clocks(at(5)), None);
    assert_eq!(case(&incident).next_due(at(5)), None);
    assert!(do_it(&mut incident, &keep_time(9_000)).is_empty());
}
