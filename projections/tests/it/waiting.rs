//! A query that follows a command sees what it did.

use std::sync::Arc;
use std::time::Duration;

use eventstore::Journal;
use projections::{Handle, Projector, WaitError, all};

use crate::story;
use crate::tally::Tally;
use crate::world::{PATIENCE, World};

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
