use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{BuildingId, EquipmentId, UserId};
use crate::laws;
use crate::money::{Currency, Money};
use crate::personal::Personal;

type Orders = TestFramework<WorkOrder>;

fn when(hour: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hour)
}

fn act(hour: i64) -> Act {
    Act {
        by: UserId(Uuid::from_u128(1)),
        at: when(hour),
    }
}

fn words(text: &str) -> Personal<String> {
    Personal::new(Uuid::from_u128(1), text.to_owned())
}

fn open() -> OpenWorkOrder {
    let task = |kind, choices: &[&str]| Task {
        label: "Look at it".to_owned(),
        kind,
        choices: choices.iter().map(|c| (*c).to_owned()).collect(),
    };
    OpenWorkOrder {
        building: BuildingId(Uuid::from_u128(20)),
        equipment: EquipmentId(Uuid::from_u128(60)),
        title: "Replace the brake".to_owned(),
        description: None,
        kind: WorkKind::Corrective,
        priority: Priority::High,
        takes_down: true,
        needs_signature: false,
        tasks: vec![
            task(TaskKind::Subtask, &[]),
            task(TaskKind::Number, &[]),
            task(TaskKind::Inspection, &[]),
            task(TaskKind::Multiple, &["little", "much"]),
            task(TaskKind::Text, &[]),
        ],
        due_at: None,
        assignee: None,
        plan: None,
    }
}

fn opened(with: OpenWorkOrder) -> Vec<WorkOrderEvent> {
    let open = WorkOrderCommand::Open(Box::new(with));
    WorkOrder::default().decide(&open).unwrap()
}

fn after(with: OpenWorkOrder, commands: &[WorkOrderCommand]) -> Vec<WorkOrderEvent> {
    let mut events = opened(with);
    for command in commands {
        let state = WorkOrder::fold(&events);
        events.extend(state.decide(command).unwrap());
    }
    events
}

fn work(events: &[WorkOrderEvent]) -> Work {
    WorkOrder::fold(events).work().unwrap().clone()
}

fn refused(given: Vec<WorkOrderEvent>, when: WorkOrderCommand, why: WorkOrderRefusal) {
    Orders::with(())
        .given(given)
        .when(when)
        .then_expect_error(why);
}

fn part(quantity: u32, amount: i64, currency: &str) -> WorkOrderCommand {
    WorkOrderCommand::UsePart(UsePart {
        name: "Brake pad".to_owned(),
        quantity,
        unit_cost: Money::new(amount, currency.parse().unwrap()),
        act: act(1),
    })
}

/// The whole table: from, to, and whether it leads there.
#[test]
fn an_order_goes_only_where_it_may() {
    use WorkOrderCommand as C;
    let a = act(1);
    let ways: [(&str, Vec<C>); 5] = [
        ("open", vec![]),
        ("in_progress", vec![C::Start(a)]),
        ("on_hold", vec![C::Hold(a)]),
        ("complete", vec![C::Complete(a)]),
        ("cancelled", vec![C::Cancel(a)]),
    ];
    let may = [
        ("open", "in_progress"),
        ("open", "on_hold"),
        ("open", "complete"),
        ("open", "cancelled"),
        ("in_progress", "on_hold"),
        ("in_progress", "complete"),
        ("in_progress", "cancelled"),
        ("on_hold", "in_progress"),
        ("on_hold", "cancelled"),
        ("complete", "open"),
        ("cancelled", "open"),
    ];
    let steps: [(&str, C); 5] = [
        ("open", C::Reopen(a)),
        ("in_progress", C::Start(a)),
        ("on_hold", C::Hold(a)),
        ("complete", C::Complete(a)),
        ("cancelled", C::Cancel(a)),
    ];
    for (from, way) in &ways {
        let events = after(open(), way);
        assert_eq!(work(&events).status.word(), *from);
        for (to, step) in &steps {
            let decided = WorkOrder::fold(&events).decide(step);
            if from == to {
                assert_eq!(decided, Ok(vec![]), "{from} to itself");
            } else if may.contains(&(*from, *to)) {
                assert_eq!(decided.map(|e| e.len()), Ok(1), "{from} to {to}");
            } else {
                let refusal = decided.unwrap_err();
                assert_eq!(refusal.code(), "work_order_transition", "{from} to {to}");
                assert_eq!(refusal.kind(), RefusalKind::Conflict);
                let text = refusal.to_string();
                assert!(text.contains(from) && text.contains(to), "{text}");
            }
        }
    }
}

#[test]
fn what_needs_a_signature_is_complete_only_with_one() {
    let with = OpenWorkOrder {
        needs_signature: true,
        ..open()
    };
    let complete = WorkOrderCommand::Complete(act(3));
    refused(
        opened(with.clone()),
        complete.clone(),
        WorkOrderRefusal::SignatureMissing,
    );
    let sign = WorkOrderCommand::Sign(SignWorkOrder {
        name: words("Ana"),
        act: act(2),
    });
    let done = after(with.clone(), &[sign.clone(), complete.clone()]);
    assert_eq!(work(&done).status, WorkStatus::Complete);
    // Once it is open again it has to be signed again.
    let again = after(
        with,
        &[sign, complete.clone(), WorkOrderCommand::Reopen(act(4))],
    );
    refused(again, complete, WorkOrderRefusal::SignatureMissing);
}

#[test]
fn reopening_forgets_who_completed_it_but_not_who_first_touched_it() {
    let start = WorkOrderCommand::Start(act(2));
    let complete = WorkOrderCommand::Complete(act(5));
    let done = work(&after(open(), &[start.clone(), complete.clone()]));
    assert_eq!(done.completed.map(|d| d.at), Some(when(5)));
    let again = work(&after(
        open(),
        &[start, complete, WorkOrderCommand::Reopen(act(9))],
    ));
    assert_eq!((again.completed, again.status), (None, WorkStatus::Open));
    assert_eq!(again.first_reaction.map(|d| d.at), Some(when(2)));
}

#[test]
fn costs_add_up_in_one_currency() {
    let both = after(open(), &[part(4, 1_250, "EUR"), part(1, 99, "EUR")]);
    assert_eq!(work(&both).cost, Some(Money::new(5_099, Currency::EUR)));
    let dollars = part(1, 1, "USD");
    let refusal = WorkOrder::fold(&both).decide(&dollars).unwrap_err();
    assert_eq!(refusal.code(), "currency_mismatch");
    refused(
        both.clone(),
        part(0, 1, "EUR"),
        WorkOrderRefusal::QuantityOutOfRange,
    );
    refused(
        both.clone(),
        part(1, -1, "EUR"),
        WorkOrderRefusal::CostNegative,
    );
    let refusal = WorkOrder::fold(&both)
        .decide(&part(2, i64::MAX, "EUR"))
        .unwrap_err();
    assert_eq!(refusal.code(), "cost_out_of_range");
    let done = after(open(), &[WorkOrderCommand::Complete(act(1))]);
    refused(
        done,
        part(1, 1, "EUR"),
        WorkOrderRefusal::Ended(WorkStatus::Complete),
    );
}

#[test]
fn each_kind_of_task_has_answers_of_its_own() {
    let takes = |task: u16, answer: Option<&str>| {
        let command = WorkOrderCommand::DoTask(DoTask {
            task,
            answer: answer.map(words),
            act: act(1),
        });
        WorkOrder::fold(&opened(open())).decide(&command).is_ok()
    };
    let cases = [
        (0, None, true),
        (0, Some("done"), false),
        (1, Some("-12.5"), true),
        (1, Some("12.5.1"), false),
        (1, Some("1e3"), false),
        (1, None, false),
        (2, Some("flag"), true),
        (2, Some("good"), false),
        (3, Some("much"), true),
        (3, Some("more"), false),
        (4, Some("It squeals."), true),
        (4, Some(" "), false),
        (5, None, false),
    ];
    for (task, answer, expected) in cases {
        assert_eq!(takes(task, answer), expected, "{task}: {answer:?}");
    }
    let mut one_choice = open();
    one_choice.tasks[3].choices.pop();
    let open = WorkOrderCommand::Open(Box::new(one_choice));
    Orders::with(())
        .given_no_previous_events()
        .when(open)
        .then_expect_error(WorkOrderRefusal::Choices);
}

fn command() -> impl Strategy<Value = WorkOrderCommand> {
    let acts = prop::sample::select(vec![
        WorkOrderCommand::Start,
        WorkOrderCommand::Hold,
        WorkOrderCommand::Complete,
        WorkOrderCommand::Cancel,
        WorkOrderCommand::Reopen,
    ]);
    let signed = OpenWorkOrder {
        needs_signature: true,
        ..open()
    };
    prop_oneof![
        2 => Just(WorkOrderCommand::Open(Box::new(signed))),
        9 => (acts, 0_i64..99).prop_map(|(step, hour)| step(act(hour))),
        3 => (0_u32..3, -1_i64..1_000, any::<bool>()).prop_map(|(quantity, cost, euro)| {
            part(quantity, cost, if euro { "EUR" } else { "USD" })
        }),
        2 => Just(WorkOrderCommand::Sign(SignWorkOrder { name: words("Ana"), act: act(2) })),
        2 => (0_u16..7).prop_map(|task| WorkOrderCommand::DoTask(DoTask {
            task,
            answer: Some(words("much")),
            act: act(1),
        })),
        1 => (any::<bool>()).prop_map(|high| {
            let priority = Some(if high { Priority::High } else { Priority::Low });
            let change = ChangeWorkOrder { priority, ..ChangeWorkOrder::default() };
            WorkOrderCommand::Change(change, act(3))
        }),
    ]
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 0..40),
        seed in any::<u64>(),
    ) {
        let order: WorkOrder = laws::obey(&commands, seed);
        let Some(work) = order.work() else { return Ok(()) };
        let is_complete = work.status == WorkStatus::Complete;
        prop_assert_eq!(work.completed.is_some(), is_complete);
        prop_assert!(!is_complete || !work.needs_signature || work.signed.is_some());
        prop_assert!(work.cost.is_none_or(|cost| cost.amount >= 0));
    }
}
