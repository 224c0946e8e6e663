//! Connections for questions come, go and are given back.

use std::time::Duration;

use eventstore::cluster::testing;
use eventstore::{Mint, Readers};
use sqlx::{Executor, Row};
use tokio::time::timeout;

const LIVING: &str = "select count(*) from pg_stat_activity
    where application_name = 'reader under test' and datname = current_database()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_serves_many_questions() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let options = database.options.clone();
    let readers = Readers::new(options.application_name("reader under test"), 2);
    for _ in 0..20 {
        let living: i64 = sqlx::query_scalar(LIVING)
            .fetch_one(&readers)
            .await
            .unwrap();
        assert_eq!(living, 1);
    }
    let pauses = (0..6).map(|_| readers.execute("select pg_sleep(0.05)"));
    for paused in futures::future::join_all(pauses).await {
        paused.unwrap();
    }
    let living: i64 = sqlx::query_scalar(LIVING)
        .fetch_one(&readers)
        .await
        .unwrap();
    assert_eq!(living, 2, "no more than it may have");
    readers.close().await;
    let closed = readers.execute("select 1").await;
    assert!(matches!(closed, Err(sqlx::Error::PoolClosed)), "{closed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_is_given_up_or_wrong_costs_no_seat() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let readers = Readers::new(database.options.clone(), 1);
    let given_up = readers.execute("select pg_sleep(30)");
    assert!(timeout(Duration::from_millis(100), given_up).await.is_err());
    let wrong = readers.execute("select 1 / 0").await;
    assert!(matches!(wrong, Err(sqlx::Error::Database(_))), "{wrong:?}");
    let one: i32 = sqlx::query_scalar("select 1")
        .fetch_one(&readers)
        .await
        .unwrap();
    assert_eq!(one, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_of_the_server_one_question_fails_at_most() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let options = database.options.clone();
    let readers = Readers::new(options.application_name("reader under test"), 4);
    let pauses = (0..4).map(|_| readers.execute("select pg_sleep(0.05)"));
    futures::future::join_all(pauses).await;
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'reader under test' and datname = current_database()";
    for rest in [Duration::ZERO, Duration::from_millis(1_200)] {
        database.pool().await.execute(end).await.unwrap();
        tokio::time::sleep(rest).await;
        let mut failed = 0;
        for _ in 0..8 {
            failed += usize::from(readers.execute("select 1").await.is_err());
        }
        // One that has rested is asked first whether it still stands.
        assert_eq!(failed, usize::from(rest.is_zero()));
    }
}

const ROW_OF: &str = "select one.place, one.key, case when one.key = 'slow'
        then one.id::text || pg_sleep(0.2) else one.id::text end,
        count(*) over (), 1 / (one.key <> 'wrong')::int
    from unnest($1::text[], $2::uuid[]) with ordinality one (key, id, place)
    order by place desc";

async fn row(readers: &Readers, key: &str) -> sqlx::Result<i64> {
    let id = Mint.id();
    let row = readers
        .row("row", || ROW_OF.to_owned(), key.to_owned(), id)
        .await?;
    assert_eq!(row.get::<String, _>(1), key);
    assert_eq!(row.get::<String, _>(2), id.to_string());
    Ok(row.get(3))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_asked_for_meanwhile_travel_together_and_each_gets_its_own() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let readers = Readers::new(database.options.clone(), 4);
    assert_eq!(row(&readers, "alone").await.unwrap(), 1);
    let slow = ["slow"; 2].map(|key| row(&readers, key));
    let quick = (0..150).map(|number| format!("quick {number}"));
    let quick = quick.collect::<Vec<_>>();
    let quick = quick.iter().map(|key| row(&readers, key));
    let (slow, quick) = tokio::join!(
        futures::future::join_all(slow),
        futures::future::join_all(quick)
    );
    assert!(slow.iter().all(Result::is_ok), "{slow:?}");
    let together: Vec<_> = quick.into_iter().map(Result::unwrap).collect();
    let most = together.iter().max().unwrap();
    assert!((2..=64).contains(most), "{together:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_wrong_question_fails_no_other_and_one_that_left_delays_nobody() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let readers = Readers::new(database.options.clone(), 4);
    let keys = ["slow", "slow", "right", "wrong", "right too"];
    let all = futures::future::join_all(keys.map(|key| row(&readers, key))).await;
    let right: Vec<_> = all.iter().map(Result::is_ok).collect();
    assert_eq!(right, [true, true, true, false, true], "{all:?}");
    assert!(matches!(&all[3], Err(sqlx::Error::Database(_))), "{all:?}");
    let given_up = row(&readers, "slow");
    assert!(timeout(Duration::from_millis(20), given_up).await.is_err());
    assert_eq!(row(&readers, "next").await.unwrap(), 1);
}
