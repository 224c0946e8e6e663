//! Connections for questions come, go and are given back.

use std::time::Duration;

use eventstore::Readers;
use eventstore::cluster::testing;
use sqlx::Executor;
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
