//! Partitions are made in time, and old keys go.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use eventstore::cluster::testing::{self, TestDatabase};
use eventstore::postgres::Settings;
use eventstore::{
    AppendError, Expected, Journal, KeyMatch, ManualClock, PostgresJournal, SystemClock,
};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgPool};
use tokio::time::{sleep, timeout};

use crate::given::{again, append, at, instant, one, part, stream};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_goes_on_over_many_partitions() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let pool = database.pool().await;
    pool.execute(
        "drop table journal.event_0000, journal.event_0001;
        create or replace function journal.partition_size() returns bigint
            language sql immutable return 10;
        select journal.prepare_partitions(0, 1)",
    )
    .await
    .unwrap();
    let open = || {
        let settings = Settings {
            batch_events_max: 20,
            ..Settings::default()
        };
        PostgresJournal::open(database.options.clone(), Arc::new(SystemClock), settings)
    };
    let (left, right) = (open().await.unwrap(), open().await.unwrap());
    let mut subscription = left.subscribe(0);
    for n in 0..25 {
        let journal = if n % 3 == 0 { &right } else { &left };
        journal
            .append(append(vec![part("a-1", at(n * 3), 3)]))
            .await
            .unwrap();
    }
    // More than the partitions that are there can hold.
    let answer = left
        .append(append(vec![part("b-1", at(0), 200)]))
        .await
        .unwrap();
    assert_eq!((answer.version, answer.position), (200, 275));
    // One that has not looked since then.
    assert_eq!(
        right.append(one("a-1", at(75))).await.unwrap().position,
        276
    );
    assert_eq!(
        right.load(&stream("a-1"), 0, 1_000).await.unwrap().len(),
        76
    );
    while subscription.position() < 276 {
        subscription.next(1_000).await.unwrap();
    }
    let late = open().await.unwrap();
    assert_eq!(late.append(one("a-1", at(76))).await.unwrap().version, 77);
}

/// Partitions of so many positions, two of them.
async fn small_partitions(database: &TestDatabase, size: i64) {
    let pool = database.pool().await;
    pool.execute(AssertSqlSafe(format!(
        "drop table journal.event_0000, journal.event_0001;
        create or replace function journal.partition_size() returns bigint
            language sql immutable return {size};
        select journal.prepare_partitions(0, 1)"
    )))
    .await
    .unwrap();
    pool.close().await;
}

/// While somebody holds `lock`, appends go on over the boundary of two partitions, none of them
/// waits for long, and those for whom there is no place any more are told so in bounded time.
async fn goes_on_beside(lock: &'static str) {
    let database = testing::database(&migrations::MIGRATOR).await;
    small_partitions(&database, 20).await;
    let settings = Settings {
        batch_events_max: 2,
        ..Settings::default()
    };
    let clock = Arc::new(SystemClock);
    let journal = PostgresJournal::open(database.options.clone(), clock, settings);
    let journal = journal.await.unwrap();
    let mut admin = database.admin_options().connect().await.unwrap();
    admin.execute("begin").await.unwrap();
    admin.execute(lock).await.unwrap();
    for n in 0..40 {
        let appended = journal.append(one("a-1", at(n)));
        let appended = timeout(Duration::from_secs(10), appended).await;
        appended.expect("it waits for the lock").unwrap();
    }
    let beyond = one("a-1", at(40));
    let answer = timeout(Duration::from_secs(10), journal.append(beyond.clone())).await;
    match answer.expect("it waits for the lock") {
        Ok(answer) => assert_eq!(answer.position, 41),
        Err(error) => assert!(matches!(error, AppendError::Unavailable(_)), "{error:?}"),
    }
    admin.execute("rollback").await.unwrap();
    assert_eq!(journal.append(again(&beyond)).await.unwrap().position, 41);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_on_the_journal_holds_up_no_append_at_the_boundary_of_a_partition() {
    // A long question, and an `analyze` or an index that is made beside the writers.
    goes_on_beside("lock table journal.event, journal.idempotency_key in access share mode").await;
    goes_on_beside(
        "lock table journal.event, journal.idempotency_key in share update exclusive mode",
    )
    .await;
}

async fn key_partitions(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select right(inhrelid::regclass::text, 8) from pg_inherits
        where inhparent = 'journal.idempotency_key'::regclass order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// Waits until the partitions of the keys are these.
async fn until_key_partitions(pool: &PgPool, expected: &[&str]) {
    let made = async {
        while key_partitions(pool).await != expected {
            sleep(Duration::from_millis(20)).await;
        }
    };
    if timeout(Duration::from_mins(1), made).await.is_err() {
        assert_eq!(key_partitions(pool).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_ahead_forgets_no_live_key() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let pool = database.pool().await;
    let right = instant("2026-03-04T12:00:00Z");
    let clock = ManualClock::at(right);
    let open = || {
        let shared = Arc::new(clock.clone());
        PostgresJournal::open(database.options.clone(), shared, Settings::default())
    };
    let journal = open().await.unwrap();
    let first = one("a-1", Expected::Any);
    journal.append(first.clone()).await.unwrap();
    clock.set(instant("2026-08-12T12:00:00Z"));
    let all = ["20260302", "20260309", "20260810", "20260817", "_default"];
    until_key_partitions(&pool, &all).await;
    journal.append(one("a-1", Expected::Any)).await.unwrap();
    clock.set(right);
    assert!(journal.append(again(&first)).await.unwrap().repeated);
    assert_eq!(key_partitions(&pool).await, all);
    journal.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_ahead_at_the_start_forgets_no_live_key() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let clock = ManualClock::at(instant("2026-03-04T12:00:00Z"));
    let open = || {
        let shared = Arc::new(clock.clone());
        PostgresJournal::open(database.options.clone(), shared, Settings::default())
    };
    let journal = open().await.unwrap();
    let first = one("a-1", Expected::Any);
    journal.append(first.clone()).await.unwrap();
    journal.close().await;
    clock.set(instant("2026-08-12T12:00:00Z"));
    let journal = open().await.unwrap();
    assert!(journal.append(again(&first)).await.unwrap().repeated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_remembered_for_their_days_and_then_forgotten() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let pool = database.pool().await;
    // A Sunday.
    let clock = ManualClock::at(instant("2026-03-01T23:59:00Z"));
    let shared = Arc::new(clock.clone());
    let journal = PostgresJournal::open(database.options.clone(), shared, Settings::default());
    let journal = journal.await.unwrap();
    assert_eq!(
        key_partitions(&pool).await,
        ["20260223", "20260302", "_default"]
    );
    let first = one("a-1", Expected::Any);
    journal.append(first.clone()).await.unwrap();
    for day in 0..7 {
        clock.advance(TimeDelta::days(1));
        if day == 0 {
            let made_ahead = ["20260223", "20260302", "20260309", "_default"];
            until_key_partitions(&pool, &made_ahead).await;
        }
        assert!(journal.append(again(&first)).await.unwrap().repeated);
        journal.append(one("a-1", Expected::Any)).await.unwrap();
    }
    let in_default = "select count(*) from journal.idempotency_key_default";
    let strays: i64 = sqlx::query_scalar(in_default)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(strays, 0);
    // The eighth day after, on which another week begins. A clock that moves by a day in a moment
    // is not believed, so it is another process.
    journal.close().await;
    clock.advance(TimeDelta::days(1));
    let shared = Arc::new(clock.clone());
    let journal = PostgresJournal::open(database.options.clone(), shared, Settings::default());
    let journal = journal.await.unwrap();
    journal.append(one("a-1", Expected::Any)).await.unwrap();
    journal.append(one("a-1", Expected::Any)).await.unwrap();
    assert_eq!(
        journal.look_up(&first.key).await.unwrap(),
        KeyMatch::Unknown
    );
    assert_eq!(
        key_partitions(&pool).await,
        ["20260302", "20260309", "20260316", "_default"]
    );
    // A jump over weeks without a partition: the default one catches what comes first.
    clock.advance(TimeDelta::days(30));
    let late = one("a-1", Expected::Any);
    journal.append(late.clone()).await.unwrap();
    assert!(matches!(
        journal.look_up(&late.key).await.unwrap(),
        KeyMatch::Same(_)
    ));
    journal.append(one("a-1", Expected::Any)).await.unwrap();
    assert!(journal.append(again(&late)).await.unwrap().repeated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_reader_of_the_keys_holds_up_no_append() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let pool = database.pool().await;
    let clock = ManualClock::at(instant("2026-03-01T12:00:00Z"));
    let shared = Arc::new(clock.clone());
    let journal = PostgresJournal::open(database.options.clone(), shared, Settings::default());
    let journal = journal.await.unwrap();
    journal.append(one("a-1", Expected::Any)).await.unwrap();
    let mut reader = pool.begin().await.unwrap();
    reader
        .execute("select count(*) from journal.idempotency_key")
        .await
        .unwrap();
    clock.advance(TimeDelta::days(20));
    for _ in 0..5 {
        let appended = journal.append(one("a-1", Expected::Any));
        let appended = tokio::time::timeout(std::time::Duration::from_secs(5), appended).await;
        appended.unwrap().unwrap();
    }
    reader.rollback().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_were_kept_by_day_are_still_known() {
    let earlier: Vec<_> = migrations::MIGRATOR
        .iter()
        .filter(|migration| migration.version < 7)
        .cloned()
        .collect();
    let earlier = Migrator {
        migrations: earlier.into(),
        ..Migrator::DEFAULT
    };
    let database = testing::database(&earlier).await;
    let pool = database.pool().await;
    pool.execute("select journal.create_key_partition((now() at time zone 'utc')::date)")
        .await
        .unwrap();
    let kept = [one("a-1", Expected::Any), one("a-2", Expected::Any)];
    for (append, days_ago) in kept.iter().zip([0, 3]) {
        let key = &append.key;
        sqlx::query(
            "insert into journal.idempotency_key (subject, key, request_hash, answer_id, version,
                position, recorded_at, day)
            select $1, $2, $3, $4, 1, 1, moment, (moment at time zone 'utc')::date
            from (select now() - make_interval(days => $5)) as kept (moment)",
        )
        .bind(&key.subject)
        .bind(&key.key)
        .bind(key.request_hash.as_slice())
        .bind(&key.answer_id)
        .bind(days_ago)
        .execute(&pool)
        .await
        .unwrap();
    }
    migrations::MIGRATOR.run(&pool).await.unwrap();
    let clock = Arc::new(SystemClock);
    let journal = PostgresJournal::open(database.options.clone(), clock, Settings::default());
    let journal = journal.await.unwrap();
    for append in &kept {
        let answer = journal.append(again(append)).await.unwrap();
        assert!(answer.repeated);
        assert_eq!(answer.answer_id, append.key.answer_id);
    }
}
