use chrono_tz::Tz;

use super::*;
use crate::id::PlanId;
use crate::work_order::Priority;

pub(super) const PLAN: PlanId = PlanId(Uuid::from_u128(80));

pub(super) fn daily(basis: Basis) -> Calendar {
    Calendar {
        rhythm: Rhythm::Daily,
        interval: 1,
        days: [].into(),
        time: "09:00:00".parse().unwrap(),
        zone: Tz::UTC,
        starts_on: "2026-01-01".parse().unwrap(),
        ends_on: None,
        basis,
    }
}

pub(super) fn plan(trigger: Trigger) -> Plan {
    Plan {
        title: "Grease it".to_owned(),
        priority: Priority::Low,
        takes_down: false,
        needs_signature: false,
        tasks: vec![],
        trigger,
    }
}

pub(super) fn add(trigger: Trigger) -> EquipmentCommand {
    EquipmentCommand::AddPlan(Box::new(AddPlan {
        plan_id: PLAN,
        plan: plan(trigger),
        at: at("2026-01-02T00:00:00Z"),
    }))
}

fn fire(when: &str) -> EquipmentCommand {
    EquipmentCommand::FirePlan(FirePlan {
        plan_id: PLAN,
        at: at(when),
    })
}

fn state(events: &[EquipmentEvent]) -> PlanState {
    piece(events).plans[&PLAN].clone()
}

#[test]
fn a_plan_asks_when_it_is_due_and_each_time_for_an_order_of_its_own() {
    let added = after(&[add(Trigger::Calendar(daily(Basis::Scheduled)))]);
    assert_eq!(state(&added).next_due_at, Some(at("2026-01-02T09:00:00Z")));
    assert_eq!(piece(&added).due(at("2026-01-02T08:59:59Z")), None);
    let firing = piece(&added).due(at("2026-01-02T09:00:00Z")).unwrap();
    let early = Equipment::fold(&added).decide(&fire("2026-01-02T08:00:00Z"));
    assert_eq!(early, Ok(vec![]));
    let fired = after(&[
        add(Trigger::Calendar(daily(Basis::Scheduled))),
        fire("2026-01-02T09:00:00Z"),
    ]);
    assert!(piece(&fired).open_orders.contains_key(&firing.work_order));
    let again = piece(&fired).due(at("2026-01-03T09:00:00Z")).unwrap();
    assert_ne!(again.work_order, firing.work_order);
    // Being asked twice at the same time, it asks once.
    let twice = Equipment::fold(&fired).decide(&fire("2026-01-02T09:00:01Z"));
    assert_eq!(twice, Ok(vec![]));
}

#[test]
fn what_was_missed_is_asked_for_once() {
    let late = after(&[
        add(Trigger::Calendar(daily(Basis::Scheduled))),
        fire("2026-01-09T12:00:00Z"),
    ]);
    let EquipmentEvent::PlanFired(fired) = late.last().unwrap() else {
        panic!("{:?}", late.last());
    };
    assert_eq!(fired.due_at, Some(at("2026-01-09T09:00:00Z")));
    assert_eq!(fired.next_due_at, Some(at("2026-01-10T09:00:00Z")));
}

#[test]
fn a_plan_whose_last_five_orders_nobody_touched_switches_itself_off() {
    let mut commands = vec![add(Trigger::Calendar(daily(Basis::Scheduled)))];
    for day in 2..7 {
        commands.push(fire(&format!("2026-01-0{day}T09:00:00Z")));
    }
    let five = after(&commands);
    assert_eq!(state(&five).untouched, 5);
    commands.push(fire("2026-01-07T09:00:00Z"));
    let off = after(&commands);
    assert!(matches!(
        off.last(),
        Some(EquipmentEvent::PlanSwitchedOff(_))
    ));
    assert!(!state(&off).active);
    assert_eq!(piece(&off).due(at("2026-02-01T00:00:00Z")), None);
    // Had anybody touched one of them, it would go on.
    let some_order = *piece(&five).open_orders.keys().next().unwrap();
    let touch = EquipmentCommand::NoteWork(NoteWork {
        work_order: some_order,
        takes_down: None,
        at: at("2026-01-06T10:00:00Z"),
    });
    commands.insert(6, touch);
    let on = after(&commands);
    assert!(matches!(on.last(), Some(EquipmentEvent::PlanFired(_))));
    // And who switches it on again begins anew.
    let mut switch_on = off;
    let on = EquipmentCommand::ChangePlan(Box::new(ChangePlan {
        plan_id: PLAN,
        change: PlanChange {
            active: Some(true),
            ..PlanChange::default()
        },
        at: at("2026-03-01T00:00:00Z"),
    }));
    switch_on.extend(Equipment::fold(&switch_on).decide(&on).unwrap());
    let state = state(&switch_on);
    assert_eq!((state.active, state.untouched), (true, 0));
    assert_eq!(state.next_due_at, Some(at("2026-03-01T09:00:00Z")));
}

#[test]
fn a_plan_that_counts_from_the_completion_waits_for_it() {
    let trigger = Trigger::Calendar(daily(Basis::Completed));
    let fired = after(&[add(trigger.clone()), fire("2026-01-02T09:00:00Z")]);
    assert_eq!(state(&fired).next_due_at, None);
    let work_order = *piece(&fired).open_orders.keys().next().unwrap();
    let done = EquipmentCommand::NoteEnd(NoteEnd {
        work_order,
        completed: true,
        at: at("2026-01-20T15:00:00Z"),
    });
    let done = after(&[add(trigger), fire("2026-01-02T09:00:00Z"), done]);
    assert_eq!(state(&done).next_due_at, Some(at("2026-01-21T09:00:00Z")));
    assert!(state(&done).open.is_empty());
}

#[test]
fn what_no_calendar_can_keep_is_refused() {
    let refuse = |change: fn(&mut Calendar), why: EquipmentRefusal| {
        let mut calendar = daily(Basis::Scheduled);
        change(&mut calendar);
        assert_eq!(why.kind(), RefusalKind::Invalid);
        refused(vec![registered()], add(Trigger::Calendar(calendar)), why);
    };
    refuse(|c| c.interval = 0, EquipmentRefusal::IntervalOutOfRange);
    refuse(|c| c.interval = 1_001, EquipmentRefusal::IntervalOutOfRange);
    refuse(|c| c.rhythm = Rhythm::Weekly, EquipmentRefusal::DaysOfWeek);
    refuse(
        |c| c.days = [Day::Monday].into(),
        EquipmentRefusal::DaysOfWeek,
    );
    refuse(
        |c| c.ends_on = c.starts_on.pred_opt(),
        EquipmentRefusal::EndsBeforeStart,
    );
}
