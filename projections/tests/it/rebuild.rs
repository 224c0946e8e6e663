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

/// Runs statements as superuser.
async fn as_admin(world: &World, sql: &'static str) -> PgConnection {
    let mut admin = PgConnection::connect_with(&world.database.admin_options())
        .await
        .unwrap();
    sqlx::raw_sql(sql).execute(&mut admin).await.unwrap();
    admin
}

async fn run(admin: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(admin).await.unwrap();
}

async fn one<T>(admin: &mut PgConnection, sql: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(sql).fetch_one(admin).await.unwrap()
}

const GENERATION: &str = "select generation from analytics.checkpoint";

#[tokio::test]
async fn what_others_built_is_named_and_the_rebuild_refused() {
    let world = World::new().await;
    story::tell(&world, 5, 20).await;
    let analytics = projector("analytics");
    world.project(&[Arc::clone(&analytics)]).await;
    let mut admin = as_admin(
        &world,
        "create schema mine authorization analyst;
        set role analyst;
        create view mine.big as select * from analytics.booking_fact where nights > 3;
        create materialized view mine.once as select count(*) from analytics.monthly;
        reset role;
        create view analytics.theirs as select 1 as one;",
    )
    .await;
    let before: i64 = one(&mut admin, GENERATION).await;
    let error = world
        .maintenance(&analytics)
        .rebuild(true, &|_, _| ())
        .await;
    let MaintenanceError::BuiltOn { built, .. } = error.unwrap_err() else {
        panic!("it was replaced");
    };
    assert_eq!(
        built,
        [
            "materialized view mine.once of analyst",
            "view mine.big of analyst"
        ]
    );
    run(
        &mut admin,
        "drop view mine.big; drop materialized view mine.once",
    )
    .await;
    let error = world
        .maintenance(&analytics)
        .rebuild(true, &|_, _| ())
        .await;
    let sentence = error.unwrap_err().to_string();
    assert!(
        sentence.contains("view analytics.theirs of postgres"),
        "{sentence}"
    );
    assert_eq!(one::<i64>(&mut admin, GENERATION).await, before);
    let theirs: i32 = one(&mut admin, "select one from analytics.theirs").await;
    assert_eq!(theirs, 1);
    let left: i64 = one(
        &mut admin,
        "select count(*) from pg_namespace where nspname like 'analytics\\_\\_%'",
    )
    .await;
    assert_eq!(left, 0, "what was half built is left");
    run(&mut admin, "drop view analytics.theirs").await;
    world
        .maintenance(&analytics)
        .rebuild(false, &|_, _| ())
        .await
        .unwrap();
    assert_eq!(one::<i64>(&mut admin, GENERATION).await, before + 1);
}

#[tokio::test]
async fn grants_survive_a_rebuild() {
    let world = World::new().await;
    story::tell(&world, 6, 10).await;
    let analytics = projector("analytics");
    world.project(&[Arc::clone(&analytics)]).await;
    let mut admin = as_admin(
        &world,
        "do $$ begin create role auditor nologin; exception when duplicate_object then null; end $$;
        grant usage on schema analytics to auditor;
        grant select on analytics.monthly to auditor with grant option;
        grant select (id, name) on analytics.hotel to auditor;
        revoke select on analytics.channel from analyst;
        grant select on analytics.payment_day to public;",
    )
    .await;
    let all = "select string_agg(entry, E'\n' order by entry) from (
            select relname || ' ' || relacl::text from pg_class
            where relnamespace = 'analytics'::regnamespace and relacl is not null
            union all select relname || '.' || attname || ' ' || attacl::text
            from pg_attribute join pg_class on pg_class.oid = attrelid
            where relnamespace = 'analytics'::regnamespace and attacl is not null
            union all select nspname || ' ' || nspacl::text from pg_namespace
            where nspname = 'analytics'
        ) as given (entry)";
    let before: String = one(&mut admin, all).await;
    world
        .maintenance(&analytics)
        .rebuild(false, &|_, _| ())
        .await
        .unwrap();
    let after: String = one(&mut admin, all).await;
    for line in before.lines() {
        let name = line.split_once(' ').unwrap().0;
        for grantee in ["auditor=", "analyst=", "{=", ",="] {
            assert_eq!(
                line.contains(grantee),
                after
                    .lines()
                    .any(|found| found.starts_with(&format!("{name} ")) && found.contains(grantee)),
                "{name} {grantee}: before {before} after {after}"
            );
        }
    }
    drop(admin);
}
