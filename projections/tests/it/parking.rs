//! An event that fails holds up its own key and nobody else's.

use std::sync::Arc;

use domain::permission::Role;
use domain::user::{UserEvent, UserRoleGranted};
use projections::{Projector, State, parking};

use crate::tally::Tally;
use crate::world::{World, id};

fn granted() -> UserEvent {
    UserEvent::RoleGranted(UserRoleGranted { role: Role::Host })
}

fn stream(n: u64) -> String {
    format!("user-{}", id(n))
}

async fn counts(world: &World) -> Vec<(String, i64)> {
    sqlx::query_as("select user_id, events from tally.count order by user_id")
        .fetch_all(&world.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_sick_key_is_parked_and_the_others_go_on() {
    let world = World::new().await;
    let tally = Tally::new();
    tally.sicken(&id(1).to_string());
    let projector: Arc<dyn Projector> = tally.clone();
    let runner = world.start(&[Arc::clone(&projector)]).await;
    let handle = runner.handle();
    for _ in 0..3 {
        for n in 1..=3 {
            world.record(&stream(n), &granted()).await;
        }
    }
    world.caught_up(&handle).await;
    assert_eq!(
        counts(&world).await,
        [(id(2).to_string(), 3), (id(3).to_string(), 3)]
    );
    let status = handle.statuses().remove(0);
    assert_eq!((status.state, status.parked), (State::Running, 1));
    let parked = parking::list(&world.pool, &*projector).await.unwrap();
    let seen: Vec<_> = parked
        .iter()
        .map(|one| (one.position, one.attempts, one.error.is_some()))
        .collect();
    assert_eq!(seen, [(1, 3, true), (4, 0, false), (7, 0, false)]);

    // Not mended yet: it stays where it is.
    let maintenance = world.maintenance(&projector);
    let done = maintenance.redrive(None).await.unwrap();
    assert_eq!((done.events, done.freed.len(), done.still.len()), (0, 0, 1));
    tally.heal();
    let done = maintenance.redrive(Some(&id(1).to_string())).await.unwrap();
    assert_eq!((done.events, done.freed), (3, vec![id(1).to_string()]));
    world.record(&stream(1), &granted()).await;
    world.caught_up(&handle).await;
    assert_eq!(counts(&world).await[0], (id(1).to_string(), 4));
    runner.stop().await;
    let comparison = maintenance.compare(&|_, _| ()).await.unwrap();
    assert!(comparison.is_equal(), "{:?}", comparison.differences);
}

#[tokio::test]
async fn driving_again_while_events_come_in_keeps_their_order() {
    let world = World::new().await;
    let tally = Tally::new();
    let projector: Arc<dyn Projector> = tally.clone();
    let runner = world.start(&[Arc::clone(&projector)]).await;
    let handle = runner.handle();
    let maintenance = world.maintenance(&projector);
    for _ in 0..10 {
        tally.sicken(&id(1).to_string());
        world.record(&stream(1), &granted()).await;
        world
            .until(&handle, "tally", |status| status.parked == 1)
            .await;
        tally.heal();
        let writing = async {
            for _ in 0..30 {
                world.record(&stream(1), &granted()).await;
                tokio::task::yield_now().await;
            }
        };
        let (driven, ()) = tokio::join!(maintenance.redrive(None), writing);
        driven.unwrap();
        world.caught_up(&handle).await;
        // Whatever came between the reading of the list and the freeing of the key.
        maintenance.redrive(None).await.unwrap();
    }
    let rows: Vec<(i64, Vec<i64>)> = sqlx::query_as("select events, positions from tally.count")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    let expected: Vec<i64> = (1..=310).collect();
    assert_eq!(rows, [(310, expected)]);
    runner.stop().await;
}

#[tokio::test]
async fn workers_side_by_side_park_what_one_alone_would() {
    let world = World::new().await;
    let tally = Tally::new();
    for _ in 0..3 {
        for n in 1..=20 {
            world.record(&stream(n), &granted()).await;
        }
    }
    tally.sicken(&id(4).to_string());
    tally.sicken(&id(11).to_string());
    let projector: Arc<dyn Projector> = tally.clone();
    world.project(&[Arc::clone(&projector)]).await;
    let parked = || async {
        let parked = parking::list(&world.pool, &*projector).await.unwrap();
        let seen = |one: parking::Parked| (one.key, one.position, one.attempts, one.error);
        parked.into_iter().map(seen).collect::<Vec<_>>()
    };
    let alone = parked().await;
    assert_eq!(alone.len(), 6, "{alone:?}");
    for workers in [0, 1, 3] {
        let maintenance = world.maintenance(&projector).with_workers(workers);
        let rebuilt = maintenance.in_rounds_of(9).rebuild(false, &|_, _| ()).await;
        assert!(rebuilt.unwrap().is_equal());
        assert_eq!(parked().await, alone, "{workers} workers");
        assert_eq!(counts(&world).await.len(), 18);
    }
    tally.heal();
    let done = world.maintenance(&projector).redrive(None).await.unwrap();
    assert_eq!((done.events, done.freed.len()), (6, 2));
    assert_eq!(counts(&world).await.len(), 20);
}

#[tokio::test]
async fn too_many_parked_keys_stop_workers_side_by_side() {
    let world = World::new().await;
    let tally = Tally::new();
    for n in 1..=1_001 {
        world.record(&stream(n), &granted()).await;
    }
    let projector: Arc<dyn Projector> = tally.clone();
    world.project(&[Arc::clone(&projector)]).await;
    (1..=1_001).for_each(|n| tally.sicken(&id(n).to_string()));
    let maintenance = world.maintenance(&projector).with_workers(3);
    let error = maintenance.compare(&|_, _| ()).await.unwrap_err();
    assert!(error.to_string().contains("more than 1000 keys"), "{error}");
}

#[tokio::test]
async fn too_many_parked_keys_stop_it() {
    let world = World::new().await;
    let tally = Tally::new();
    for n in 1..=1_001 {
        tally.sicken(&id(n).to_string());
        world.record(&stream(n), &granted()).await;
    }
    let projector: Arc<dyn Projector> = tally.clone();
    let runner = world.start(&[projector]).await;
    let handle = runner.handle();
    let stopped = |status: &projections::Status| matches!(status.state, State::Stopped(_));
    let status = world.until(&handle, "tally", stopped).await;
    let State::Stopped(reason) = status.state else {
        unreachable!()
    };
    assert!(reason.contains("more than 1000 keys"), "{reason}");
    runner.stop().await;
}
