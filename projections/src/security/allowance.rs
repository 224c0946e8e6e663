//! Token buckets in the database, so that a limit holds over all processes.

use chrono::{DateTime, Utc};
use eventstore::PgPool;

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many attempts it holds at most.
    pub burst: u32,
    /// How many come back in a minute.
    pub per_minute: u32,
}

impl Allowance {
    fn per_second(self) -> f64 {
        f64::from(self.per_minute) / 60.0
    }

    /// How long the next attempt takes to come back, in whole seconds.
    pub fn seconds_to_next(self) -> u64 {
        u64::from(60_u32.div_ceil(self.per_minute.max(1)))
    }

    /// How long an empty bucket takes to be full, in whole seconds.
    pub fn seconds_to_full(self) -> u64 {
        u64::from(self.burst) * 60 / u64::from(self.per_minute.max(1)) + 1
    }
}

/// Takes one attempt out of the bucket `key`; answers whether there was one. One that is refused
/// costs nothing, so that whoever keeps on trying does not wait longer for it.
pub async fn take(
    pool: &PgPool,
    key: &str,
    allowance: Allowance,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    // A clock that was put back fills nothing and takes nothing away.
    let taken: Option<f64> = sqlx::query_scalar(
        "insert into login_allowance as a (key, tokens, at) values ($1, $2 - 1, $4)
         on conflict (key) do update set
             tokens = least($2, a.tokens
                 + greatest(extract(epoch from $4 - a.at)::float8, 0) * $3) - 1,
             at = greatest(a.at, $4)
         where least($2, a.tokens
             + greatest(extract(epoch from $4 - a.at)::float8, 0) * $3) >= 1
         returning tokens",
    )
    .bind(key)
    .bind(f64::from(allowance.burst))
    .bind(allowance.per_second())
    .bind(now)
    .fetch_optional(pool)
    .await?;
    Ok(taken.is_some())
}

/// Puts one attempt back into each of `buckets`: it was a good one.
pub async fn give_back(pool: &PgPool, buckets: &[(&str, Allowance)]) -> Result<(), sqlx::Error> {
    let keys: Vec<&str> = buckets.iter().map(|(key, _)| *key).collect();
    let bursts: Vec<f64> = buckets
        .iter()
        .map(|(_, allowance)| f64::from(allowance.burst))
        .collect();
    sqlx::query(
        "update login_allowance a set tokens = least(b.burst, a.tokens + 1)
         from unnest($1::text[], $2::float8[]) b (key, burst) where a.key = b.key",
    )
    .bind(keys)
    .bind(bursts)
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets the buckets that nobody has taken from since `before`: they are full again.
pub async fn forget_full(pool: &PgPool, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let gone = sqlx::query("delete from login_allowance where at < $1")
        .bind(before)
        .execute(pool)
        .await?;
    Ok(gone.rows_affected())
}
