use chrono::TimeDelta;
use proptest::prelude::*;

use super::meters::{METER, add as add_meter};
use super::plans::{PLAN, add as add_plan, daily};
use super::*;
use crate::laws;

fn when(day: i64) -> DateTime<Utc> {
    at("2026-01-01T12:00:00Z") + TimeDelta::days(day)
}

fn work() -> impl Strategy<Value = EquipmentCommand> {
    let kind = prop::option::of(prop::sample::select(vec![
        DownKind::Failure,
        DownKind::Planned,
    ]));
    let note = |number| NoteOrder {
        work_order: order(number),
    };
    prop_oneof![
        (0_u128..4).prop_map(move |n| EquipmentCommand::NoteOrder(note(n))),
        (0_u128..4).prop_map(move |n| EquipmentCommand::NoteReopening(note(n))),
        (0_u128..4, kind, 0_i64..40).prop_map(|(n, takes_down, day)| {
            EquipmentCommand::NoteWork(NoteWork {
                work_order: order(n),
                takes_down,
                at: when(day),
            })
        }),
        (0_u128..4, any::<bool>(), 0_i64..40).prop_map(|(n, completed, day)| {
            EquipmentCommand::NoteEnd(NoteEnd {
                work_order: order(n),
                completed,
                at: when(day),
            })
        }),
    ]
}

fn command() -> impl Strategy<Value = EquipmentCommand> {
    let every = Trigger::Every(EveryUnits {
        meter: METER,
        every_e3: 40,
    });
    prop_oneof![
        2 => Just(EquipmentCommand::Register(Box::new(register()))),
        6 => (0_i64..40).prop_map(|day| EquipmentCommand::GoDown(GoDown {
            status: EquipmentStatus::EmergencyShutdown,
            kind: DownKind::Failure,
            since: Some(when(day)),
            reason: None,
            at: when(30),
        })),
        6 => (0_i64..40).prop_map(|day| EquipmentCommand::ComeUp(ComeUp {
            until: Some(when(day)),
            status: None,
            at: when(30),
        })),
        8 => work(),
        1 => Just(add_meter(MeterKind::Cumulative)),
        2 => Just(add_plan(Trigger::Calendar(daily(Basis::Completed)))),
        2 => Just(add_plan(every)),
        4 => (0_i64..40).prop_map(|day| EquipmentCommand::FirePlan(FirePlan {
            plan_id: PLAN,
            at: when(day),
        })),
        4 => (0_i64..40, 0_i64..500).prop_map(|(day, value_e3)| {
            EquipmentCommand::ReadMeter(ReadMeter {
                meter_id: METER,
                value_e3,
                unit: "h".to_owned(),
                read_at: Some(when(day)),
                at: when(30),
            })
        }),
        1 => Just(EquipmentCommand::RemovePlan(RemovePlan { plan_id: PLAN })),
    ]
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 0..60),
        seed in any::<u64>(),
    ) {
        let equipment: Equipment = laws::obey(&commands, seed);
        let mut events = Vec::new();
        let mut last_up = None;
        for command in &commands {
            let state = Equipment::fold(&events);
            for event in state.decide(command).unwrap_or_default() {
                if let EquipmentEvent::WentDown(body) = &event {
                    prop_assert!(last_up.is_none_or(|up| up <= body.since));
                }
                if let EquipmentEvent::CameUp(body) = &event {
                    prop_assert!(body.since <= body.until);
                    last_up = Some(body.until);
                }
                events.push(event);
            }
        }
        if let Some(piece) = equipment.standing() {
            prop_assert_eq!(piece.down.is_some(), piece.status.is_down());
            for plan in piece.plans.values() {
                prop_assert!(plan.untouched <= UNTOUCHED_MAX);
                let known = |order| piece.open_orders.contains_key(order);
                prop_assert!(plan.open.iter().all(known));
            }
            if let Some(down) = &piece.down {
                let open = |order| piece.open_orders.contains_key(order);
                prop_assert!(down.kept_by.iter().all(open));
            }
        }
    }
}
