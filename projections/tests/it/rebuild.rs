//! A projection is built anew beside the live one, and takes its place unnoticed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use projections::{MaintenanceError, Projector, State, all, bookings};
use sqlx::{Connection, PgConnection};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::story;
use crate::tally::Tally;
use crate::world::World;

fn projector(name: &str) -> Arc<dyn Projector> {
    all()
        .into_iter()
        .find(|projector| projector.name() == name)
        .unwrap()
}

/// A session that gives up after waiting 100 ms for any lock.
async fn impatient(world: &World) -> PgConnection {
    let mut reader = PgConnection::connect_with(&world.database.options)
        .await
        .unwrap();
    sqlx::query("set lock_timeout = '100ms'")
        .execute(&mut reader)
        .await
        .unwrap();
    reader
}

async fn count(reader: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from bookings.booking")
        .fetch_one(reader)
        .await
}

/// Readers that loop until they are told to end, and count how often they have read.
struct Readers {
    over: Arc<AtomicBool>,
    reads: Arc<AtomicU64>,
    tasks: Vec<JoinHandle<Result<(), sqlx::Error>>>,
}

impl Readers {
    async fn start(world: &World, least: i64) -> Self {
        let (over, reads) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let mut tasks = Vec::new();
        for _ in 0..3 {
            let mut reader = impatient(world).await;
            let (over, reads) = (Arc::clone(&over), Arc::clone(&reads));
            tasks.push(tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    assert!(count(&mut reader).await? >= least);
                    reads.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            }));
        }
        Self { over, reads, tasks }
    }

    /// Lets every reader read a few times more.
    async fn go_on(&self) {
        let before = self.reads.load(Ordering::Relaxed);
        while self.reads.load(Ordering::Relaxed) < before + 9 {
            assert!(
                self.tasks.iter().all(|task| !task.is_finished()),
                "a reader broke off"
            );
            tokio::task::yield_now().await;
        }
    }

    async fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await
                .unwrap()
                .expect("no reader meets an error or waits 100 ms");
        }
    }
}

#[tokio::test]
async fn readers_notice_nothing_of_a_swap() {
    let world = World::new().await;
    story::tell(&world, 5, 40).await;
    let runner = world.start(&all()).await;
    world.caught_up(&runner.handle()).await;
    let mut open = impatient(&world).await;
    let mut transaction = open.begin().await.unwrap();
    assert_eq!(count(&mut transaction).await.unwrap(), 40);
    let readers = Readers::start(&world, 40).await;
    let maintenance = world.maintenance(&projector("bookings"));

    let comparison = maintenance.rebuild(false, &|_, _| ()).await.unwrap();
    assert!(comparison.is_equal() && comparison.rows == 40);
    readers.go_on().await;
    assert_eq!(count(&mut transaction).await.unwrap(), 40);
    // What was replaced cannot be dropped while somebody may still read it, and waits.
    let refused = maintenance.rebuild(false, &|_, _| ()).await.unwrap_err();
    assert!(
        matches!(refused, MaintenanceError::OldInUse("bookings")),
        "{refused}"
    );
    transaction.rollback().await.unwrap();
    for round in 0..3 {
        let events = async {
            story::more(&world, round, 1_000 + 100 * round, 5).await;
            Ok(())
        };
        let rebuilt = maintenance.rebuild(false, &|_, _| ());
        let (comparison, ()) = tokio::try_join!(rebuilt, events).unwrap();
        assert!(
            comparison.is_equal(),
            "{round}: {:?}",
            comparison.differences
        );
        readers.go_on().await;
    }
    readers.end().await;
    // The runner goes on in the new tables.
    story::more(&world, 9, 9_000, 5).await;
    world.caught_up(&runner.handle()).await;
    for status in runner.handle().statuses() {
        assert_eq!(status.state, State::Running, "{status:?}");
    }
    runner.stop().await;
    let comparison = maintenance.compare(&|_, _| ()).await.unwrap();
    assert!(
        comparison.is_equal() && comparison.rows == 60,
        "{:?}",
        comparison.differences
    );
}

#[tokio::test]
async fn a_difference_refuses_the_swap_unless_it_is_accepted() {
    let world = World::new().await;
    story::tell(&world, 6, 20).await;
    world.project(&all()).await;
    sqlx::query("update bookings.booking set total = total + 1 where arrival > '2026-06-01'")
        .execute(&world.pool)
        .await
        .unwrap();
    let maintenance = world.maintenance(&projector("bookings"));
    let error = maintenance.rebuild(false, &|_, _| ()).await.unwrap_err();
    let MaintenanceError::Differs { comparison, .. } = error else {
        panic!("{error}")
    };
    let columns: Vec<&str> = comparison
        .differences
        .iter()
        .flat_map(|difference| {
            difference
                .columns
                .iter()
                .map(|(column, ..)| column.as_str())
        })
        .collect();
    assert!(
        !columns.is_empty() && columns.iter().all(|column| *column == "total"),
        "{columns:?}"
    );
    maintenance.rebuild(true, &|_, _| ()).await.unwrap();
    assert!(maintenance.compare(&|_, _| ()).await.unwrap().is_equal());
    let generation: i64 = sqlx::query_scalar("select generation from bookings.checkpoint")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(generation, 2);
}

#[tokio::test]
async fn a_new_version_waits_for_its_rebuild() {
    let world = World::new().await;
    story::open(&world).await;
    let tally = Tally::new();
    let projector: Arc<dyn Projector> = tally.clone();
    world.project(&[Arc::clone(&projector)]).await;
    tally.version.store(2, Ordering::Relaxed);
    let runner = world.start(&[Arc::clone(&projector)]).await;
    let stopped = |status: &projections::Status| matches!(status.state, State::Stopped(_));
    let status = world.until(&runner.handle(), "tally", stopped).await;
    let State::Stopped(reason) = status.state else {
        unreachable!()
    };
    assert!(reason.contains("replay rebuild tally"), "{reason}");
    runner.stop().await;
    world
        .maintenance(&projector)
        .rebuild(false, &|_, _| ())
        .await
        .unwrap();
    world.project(&[projector]).await;
}

#[tokio::test]
async fn a_rebuild_that_is_broken_off_leaves_the_live_tables_alone() {
    let world = World::new().await;
    story::tell(&world, 7, 60).await;
    world.project(&all()).await;
    let projector = projector("audit");
    let maintenance = world.maintenance(&projector).in_rounds_of(1);
    let (rounds, in_the_middle) = (AtomicU64::new(0), Notify::new());
    let progress = |_, _| {
        if rounds.fetch_add(1, Ordering::Relaxed) == 10 {
            in_the_middle.notify_one();
        }
    };
    // As Ctrl-C does it: the future is dropped at some await.
    tokio::select! {
        rebuilt = maintenance.rebuild(false, &progress) => panic!("it ended: {rebuilt:?}"),
        () = in_the_middle.notified() => {}
    }
    let left = "select to_regnamespace('audit__next') is not null";
    let begun: bool = sqlx::query_scalar(left)
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert!(begun, "it was broken off before it began");
    // The next start removes what is left, and the live tables are as they were. The lock of the
    // broken connection is let go a moment later.
    let deadline = tokio::time::Instant::now() + crate::world::PATIENCE;
    loop {
        world.project(&all()).await;
        let left: bool = sqlx::query_scalar(left)
            .fetch_one(&world.pool)
            .await
            .unwrap();
        if !left {
            break;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "audit__next is still there"
        );
    }
    assert!(
        world
            .maintenance(&projector)
            .compare(&|_, _| ())
            .await
            .unwrap()
            .is_equal()
    );
}

#[tokio::test]
async fn two_rebuilds_at_once_do_not_meet() {
    let world = World::new().await;
    story::tell(&world, 8, 20).await;
    world.project(&all()).await;
    let maintenance = world.maintenance(&projector("bookings"));
    let (one, other) = tokio::join!(
        maintenance.rebuild(false, &|_, _| ()),
        maintenance.rebuild(false, &|_, _| ())
    );
    let busy = |rebuilt: &Result<_, MaintenanceError>| {
        matches!(rebuilt, Err(MaintenanceError::Busy("bookings")))
    };
    assert!(one.is_ok() || other.is_ok());
    assert!(one.is_ok() || busy(&one), "{one:?}");
    assert!(other.is_ok() || busy(&other), "{other:?}");
    let page = projections::Page::first(100);
    let filter = bookings::BookingFilter::default();
    let list = bookings::list(&world.readers, &filter, &page)
        .await
        .unwrap();
    assert_eq!(list.items.len(), 20);
}
