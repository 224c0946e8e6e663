mod calendar;
mod laws;
mod meters;
mod orders;
mod plans;

use chrono::{DateTime, Utc};
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{BuildingId, EquipmentId, UserId, WorkOrderId};
use crate::personal::Personal;

type Pieces = TestFramework<Equipment>;

const BUILDING: BuildingId = BuildingId(Uuid::from_u128(20));

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn order(number: u128) -> WorkOrderId {
    WorkOrderId(Uuid::from_u128(700 + number))
}

fn register() -> RegisterEquipment {
    RegisterEquipment {
        owner: UserId(Uuid::from_u128(1)),
        building: BUILDING,
        lot: None,
        parent: None,
        name: "Lift A".to_owned(),
        category: "lift".to_owned(),
        model: Some("GX-200".to_owned()),
        serial: None,
        status: EquipmentStatus::Operational,
        in_service_since: None,
        at: at("2026-01-01T00:00:00Z"),
    }
}

fn registered() -> EquipmentEvent {
    let c = EquipmentCommand::Register(Box::new(register()));
    Equipment::default().decide(&c).unwrap().remove(0)
}

fn down(since: &str) -> EquipmentCommand {
    EquipmentCommand::GoDown(GoDown {
        status: EquipmentStatus::Down,
        kind: DownKind::Failure,
        since: Some(at(since)),
        reason: Some(Personal::new(Uuid::from_u128(1), "stuck".to_owned())),
        at: at("2026-06-01T00:00:00Z"),
    })
}

fn up(until: &str) -> EquipmentCommand {
    EquipmentCommand::ComeUp(ComeUp {
        until: Some(at(until)),
        status: None,
        at: at("2026-06-01T00:00:00Z"),
    })
}

/// What happens when all of `commands` are carried out.
fn after(commands: &[EquipmentCommand]) -> Vec<EquipmentEvent> {
    let mut events = vec![registered()];
    for command in commands {
        let state = Equipment::fold(&events);
        events.extend(state.decide(command).unwrap());
    }
    events
}

fn piece(events: &[EquipmentEvent]) -> Piece {
    Equipment::fold(events).standing().unwrap().clone()
}

fn refused(given: Vec<EquipmentEvent>, when: EquipmentCommand, why: EquipmentRefusal) {
    Pieces::with(())
        .given(given)
        .when(when)
        .then_expect_error(why);
}

#[test]
fn two_of_the_statuses_count_as_down() {
    use EquipmentStatus as S;
    let all = [
        S::Operational,
        S::Down,
        S::Modernization,
        S::Standby,
        S::InspectionScheduled,
        S::Commissioning,
        S::EmergencyShutdown,
    ];
    let down: Vec<_> = all.into_iter().filter(|status| status.is_down()).collect();
    assert_eq!(down, [S::Down, S::EmergencyShutdown]);
}

#[test]
fn being_down_begins_and_ends_by_commands_of_its_own() {
    let change = |status| {
        EquipmentCommand::Change(ChangeEquipment {
            status: Some(status),
            ..ChangeEquipment::default()
        })
    };
    let standby = after(&[change(EquipmentStatus::Standby)]);
    refused(
        standby.clone(),
        change(EquipmentStatus::EmergencyShutdown),
        EquipmentRefusal::StatusIsDown,
    );
    let mut events = standby;
    let went_down = Equipment::fold(&events)
        .decide(&down("2026-02-01T00:00:00Z"))
        .unwrap();
    events.extend(went_down);
    assert_eq!(piece(&events).status, EquipmentStatus::Down);
    refused(
        events.clone(),
        change(EquipmentStatus::Operational),
        EquipmentRefusal::IsDown,
    );
    // It comes back to what it was.
    let back = Equipment::fold(&events)
        .decide(&up("2026-02-02T00:00:00Z"))
        .unwrap();
    events.extend(back);
    assert_eq!(piece(&events).status, EquipmentStatus::Standby);
}

#[test]
fn down_times_never_overlap() {
    let once = after(&[down("2026-02-01T00:00:00Z")]);
    refused(
        once.clone(),
        down("2026-03-01T00:00:00Z"),
        EquipmentRefusal::IsDown,
    );
    refused(
        once,
        up("2026-01-31T23:59:59Z"),
        EquipmentRefusal::TooEarly("/until"),
    );
    let twice = after(&[down("2026-02-01T00:00:00Z"), up("2026-02-03T00:00:00Z")]);
    refused(
        twice.clone(),
        down("2026-02-02T23:00:00Z"),
        EquipmentRefusal::TooEarly("/since"),
    );
    refused(
        twice.clone(),
        up("2026-02-04T00:00:00Z"),
        EquipmentRefusal::NotDown,
    );
    assert!(
        Equipment::fold(&twice)
            .decide(&down("2026-02-03T00:00:00Z"))
            .is_ok()
    );
}

#[test]
fn a_piece_is_not_down_before_it_served_nor_in_the_future() {
    let given = || vec![registered()];
    refused(
        given(),
        down("2025-12-31T00:00:00Z"),
        EquipmentRefusal::TooEarly("/since"),
    );
    let future = EquipmentRefusal::InTheFuture("/since");
    assert_eq!(
        (future.code(), future.kind()),
        ("in_the_future", RefusalKind::Invalid)
    );
    refused(given(), down("2026-06-01T00:00:01Z"), future);
}

#[test]
fn changing_nothing_is_no_news_and_what_is_gone_is_unknown() {
    let same = EquipmentCommand::Change(ChangeEquipment {
        name: Some("Lift A".to_owned()),
        model: Some("GX-200".to_owned()),
        ..ChangeEquipment::default()
    });
    Pieces::with(())
        .given(vec![registered()])
        .when(same)
        .then_expect_events(vec![]);
    let parent = Some(EquipmentId(Uuid::from_u128(61)));
    let moved = EquipmentCommand::Move(MoveEquipment { parent, lot: None });
    let events = after(&[moved, EquipmentCommand::Delete]);
    assert!(Equipment::fold(&events).standing().is_none());
    refused(
        events,
        down("2026-02-01T00:00:00Z"),
        EquipmentRefusal::Unknown,
    );
}
