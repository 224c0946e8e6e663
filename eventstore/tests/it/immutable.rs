//! Nobody changes the journal by way of SQL.

use eventstore::cluster::testing;
use sqlx::{AssertSqlSafe, Executor, PgPool};

async fn tables(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select 'journal.' || c.relname from pg_class c
        where c.oid = 'journal.event'::regclass
            or c.oid in (select inhrelid from pg_inherits where inhparent = 'journal.event'::regclass)
        order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

const ONE_EVENT: &str = "insert into journal.event (position, stream, version, event_id, type,
        schema_version, data, metadata, occurred_at, recorded_at)
    select p, 'a-1', p, gen_random_uuid(), 'a.b', 1, '{}', '{}', now(), now()
    from unnest(array[1, 10000001, 20000001]) as p";

#[tokio::test]
async fn no_row_of_any_partition_is_updated_deleted_or_truncated() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let owner = database.pool().await;
    owner
        .execute("select journal.prepare_partitions(10000000, 1)")
        .await
        .unwrap();
    owner.execute(ONE_EVENT).await.unwrap();
    let tables = tables(&owner).await;
    assert_eq!(
        tables,
        [
            "journal.event",
            "journal.event_0000",
            "journal.event_0001",
            "journal.event_0002"
        ]
    );
    let superuser = PgPool::connect_with(database.admin_options())
        .await
        .unwrap();
    superuser
        .execute("grant all on all tables in schema journal to current_user")
        .await
        .unwrap();
    for (who, pool) in [("owner", &owner), ("superuser", &superuser)] {
        for table in &tables {
            for change in [
                format!("update {table} set data = '1'"),
                format!("update {table} set version = version where false"),
                format!("delete from {table}"),
                format!("truncate {table} cascade"),
                format!(
                    "merge into {table} t using (select 1 as p) s on t.position = s.p when matched then delete"
                ),
                format!(
                    "insert into {table} select * from {table} limit 1 on conflict (position) do update set type = 'x'"
                ),
                format!("set session_replication_role = replica; delete from {table}"),
            ] {
                let mut connection = pool.acquire().await.unwrap();
                let result = connection.execute(AssertSqlSafe(change.clone())).await;
                let refused = result.expect_err(&format!("{who}: {change}"));
                let code = refused
                    .as_database_error()
                    .and_then(sqlx::error::DatabaseError::code)
                    .unwrap_or_default()
                    .into_owned();
                assert_eq!(code, "42501", "{who}: {change}: {refused}");
                drop(connection.detach());
            }
        }
    }
    let left: i64 =
        sqlx::query_scalar("select count(*) from journal.event where data::text = '{}'")
            .fetch_one(&owner)
            .await
            .unwrap();
    assert_eq!(left, 3);
}

#[tokio::test]
async fn a_partition_has_these_two_indexes_and_no_default() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let pool = database.pool().await;
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "select tablename::text, regexp_replace(indexdef, '^.* using', '', 'i') from pg_indexes
        where schemaname = 'journal' and tablename like 'event%' order by 1, 2",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let of = |table: &str| {
        indexes
            .iter()
            .filter(|(name, _)| name == table)
            .map(|(_, index)| index.trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("event"), ["btree (\"position\")"]);
    for partition in ["event_0000", "event_0001"] {
        assert_eq!(
            of(partition),
            ["btree (\"position\")", "btree (stream, version)"]
        );
    }
    let loose: i64 = sqlx::query_scalar(
        "select count(*) from information_schema.columns
        where table_schema = 'journal' and table_name like 'event%'
            and (is_nullable = 'YES' or column_default is not null)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        loose, 0,
        "a column of the journal may be null or has a default"
    );
}
