//! The schema of a projection: made once, with its checkpoint and its parked events beside the
//! tables of the projector.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::dependents;
use crate::projector::Projector;

/// What every projection has beside its own tables.
const MACHINERY: &str = "
create table checkpoint (
    one boolean primary key check (one),
    position bigint not null,
    projector_version integer not null,
    generation bigint not null,
    retired boolean not null,
    state text not null,
    reason text,
    updated_at timestamptz
);
comment on table checkpoint is 'How far this projection has read the journal; one row';
comment on column checkpoint.one is 'Always true: there is one row';
comment on column checkpoint.position is 'Position of the last event taken in';
comment on column checkpoint.projector_version is 'Version of the projector that built the tables';
comment on column checkpoint.generation is 'Rises by one with every rebuild';
comment on column checkpoint.retired is 'Whether a rebuild has taken the place of these tables';
comment on column checkpoint.state is 'running or stopped';
comment on column checkpoint.reason is 'Why it stopped';
comment on column checkpoint.updated_at is 'When the checkpoint last moved';
create table parked (
    key text not null,
    position bigint not null,
    event_id uuid not null,
    event_type text not null,
    error text,
    attempts integer not null,
    parked_at timestamptz not null,
    primary key (key, position)
);
comment on table parked is 'Events set aside: one that failed, and all that follow it for its key';
comment on column parked.key is 'Key of the rows that the events would write';
comment on column parked.position is 'Position of the event';
comment on column parked.event_id is 'Id of the event';
comment on column parked.event_type is 'Type of the event';
comment on column parked.error is 'Why it failed; null for one that only follows';
comment on column parked.attempts is 'How often it was tried';
comment on column parked.parked_at is 'When it was set aside';
";

/// Of the build that is to take the place of the live one.
pub(crate) fn next(name: &str) -> String {
    format!("{name}__next")
}

/// Of the build whose place was taken.
pub(crate) fn old(name: &str) -> String {
    format!("{name}__old")
}

/// Of the build that is only made to be compared.
pub(crate) fn check(name: &str) -> String {
    format!("{name}__check")
}

/// A connection on which rows are written. Rows and checkpoint commit together, so a crash sets
/// both back and nothing is lost by not waiting for the disk. Its few statements have one plan
/// each, whatever is bound to them.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut conn = PgConnection::connect_with(options).await?;
    sqlx::raw_sql(
        "set synchronous_commit = off; set plan_cache_mode = force_generic_plan; set jit = off",
    )
    .execute(&mut conn)
    .await?;
    Ok(conn)
}

/// Whether there is such a schema.
pub(crate) async fn exists(conn: &mut PgConnection, schema: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_namespace where nspname = $1)")
        .bind(schema)
        .fetch_one(conn)
        .await
}

/// Makes `schema` with the tables of `projector`, at position 0.
pub(crate) async fn create(
    conn: &mut PgConnection,
    schema: &str,
    projector: &dyn Projector,
) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    sqlx::query(AssertSqlSafe(format!("create schema \"{schema}\"")))
        .execute(&mut *tx)
        .await?;
    enter(&mut tx, schema).await?;
    sqlx::raw_sql(MACHINERY).execute(&mut *tx).await?;
    sqlx::raw_sql(projector.ddl()).execute(&mut *tx).await?;
    sqlx::query("insert into checkpoint values (true, 0, $1, 1, false, 'running', null, null)")
        .bind(projector.version())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// Lets unqualified names resolve in `schema` until the transaction ends.
pub(crate) async fn enter(conn: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    sqlx::query("select set_config('search_path', quote_ident($1), true)")
        .bind(schema)
        .execute(conn)
        .await?;
    Ok(())
}

/// Drops `schema` if it is there, but does not stand in the way of readers for long, and takes
/// nothing along that others have built on it in the moment of a swap: answers whether it is gone.
pub(crate) async fn drop_gently(
    conn: &mut PgConnection,
    schema: &str,
) -> Result<bool, sqlx::Error> {
    if !exists(conn, schema).await? {
        return Ok(true);
    }
    let mut tx = conn.begin().await?;
    sqlx::query("set local lock_timeout = '50ms'")
        .execute(&mut *tx)
        .await?;
    let dropped = match lock_all(&mut tx, schema).await {
        Ok(()) => {
            let built = dependents::outside(&mut tx, schema).await?;
            if !built.is_empty() {
                tracing::warn!(
                    schema,
                    ?built,
                    "replaced tables are kept: others built on them"
                );
                tx.rollback().await?;
                return Ok(false);
            }
            let drop = format!("drop schema if exists \"{schema}\" cascade");
            sqlx::query(AssertSqlSafe(drop)).execute(&mut *tx).await
        }
        Err(error) => Err(error),
    };
    match dropped {
        Ok(_) => tx.commit().await.map(|()| true),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03") => {
            tx.rollback().await.map(|()| false)
        }
        Err(error) => Err(error),
    }
}

/// Locks the tables of `schema`, so that nobody reads them or builds on them.
async fn lock_all(conn: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let lock: Option<String> = sqlx::query_scalar(
        "select 'lock table ' || string_agg(format('%I.%I', $1, relname), ', ' order by relname)
            || ' in access exclusive mode'
         from pg_class
         where relnamespace = to_regnamespace(quote_ident($1)) and relkind in ('r', 'p')",
    )
    .bind(schema)
    .fetch_one(&mut *conn)
    .await?;
    if let Some(lock) = lock {
        sqlx::query(AssertSqlSafe(lock)).execute(conn).await?;
    }
    Ok(())
}

/// What a session of ours holds a lock on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lock {
    /// Running the projection.
    Run = 0x0CAD_0001,
    /// Building it anew, or comparing it.
    Build = 0x0CAD_0002,
}

/// Takes the session's lock on `name` if nobody has it.
pub(crate) async fn try_lock(
    conn: &mut PgConnection,
    lock: Lock,
    name: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select pg_try_advisory_lock($1, hashtext($2))")
        .bind(lock as i32)
        .bind(name)
        .fetch_one(conn)
        .await
}

/// Gives the session's lock on `name` back.
pub(crate) async fn unlock(
    conn: &mut PgConnection,
    lock: Lock,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_unlock($1, hashtext($2))")
        .bind(lock as i32)
        .bind(name)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes what a build that was broken off has left, unless one is under way; answers whether
/// nothing is left.
pub(crate) async fn sweep(conn: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    if !try_lock(conn, Lock::Build, name).await? {
        return Ok(false);
    }
    let mut swept = true;
    for schema in [next(name), old(name), check(name)] {
        swept &= drop_gently(conn, &schema).await?;
    }
    unlock(conn, Lock::Build, name).await?;
    Ok(swept)
}
