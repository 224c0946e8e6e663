//! An analyst can read the figures and nothing else.

use std::sync::Arc;

use projections::{Projector, all};
use sqlx::{Connection, PgConnection};

use crate::story;
use crate::world::World;

async fn as_analyst(world: &World) -> PgConnection {
    let mut analyst = PgConnection::connect_with(&world.database.admin_options())
        .await
        .unwrap();
    sqlx::query("set session authorization analyst")
        .execute(&mut analyst)
        .await
        .unwrap();
    analyst
}

async fn check(world: &World) {
    let mut analyst = as_analyst(world).await;
    for table in [
        "monthly",
        "booking",
        "booking_fact",
        "payment_day",
        "month",
        "checkpoint",
    ] {
        let sql = format!("select count(*) from analytics.{table}");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut analyst)
            .await
            .unwrap();
        assert!(rows > 0, "{table}");
    }
    for refused in [
        "select * from journal.event",
        "select * from bookings.booking",
        "select * from users.profile",
        "select * from audit.entry",
        "delete from analytics.booking_fact",
        "update analytics.checkpoint set position = 0",
        "insert into analytics.channel values ('x')",
        "create table analytics.mine (x int)",
        "create table public.mine (x int)",
    ] {
        let error = sqlx::query(refused)
            .execute(&mut analyst)
            .await
            .expect_err(refused);
        let code = error
            .as_database_error()
            .and_then(|error| error.code().map(String::from));
        assert_eq!(code.as_deref(), Some("42501"), "{refused}: {error}");
    }
}

#[tokio::test]
async fn an_analyst_reads_the_figures_and_nothing_else() {
    let world = World::new().await;
    story::tell(&world, 11, 20).await;
    world.project(&all()).await;
    check(&world).await;
    let analytics: Arc<dyn Projector> = all()
        .into_iter()
        .find(|projector| projector.name() == "analytics")
        .unwrap();
    world
        .maintenance(&analytics)
        .rebuild(false, &|_, _| ())
        .await
        .unwrap();
    check(&world).await;
}

#[tokio::test]
async fn every_table_and_column_is_explained() {
    let world = World::new().await;
    story::open(&world).await;
    world.project(&all()).await;
    let silent: Vec<String> = sqlx::query_scalar(
        "select relname || coalesce('.' || attname, '')
         from pg_class
         join pg_namespace on pg_namespace.oid = relnamespace and nspname = 'analytics'
         left join lateral (
             select attname, attnum from pg_attribute
             where attrelid = pg_class.oid and attnum > 0 and not attisdropped
             union all select null, 0
         ) as part on true
         where relkind in ('r', 'v')
           and coalesce(
               case attnum when 0 then obj_description(pg_class.oid, 'pg_class')
                           else col_description(pg_class.oid, attnum) end, '') = ''",
    )
    .fetch_all(&world.pool)
    .await
    .unwrap();
    assert!(silent.is_empty(), "without a comment: {silent:?}");
}
