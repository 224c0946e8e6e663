//! One process runs a projection, through lost connections and past its own end.

use std::sync::Arc;
use std::time::Duration;

use domain::permission::Role;
use domain::user::{UserEvent, UserRoleGranted};
use eventstore::Journal;
use projections::{Projector, State, Status, WaitError, all, status};

use crate::story;
use crate::tally::Tally;
use crate::world::{PATIENCE, World, id};

fn granted() -> UserEvent {
    UserEvent::RoleGranted(UserRoleGranted { role: Role::Host })
}

fn is_stopped(status: &Status) -> bool {
    matches!(status.state, State::Stopped(_))
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_it_where_it_is() {
    let world = World::new().await;
    let projector: Arc<dyn Projector> = Tally::new();
    let runner = world.start(&[Arc::clone(&projector)]).await;
    let handle = runner.handle();
    world.record(&format!("user-{}", id(1)), &granted()).await;
    let at = world
        .record_raw("user-2", "user.flown_away", 1, "{}".to_owned())
        .await;
    world.record(&format!("user-{}", id(1)), &granted()).await;
    let status = world.until(&handle, "tally", is_stopped).await;
    let State::Stopped(reason) = &status.state else {
        unreachable!()
    };
    assert!(reason.contains("user.flown_away"), "{reason}");
    assert_eq!(status.position, at - 1);
    let error = handle.wait_for(&["tally"], at, PATIENCE).await.unwrap_err();
    assert!(matches!(error, WaitError::NotReached { .. }), "{error}");
    let said = || async {
        status::stored(&world.pool, &*projector)
            .await
            .unwrap()
            .unwrap()
    };
    while said().await.state != "stopped" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(said().await.reason.as_ref(), Some(reason));
    runner.stop().await;
}

#[tokio::test]
async fn a_checkpoint_beyond_the_end_of_the_journal_stops_it() {
    let world = World::new().await;
    story::open(&world).await;
    let projector: Arc<dyn Projector> = Tally::new();
    world.project(&[Arc::clone(&projector)]).await;
    sqlx::query("update tally.checkpoint set position = 999")
        .execute(&world.pool)
        .await
        .unwrap();
    let runner = world.start(&[projector]).await;
    let status = world.until(&runner.handle(), "tally", is_stopped).await;
    let State::Stopped(reason) = status.state else {
        unreachable!()
    };
    assert!(reason.contains("999"), "{reason}");
    runner.stop().await;
}

#[tokio::test]
async fn lost_connections_lose_and_repeat_nothing() {
    let world = World::new().await;
    let projector: Arc<dyn Projector> = Tally::new();
    let runner = world.start(&[projector]).await;
    let handle = runner.handle();
    for n in 0..300 {
        world
            .record(&format!("user-{}", id(n % 10)), &granted())
            .await;
        if n % 60 == 30 {
            sqlx::query(
                "select pg_terminate_backend(pid) from pg_stat_activity \
                 where datname = current_database() and application_name = 'projection under test'",
            )
            .execute(&world.pool)
            .await
            .unwrap();
        }
        if n % 10 == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    world.caught_up(&handle).await;
    let counts: Vec<(i64, i32)> =
        sqlx::query_as("select events, cardinality(positions) from tally.count")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    assert_eq!(counts, vec![(30, 30); 10]);
    runner.stop().await;
}

#[tokio::test]
async fn another_process_takes_over() {
    let world = World::new().await;
    let projector: Arc<dyn Projector> = Tally::new();
    let first = world.start(&[Arc::clone(&projector)]).await;
    let ran = |status: &Status| status.state == State::Running;
    world.until(&first.handle(), "tally", ran).await;
    let second = world.start(&[projector]).await;
    let elsewhere = |status: &Status| status.state == State::Elsewhere;
    world.until(&second.handle(), "tally", elsewhere).await;
    world.record(&format!("user-{}", id(1)), &granted()).await;
    // The one that stands by can be asked all the same.
    world.caught_up(&second.handle()).await;
    first.stop().await;
    world.until(&second.handle(), "tally", ran).await;
    world.record(&format!("user-{}", id(1)), &granted()).await;
    world.caught_up(&second.handle()).await;
    let events: i64 = sqlx::query_scalar("select events from tally.count")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(events, 2);
    second.stop().await;
}

#[tokio::test]
async fn a_start_in_the_middle_goes_on_where_it_was() {
    let world = World::new().await;
    story::tell(&world, 3, 10).await;
    world.project(&all()).await;
    story::more(&world, 4, 1_000, 10).await;
    let runner = world.start(&all()).await;
    world.caught_up(&runner.handle()).await;
    let head = world.journal.head().await.unwrap();
    for status in runner.handle().statuses() {
        assert_eq!((status.position, status.lag()), (head, 0), "{status:?}");
    }
    runner.stop().await;
    let bookings: i64 = sqlx::query_scalar("select count(*) from bookings.booking")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(bookings, 20);
}
