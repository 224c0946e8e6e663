//! What is seen of a lift whose parts go down and come up.

use chrono::{DateTime, TimeDelta, Utc};
use domain::equipment::{Equipment, EquipmentCommand, MoveEquipment};
use domain::id::{BuildingId, EquipmentId, MeterId, WorkOrderId};
use projections::equipment::{self, EquipmentFilter, EquipmentRow, OrderFilter};
use projections::{Page, all};
use uuid::Uuid;

use crate::story::lift::{self, BRAKE, LIFT, METER, MOTOR, ORDER};
use crate::story::{self, BUILDING};
use crate::world::{World, id};

async fn seen(world: &World, number: u64) -> EquipmentRow {
    let (building, piece) = (BuildingId(id(BUILDING)), EquipmentId(id(number)));
    let found = equipment::show(&world.readers, building, piece).await;
    found.unwrap().unwrap()
}

/// Its own status, that with its parts, and which piece is why.
async fn runs(world: &World, number: u64) -> (String, String, Option<Uuid>) {
    let row = seen(world, number).await;
    (row.status, row.effective_status, row.down_because)
}

fn says(own: &str, effective: &str, because: Option<u64>) -> (String, String, Option<Uuid>) {
    (own.to_owned(), effective.to_owned(), because.map(id))
}

#[tokio::test]
async fn what_is_down_takes_all_that_it_is_part_of_down_until_no_cause_is_left() {
    let world = World::new().await;
    story::open(&world).await;
    let start = eventstore::Clock::now(&world.clock);
    let hour = |hours| start + TimeDelta::hours(hours);
    let [_, mut motor, mut brake] = lift::three(&world).await;
    let running = world.start(&all()).await;
    let settled = || world.caught_up_with(&running);

    brake.tell(lift::down(hour(1))).await;
    settled().await;
    let by_brake = says("operational", "down", Some(BRAKE));
    assert_eq!(runs(&world, LIFT).await, by_brake);
    assert_eq!(runs(&world, MOTOR).await, by_brake);
    let brake_is = says("emergency_shutdown", "emergency_shutdown", Some(BRAKE));
    assert_eq!(runs(&world, BRAKE).await, brake_is);

    motor.tell(lift::down(hour(2))).await;
    brake.tell(lift::up(hour(3))).await;
    settled().await;
    assert_eq!(
        runs(&world, LIFT).await,
        says("operational", "down", Some(MOTOR))
    );
    assert_eq!(
        runs(&world, BRAKE).await,
        says("operational", "operational", None)
    );
    assert_eq!(seen(&world, LIFT).await.parts_down, 1);

    // The motor is taken out of the lift, which runs again without it.
    let out = MoveEquipment {
        parent: None,
        lot: None,
    };
    motor.tell(EquipmentCommand::Move(out)).await;
    settled().await;
    assert_eq!(
        runs(&world, LIFT).await,
        says("operational", "operational", None)
    );
    running.stop().await;
}

#[tokio::test]
async fn the_lists_tell_the_whole_story() {
    let world = World::new().await;
    story::open(&world).await;
    lift::tell(&world).await;
    world.project(&all()).await;
    let readers = &world.readers;
    let page = Page::first(20);
    let down = EquipmentFilter {
        status: Some("down".to_owned()),
        ..EquipmentFilter::default()
    };
    let names =
        |rows: Vec<EquipmentRow>| -> Vec<String> { rows.into_iter().map(|row| row.name).collect() };
    let found = equipment::list(readers, &down, &page).await.unwrap();
    assert_eq!(names(found.items), ["Lift"]);
    let whole = EquipmentFilter::default();
    let found = equipment::list(readers, &whole, &page).await.unwrap();
    assert_eq!(names(found.items), ["Lift", "Motor", "Brake"]);

    let motor = EquipmentId(id(MOTOR));
    let times = equipment::downtimes(readers, motor, &page).await.unwrap();
    let times = times.items.iter();
    let since_until = times
        .map(|time| (time.since, time.until))
        .collect::<Vec<_>>();
    let start = since_until[0].0 - TimeDelta::hours(2);
    assert_eq!(
        since_until,
        [(
            start + TimeDelta::hours(2),
            Some(start + TimeDelta::hours(3))
        )]
    );
    let brake = equipment::failures(readers, &[id(BRAKE), id(MOTOR)])
        .await
        .unwrap();
    let ends: Vec<Option<DateTime<Utc>>> = brake.iter().map(|time| time.until).collect();
    assert_eq!(ends.iter().filter(|end| end.is_none()).count(), 1);
    assert_eq!(ends.len(), 3);
}

#[tokio::test]
async fn the_lists_of_a_piece_tell_its_story() {
    let world = World::new().await;
    story::open(&world).await;
    lift::tell(&world).await;
    world.project(&all()).await;
    let (readers, page) = (&world.readers, Page::first(20));
    let motor = EquipmentId(id(MOTOR));
    let orders = equipment::orders(readers, motor, &OrderFilter::default(), &page).await;
    let order = &orders.unwrap().items[0];
    assert_eq!(
        (order.id, order.cost, order.status.as_str()),
        (id(ORDER), 9_100, "complete")
    );
    assert_eq!(order.currency.as_deref(), Some("EUR"));
    let building = BuildingId(id(BUILDING));
    let shown = equipment::order(readers, building, WorkOrderId(id(ORDER)))
        .await
        .unwrap();
    assert_eq!(shown.as_ref(), Some(order));

    let plans = equipment::plans(readers, EquipmentId(id(LIFT)), &page)
        .await
        .unwrap();
    assert_eq!((plans.items[0].fired, plans.items[0].untouched), (1, 1));
    let readings = equipment::readings(readers, MeterId(id(METER)), &page)
        .await
        .unwrap();
    let values: Vec<i64> = readings
        .items
        .iter()
        .map(|reading| reading.value_e3)
        .collect();
    assert_eq!(values, [82_000, 81_000, 75_000]);
}

#[tokio::test]
async fn a_whole_stands_still_while_any_of_its_parts_is_down_and_only_while_it_is_a_part() {
    let world = World::new().await;
    story::open(&world).await;
    let start = eventstore::Clock::now(&world.clock);
    let hour = |hours| start + TimeDelta::hours(hours);
    let [mut lift, mut motor, mut brake] = lift::three(&world).await;
    // What overlaps counts once.
    brake.tell(lift::down(hour(1))).await;
    motor.tell(lift::down(hour(2))).await;
    brake.tell(lift::up(hour(3))).await;
    motor.tell(lift::up(hour(4))).await;
    // From now on the motor and its brake are of no concern to the lift.
    world.clock.advance(TimeDelta::hours(5));
    let out = MoveEquipment {
        parent: None,
        lot: None,
    };
    motor.tell(EquipmentCommand::Move(out)).await;
    motor.tell(lift::down(hour(6))).await;
    motor.tell(lift::up(hour(7))).await;
    lift.tell(lift::down(hour(8))).await;
    lift.tell(lift::up(hour(9))).await;
    // A part that is deleted while it is down counts until then.
    let mut door = lift::Told::<Equipment>::new(&world, BRAKE + 1);
    door.tell(lift::register("Door", Some(LIFT), hour(5))).await;
    door.tell(lift::down(hour(10))).await;
    world.clock.advance(TimeDelta::hours(7));
    door.tell(EquipmentCommand::Delete).await;
    let deleted_at = eventstore::Clock::now(&world.clock);
    // The brake has not come up again.
    brake.tell(lift::down(hour(13))).await;
    world.project(&all()).await;

    let whole = async |number: u64, until: DateTime<Utc>| {
        let piece = EquipmentId(id(number));
        let found = equipment::whole(&world.readers, piece, start, until).await;
        let found = found.unwrap();
        (found.parts, TimeDelta::microseconds(found.down_micros))
    };
    let hours = TimeDelta::hours;
    let with_door = hours(3) + hours(1) + (deleted_at - hour(10));
    assert_eq!(whole(LIFT, hour(20)).await, (3, with_door));
    assert_eq!(whole(LIFT, hour(2)).await, (2, hours(1)));
    assert_eq!(whole(MOTOR, hour(20)).await, (1, hours(3 + 1 + 7)));
    assert_eq!(whole(BRAKE, hour(20)).await, (0, hours(2 + 7)));
    assert_eq!(whole(BRAKE + 9, hour(20)).await, (0, hours(0)));
}
