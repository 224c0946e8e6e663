//! Read models held against a replay, and built anew.

use sqlx::{AssertSqlSafe, Executor, Row};

use crate::given::{Given, exit, interrupt, until};

impl Given {
    pub async fn sql(&self, sql: &str) {
        self.pool
            .execute(AssertSqlSafe(sql.to_owned()))
            .await
            .unwrap();
    }

    async fn generation(&self) -> i64 {
        let row = self
            .pool
            .fetch_one("select generation from users.checkpoint")
            .await
            .unwrap();
        row.get(0)
    }

    async fn has_schema(&self, name: &str) -> bool {
        let sql = format!("select to_regnamespace('{name}') is not null");
        self.pool
            .fetch_one(AssertSqlSafe(sql))
            .await
            .unwrap()
            .get(0)
    }

    async fn spoil_a_name(&self) {
        self.sql("update users.profile set name = 'Eve' where name = 'Ann'")
            .await;
    }
}

#[tokio::test]
async fn a_replay_equals_the_live_tables_until_somebody_changes_them() {
    let given = Given::new().await;
    given.project().await;
    let all = given.replay(&["compare", "all", "--json"]).await;
    assert_eq!(all.exit, Some(0), "{all:?}");
    for one in all.json().as_array().unwrap() {
        assert_eq!(one["equal"], true);
        assert_eq!(one["comparison"]["position"], given.head().await);
    }
    given.spoil_a_name().await;
    let users = given.replay(&["compare", "users"]).await;
    assert_eq!(users.exit, Some(1));
    assert!(users.out.contains("users: DIFFERENT"), "{users:?}");
    assert!(
        users.out.contains("name: live \"Eve\", replay \"Ann\""),
        "{users:?}"
    );
    assert!(!given.has_schema("users__check").await);
    assert_eq!(given.replay(&["compare", "audit"]).await.exit, Some(0));
}

#[tokio::test]
async fn a_rebuild_is_refused_when_it_differs_unless_that_is_accepted() {
    let given = Given::new().await;
    given.project().await;
    let all = given.replay(&["rebuild", "all"]).await;
    assert_eq!(all.exit, Some(0), "{all:?}");
    assert_eq!(given.generation().await, 2);
    given.spoil_a_name().await;
    let refused = given.replay(&["rebuild", "users", "--json"]).await;
    assert_eq!(refused.exit, Some(1), "{refused:?}");
    assert_eq!(refused.json()[0]["replaced"], false);
    assert!(
        refused.json()[0]["fault"]
            .as_str()
            .unwrap()
            .contains("--accept")
    );
    assert_eq!(given.generation().await, 2);
    let accepted = given.replay(&["rebuild", "users", "--accept"]).await;
    assert_eq!(accepted.exit, Some(0), "{accepted:?}");
    assert_eq!(given.replay(&["compare", "users"]).await.exit, Some(0));
}

#[tokio::test]
async fn an_unknown_projection_is_refused_with_the_nearest() {
    let given = Given::new().await;
    for line in [
        ["compare", "user"].as_slice(),
        &["rebuild", "user"],
        &["parked", "user"],
        &["parked", "drive", "user", "--all"],
    ] {
        let ran = given.replay(line).await;
        assert_eq!(ran.exit, Some(2), "{ran:?}");
        assert!(ran.err.contains("did you mean `users`?"), "{ran:?}");
    }
}

#[tokio::test]
async fn what_was_never_built_is_not_called_equal() {
    let given = Given::new().await;
    for line in [["compare", "all"], ["rebuild", "users"]] {
        let ran = given.replay(&line).await;
        assert_eq!(ran.exit, Some(1), "{ran:?}");
        assert!(ran.err.contains("was never built"), "{ran:?}");
    }
}

#[tokio::test]
async fn ctrl_c_in_a_rebuild_leaves_the_live_tables_and_the_next_start_clears_the_rest() {
    let given = Given::new().await;
    given.project().await;
    let before = given.generation().await;
    // Keeps the rebuild from coming to its end.
    let mut hold = given.pool.begin().await.unwrap();
    hold.execute("select from users.checkpoint for update")
        .await
        .unwrap();
    let child = given.start(&["rebuild", "users"]);
    until(|| given.has_schema("users__next")).await;
    interrupt(&child).await;
    let ran = child.wait_with_output().await.unwrap();
    assert_eq!(exit(ran.status), Some(130), "{ran:?}");
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(said.contains("the live tables are as they were"), "{said}");
    hold.rollback().await.unwrap();

    assert_eq!(given.generation().await, before);
    assert!(given.has_schema("users__next").await);
    until(async || {
        given.project().await;
        !given.has_schema("users__next").await
    })
    .await;
    assert_eq!(given.replay(&["compare", "users"]).await.exit, Some(0));
}
