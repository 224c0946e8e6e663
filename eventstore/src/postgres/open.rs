//! Connecting to the database, and refusing one that could lose what was acknowledged.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Row};

use crate::error::JournalError;

const SERVER_VERSION_MIN: i32 = 150_000;

/// Connects as the writer, and refuses an unfit database.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, JournalError> {
    // The few statements of the writer look up rows by index, whatever the statistics of the
    // moment say; their plans are made once.
    let options = options
        .clone()
        .application_name("cadastre writer")
        .options([
            ("plan_cache_mode", "force_generic_plan"),
            ("enable_seqscan", "off"),
            ("enable_hashjoin", "off"),
            ("enable_mergejoin", "off"),
            ("jit", "off"),
            ("default_transaction_isolation", "read committed"),
            // Who holds the turn of all writers and does not come back for it loses it.
            ("idle_in_transaction_session_timeout", "5s"),
            // The warning that comes with a doubtful commit must be heard, whatever the defaults of
            // the role or the database are.
            ("client_min_messages", "warning"),
            ("lock_timeout", "0"),
            ("statement_timeout", "0"),
        ])
        .disable_statement_logging();
    let mut connection = PgConnection::connect_with(&options)
        .await
        .map_err(unavailable)?;
    check(&mut connection).await?;
    Ok(connection)
}

#[expect(clippy::needless_pass_by_value, reason = "its place is in `map_err`")]
pub(super) fn unavailable(error: sqlx::Error) -> JournalError {
    JournalError::Unavailable(error.to_string())
}

async fn check(connection: &mut PgConnection) -> Result<(), JournalError> {
    let row = sqlx::query(
        "select current_setting('server_version_num')::int as version,
            current_setting('server_version') as version_text,
            pg_is_in_recovery() as standby,
            current_setting('transaction_read_only')::bool as read_only,
            to_regclass('journal.event') is not null
                and to_regclass('journal.idempotency_key') is not null as migrated",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(unavailable)?;
    let is = |column: &str| row.try_get::<bool, _>(column).map_err(unavailable);
    if row.try_get::<i32, _>("version").map_err(unavailable)? < SERVER_VERSION_MIN {
        let version = row
            .try_get::<String, _>("version_text")
            .map_err(unavailable)?;
        return unfit(&format!(
            "the server is Postgres {version}; use version 15 or newer"
        ));
    }
    if is("standby")? {
        return unfit("the server is a read-only standby; connect to the primary");
    }
    if is("read_only")? {
        return unfit("the database is read-only; set default_transaction_read_only to off");
    }
    if let Some(sentence) = carelessness(connection).await.map_err(unavailable)? {
        return Err(JournalError::Unfit(sentence));
    }
    if !is("migrated")? {
        return unfit("the database has no journal; apply the migrations first");
    }
    Ok(())
}

/// Which setting of the server could lose what was acknowledged, if any does. A reload of the
/// server's configuration can change it at any time.
pub(super) async fn carelessness(connection: &mut PgConnection) -> sqlx::Result<Option<String>> {
    let off: Option<String> = sqlx::query_scalar(
        "select name from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) as name
        where current_setting(name) = 'off' limit 1",
    )
    .fetch_optional(connection)
    .await?;
    Ok(off.map(|setting| {
        not_fit(&format!(
            "{setting} is off, so that an acknowledged event could be lost; set it to on"
        ))
    }))
}

fn not_fit(sentence: &str) -> String {
    format!("this database is not fit for a journal: {sentence}")
}

fn unfit<T>(sentence: &str) -> Result<T, JournalError> {
    Err(JournalError::Unfit(not_fit(sentence)))
}
