//! A role of an analyst is bounded, by what Postgres enforces and by defaults.

use eventstore::cluster::testing;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Executor};

/// A private cluster with a journal, and an analyst who logs in under a name of their own.
async fn with_analyst() -> (testing::PrivateCluster, PgConnectOptions) {
    let postgres = testing::private_cluster().await;
    let mut owner = postgres.options().connect().await.unwrap();
    migrations::MIGRATOR.run(&mut owner).await.unwrap();
    owner
        .execute(
            "create role anna login password 'a password of hers' in role analyst;
            select journal.bound_analyst('anna')",
        )
        .await
        .unwrap();
    let options = postgres.options();
    let options = options.username("anna").password("a password of hers");
    (postgres, options)
}

async fn shown(anna: &mut PgConnection, setting: &str) -> String {
    sqlx::query_scalar("select current_setting($1)")
        .bind(setting)
        .fetch_one(anna)
        .await
        .unwrap()
}

/// The code of the refusal.
async fn refusal(anna: &mut PgConnection, sql: &'static str) -> String {
    let error = anna.execute(sql).await.expect_err(sql);
    let error = error.into_database_error().unwrap();
    error.code().unwrap_or_default().into_owned()
}

const DENIED: &str = "42501";

#[tokio::test]
async fn an_analyst_is_bounded_from_the_log_in_on() {
    let (_postgres, options) = with_analyst().await;
    let mut anna = options.connect().await.unwrap();
    for (setting, expected) in [
        ("default_transaction_read_only", "on"),
        ("statement_timeout", "1min"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "1min"),
    ] {
        assert_eq!(shown(&mut anna, setting).await, expected, "{setting}");
    }
    // The defaults can be set back; what follows cannot.
    anna.execute("set default_transaction_read_only = off")
        .await
        .unwrap();
    for refused in [
        "create temporary table mine (x int)",
        "create table public.mine (x int)",
        "create schema mine",
        "select * from journal.event",
        "select journal.bound_analyst('anna')",
        "do $$ begin lock table journal.event in access share mode; end $$",
        "alter role anna connection limit 100",
        "alter role analyst login",
    ] {
        assert_eq!(refusal(&mut anna, refused).await, DENIED, "{refused}");
    }
}

#[tokio::test]
async fn an_analyst_takes_few_of_the_connections() {
    let (_postgres, options) = with_analyst().await;
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(options.connect().await.unwrap());
    }
    let error = options.connect().await.unwrap_err();
    let code = error.into_database_error().unwrap();
    assert_eq!(code.code().as_deref(), Some("53300"));
}
