//! A query that follows a command sees what it did.

use std::sync::Arc;
use std::time::Duration;

use domain::permission::Role;
use domain::user::{UserEvent, UserRoleGranted};
use eventstore::Journal;
use eventstore::cluster::testing;
use projections::{Handle, Projector, Runner, WaitError, all, files};
use sqlx::ConnectOptions;
use sqlx::postgres::PgPoolOptions;

use crate::story;
use crate::tally::Tally;
use crate::world::{PATIENCE, World, id};

#[tokio::test]
async fn one_waits_for_every_projection_and_for_events_that_are_none_of_its_own() {
    let world = World::new().await;
    let runner = world.start(&all()).await;
    let handle = runner.handle();
    story::tell(&world, 2, 5).await;
    let head = world.journal.head().await.unwrap();
    // The last event is of a payment or a booking, and the users wait for it all the same.
    handle
        .wait_for(&["users", "bookings"], head, PATIENCE)
        .await
        .unwrap();
    let elsewhere = Handle::elsewhere(&all(), world.pool.clone(), world.journal.clone());
    elsewhere
        .wait_for(&["users", "bookings", "audit"], head, PATIENCE)
        .await
        .unwrap();
    runner.stop().await;
}

#[tokio::test]
async fn a_position_beyond_the_end_is_told_at_once() {
    let world = World::new().await;
    story::open(&world).await;
    let runner = world.start(&all()).await;
    let handle = runner.handle();
    let head = world.journal.head().await.unwrap();
    let error = handle
        .wait_for(&["users"], head + 1, PATIENCE)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        WaitError::PositionUnknown {
            asked: head + 1,
            head
        }
    );
    let error = handle
        .wait_for(&["nothing"], head, PATIENCE)
        .await
        .unwrap_err();
    assert_eq!(error, WaitError::Unknown("nothing".to_owned()));
    runner.stop().await;
}

#[tokio::test]
async fn patience_ends() {
    let world = World::new().await;
    story::open(&world).await;
    let projector: Arc<dyn Projector> = Tally::new();
    // Nobody runs it.
    let handle = Handle::elsewhere(&[projector], world.pool.clone(), world.journal.clone());
    let head = world.journal.head().await.unwrap();
    let error = handle
        .wait_for(&["tally"], head, Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        WaitError::NotReached {
            name: "tally".to_owned(),
            asked: head,
            position: 0
        }
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_of_postgres_has_set_back_is_waited_for_again() {
    let postgres = testing::private_cluster().await;
    let local = postgres.data().join("postgres/local.conf");
    // What was not waited for is not on the disk for a while.
    std::fs::write(local, "wal_writer_delay = 10s\n").unwrap();
    postgres.kill_9().await;
    postgres.start().await;
    let world = World::new().await;
    let mut workplace = world.workplace();
    workplace.options = postgres.options();
    let pool = PgPoolOptions::new().connect_lazy_with(postgres.options());
    let projector: Arc<dyn Projector> = Tally::new();
    let runner = Runner::start(&workplace, pool, &[projector]).await.unwrap();
    let handle = runner.handle();
    let granted = UserEvent::RoleGranted(UserRoleGranted { role: Role::Host });
    let first = world.record(&format!("user-{}", id(1)), &granted).await;
    handle.wait_for(&["tally"], first, PATIENCE).await.unwrap();
    let mut durable = postgres.options().connect().await.unwrap();
    sqlx::query("checkpoint").execute(&mut durable).await.ok();
    // A commit that waits for the disk takes all before it along.
    sqlx::query("create table public.durable ()")
        .execute(&mut durable)
        .await
        .unwrap();
    drop(durable);
    let last = world.record(&format!("user-{}", id(2)), &granted).await;
    handle.wait_for(&["tally"], last, PATIENCE).await.unwrap();

    postgres.kill_9().await;
    postgres.start().await;
    let mut asking = postgres.options().connect().await.unwrap();
    let position = "select position from tally.checkpoint";
    let set_back: i64 = sqlx::query_scalar(position)
        .fetch_one(&mut asking)
        .await
        .unwrap();
    assert_eq!(set_back, first, "nothing was lost, so nothing is tested");

    handle.wait_for(&["tally"], last, PATIENCE).await.unwrap();

    let rows: i64 = sqlx::query_scalar("select count(*) from tally.count")
        .fetch_one(&mut asking)
        .await
        .unwrap();
    assert_eq!(rows, 2, "it was answered from older rows");
    runner.stop().await;
}

#[tokio::test]
async fn a_read_model_that_is_not_built_yet_is_known_as_such() {
    let world = World::new().await;
    let error = files::loose(&world.readers, eventstore::Clock::now(&world.clock), 1).await;
    assert!(error.unwrap_err().is_unbuilt());
    story::open(&world).await;
    let projector = all().into_iter().filter(|one| one.name() == "files");
    world.project(&projector.collect::<Vec<_>>()).await;
    let found = files::loose(&world.readers, eventstore::Clock::now(&world.clock), 1).await;
    found.unwrap();
}
