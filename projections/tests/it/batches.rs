//! The same events give the same rows, however they are cut into batches.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::user::{UserEvent, UserRoleGranted};
use projections::{Projector, all};

use crate::story;
use crate::tally::Tally;
use crate::world::{World, id};

/// Builds each projection with so many workers, in rounds of any size, beside the live one.
async fn any_size_gives_the_same_rows(workers: usize) {
    let world = World::new().await;
    story::tell(&world, 1, 60).await;
    world.project(&all()).await;
    for projector in &all() {
        for events in [1, 7, 1_000] {
            let maintenance = world.maintenance(projector).in_rounds_of(events);
            let maintenance = maintenance.with_workers(workers);
            let comparison = maintenance.compare(&|_, _| ()).await.unwrap();
            let name = projector.name();
            assert!(
                comparison.is_equal(),
                "{name} by {events}: {:#?}",
                comparison.differences
            );
            // No process has a story here yet.
            assert!(
                comparison.rows > 0 || name == "processes",
                "{name} has no rows to compare"
            );
        }
    }
}

#[tokio::test]
async fn batches_of_any_size_give_the_same_rows() {
    any_size_gives_the_same_rows(0).await;
}

#[tokio::test]
async fn one_worker_gives_the_same_rows() {
    any_size_gives_the_same_rows(1).await;
}

#[tokio::test]
async fn two_workers_give_the_same_rows() {
    any_size_gives_the_same_rows(2).await;
}

#[tokio::test]
async fn seven_workers_give_the_same_rows() {
    any_size_gives_the_same_rows(7).await;
}

#[tokio::test]
async fn a_projector_that_skips_is_caught() {
    let world = World::new().await;
    story::open(&world).await;
    let granted = UserEvent::RoleGranted(UserRoleGranted {
        role: domain::permission::Role::Host,
    });
    for n in 0..20 {
        world.record(&format!("user-{}", id(n)), &granted).await;
    }
    let tally = Tally::new();
    tally.skips.store(7, Ordering::Relaxed);
    let projector: Arc<dyn Projector> = tally.clone();
    world.project(&[Arc::clone(&projector)]).await;
    tally.skips.store(0, Ordering::Relaxed);
    let comparison = world
        .maintenance(&projector)
        .compare(&|_, _| ())
        .await
        .unwrap();
    assert!(!comparison.is_equal());
    let missing = comparison
        .differences
        .iter()
        .filter(|difference| !difference.in_live)
        .count();
    assert!(missing > 0, "{:#?}", comparison.differences);
    let gone: bool = sqlx::query_scalar("select to_regnamespace('tally__check') is null")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert!(gone, "the tables made for the comparison are left behind");
}
