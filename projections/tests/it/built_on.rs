//! What others built on a read model survives its rebuild, or stops it.

use std::sync::Arc;

use projections::{MaintenanceError, Projector, all};
use sqlx::{Connection, PgConnection};

use crate::story;
use crate::world::World;

fn projector(name: &str) -> Arc<dyn Projector> {
    all()
        .into_iter()
        .find(|projector| projector.name() == name)
        .unwrap()
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
