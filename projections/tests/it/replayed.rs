//! A walk through the journal.

use std::sync::Arc;

use domain::permission::Role;
use domain::user::{UserEvent, UserRoleGranted};
use eventstore::{Journal, Position};
use projections::{Replay, ReplayError};

use crate::world::{World, id};

/// More than are read ahead at once.
const EVENTS: Position = 7_001;

async fn told(events: Position) -> World {
    let world = World::new().await;
    let granted = UserEvent::RoleGranted(UserRoleGranted { role: Role::Host });
    for _ in 0..events {
        world.record(&format!("user-{}", id(1)), &granted).await;
    }
    world
}

fn replay(world: &World, from: Position, to: Position) -> Replay {
    let journal: Arc<dyn Journal> = world.journal.clone();
    Replay::of(journal, from..=to)
}

#[tokio::test]
async fn every_event_comes_once_and_in_order() {
    let world = told(EVENTS).await;
    for (from, to) in [(1, EVENTS), (17, 4_018), (EVENTS, EVENTS), (5, 4)] {
        let mut replay = replay(&world, from, to);
        let mut positions = Vec::new();
        while let Some(events) = replay.next().await.unwrap() {
            positions.extend(events.iter().map(|event| event.position()));
        }
        assert_eq!(positions, (from..=to).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_read_is_told() {
    let world = told(3).await;
    let mut beyond = replay(&world, 2, 5);
    let error = beyond.next().await.unwrap_err();
    assert!(matches!(error, ReplayError::Missing(4)), "{error}");
    assert!(beyond.next().await.unwrap().is_none());
    world
        .record_raw("user-2", "user.flown_away", 1, "{}".to_owned())
        .await;
    let error = replay(&world, 1, 4).next().await.unwrap_err();
    assert!(error.to_string().contains("user.flown_away"), "{error}");
}
