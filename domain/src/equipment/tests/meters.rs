use super::plans::{PLAN, add as add_plan};
use super::*;
use crate::id::MeterId;

pub(super) const METER: MeterId = MeterId(Uuid::from_u128(90));

pub(super) fn add(kind: MeterKind) -> EquipmentCommand {
    EquipmentCommand::AddMeter(AddMeter {
        meter_id: METER,
        meter: Meter {
            name: "Hours run".to_owned(),
            unit: "h".to_owned(),
            kind,
        },
    })
}

pub(super) fn read(hour: u32, value_e3: i64) -> EquipmentCommand {
    EquipmentCommand::ReadMeter(ReadMeter {
        meter_id: METER,
        value_e3,
        unit: "h".to_owned(),
        read_at: Some(at(&format!("2026-02-01T{hour:02}:00:00Z"))),
        at: at("2026-02-02T00:00:00Z"),
    })
}

/// How many orders the plan has asked for after all of `commands`.
fn fired(commands: &[EquipmentCommand]) -> u32 {
    piece(&after(commands)).plans[&PLAN].fired
}

/// The one open order is done.
fn done(commands: &[EquipmentCommand]) -> EquipmentCommand {
    let work_order = *piece(&after(commands)).open_orders.keys().next().unwrap();
    EquipmentCommand::NoteEnd(NoteEnd {
        work_order,
        completed: true,
        at: at("2026-02-02T00:00:00Z"),
    })
}

#[test]
fn what_counts_never_falls_but_when_it_begins_anew() {
    let given = after(&[add(MeterKind::Cumulative), read(1, 5_000)]);
    refused(
        given.clone(),
        read(2, 4_999),
        EquipmentRefusal::MeterFell(5_000),
    );
    let reset = EquipmentCommand::ResetMeter(ResetMeter {
        meter_id: METER,
        reset: MeterReset::Replaced,
        final_e3: 5_500,
        start_e3: 100,
        reset_at: Some(at("2026-02-01T02:00:00Z")),
        at: at("2026-02-02T00:00:00Z"),
    });
    let events = after(&[
        add(MeterKind::Cumulative),
        read(1, 5_000),
        reset,
        read(3, 700),
    ]);
    // 5.5 hours on the first meter, and 0.6 on the second.
    assert_eq!(piece(&events).meters[&METER].last_total(), Some(6_100));
    let gauge = after(&[add(MeterKind::Gauge), read(1, 5_000)]);
    assert!(Equipment::fold(&gauge).decide(&read(2, -3_000)).is_ok());
}

#[test]
fn a_reading_is_of_the_right_unit_and_comes_after_the_last_and_not_from_the_future() {
    let given = || after(&[add(MeterKind::Cumulative), read(5, 5_000)]);
    let EquipmentCommand::ReadMeter(of) = read(6, 6_000) else {
        unreachable!("it is a reading");
    };
    let minutes = ReadMeter {
        unit: "min".to_owned(),
        ..of.clone()
    };
    refused(
        given(),
        EquipmentCommand::ReadMeter(minutes),
        EquipmentRefusal::WrongUnit("h".to_owned()),
    );
    let future = ReadMeter {
        read_at: Some(at("2026-02-02T00:00:01Z")),
        ..of
    };
    refused(
        given(),
        EquipmentCommand::ReadMeter(future),
        EquipmentRefusal::InTheFuture("/read_at"),
    );
    refused(
        given(),
        read(4, 6_000),
        EquipmentRefusal::NotAfterLast("/read_at"),
    );
    refused(
        given(),
        read(5, 6_000),
        EquipmentRefusal::NotAfterLast("/read_at"),
    );
}

#[test]
fn every_so_many_units_work_is_asked_for_unless_some_is_open() {
    let every = Trigger::Every(EveryUnits {
        meter: METER,
        every_e3: 10_000,
    });
    let mut commands = vec![add(MeterKind::Cumulative), read(1, 3_000), add_plan(every)];
    // The first threshold is 13: counted from what was there.
    commands.push(read(2, 12_999));
    assert_eq!(fired(&commands), 0);
    commands.push(read(3, 13_000));
    assert_eq!(fired(&commands), 1);
    // 23 passes while the order is open; 33 does not, and by then it is done.
    commands.push(read(4, 24_000));
    assert_eq!(fired(&commands), 1);
    commands.push(done(&commands));
    commands.push(read(5, 25_000));
    assert_eq!(fired(&commands), 1);
    commands.push(read(6, 57_000));
    assert_eq!(fired(&commands), 2);
    assert_eq!(piece(&after(&commands)).plans[&PLAN].next_e3, Some(63_000));
}

#[test]
fn a_limit_asks_when_it_is_crossed_and_not_for_staying_beyond() {
    let limit = Trigger::Limit(Limit {
        meter: METER,
        side: Side::Above,
        limit_e3: 80_000,
    });
    let mut commands = vec![add(MeterKind::Gauge), add_plan(limit), read(1, 80_000)];
    assert_eq!(fired(&commands), 0);
    commands.push(read(2, 80_001));
    assert_eq!(fired(&commands), 1);
    commands.push(done(&commands));
    commands.push(read(3, 95_000));
    assert_eq!(fired(&commands), 1);
    commands.extend([read(4, 70_000), read(5, 81_000)]);
    assert_eq!(fired(&commands), 2);
    // Below again and above again while the order is open.
    commands.extend([read(6, 70_000), read(7, 81_000)]);
    assert_eq!(fired(&commands), 2);
}

#[test]
fn a_meter_that_a_plan_looks_at_stays() {
    let limit = Trigger::Limit(Limit {
        meter: METER,
        side: Side::Below,
        limit_e3: 0,
    });
    refused(
        vec![registered()],
        add_plan(limit.clone()),
        EquipmentRefusal::MeterUnknown,
    );
    let remove = EquipmentCommand::RemoveMeter(RemoveMeter { meter_id: METER });
    refused(
        after(&[add(MeterKind::Gauge), add_plan(limit)]),
        remove.clone(),
        EquipmentRefusal::MeterInUse,
    );
    let every = Trigger::Every(EveryUnits {
        meter: METER,
        every_e3: 1,
    });
    refused(
        after(&[add(MeterKind::Gauge)]),
        add_plan(every),
        EquipmentRefusal::MeterNotCumulative,
    );
    assert!(
        piece(&after(&[add(MeterKind::Gauge), remove]))
            .meters
            .is_empty()
    );
}
