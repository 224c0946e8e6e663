//! The one statement that records a batch.

use chrono::{DateTime, NaiveDate, Utc, Weekday};
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::check::Verdict;
use crate::clock::to_micros;
use crate::place::Placed;
use crate::recorded::{Position, Version};
use crate::turn::Waiting;

/// On this channel the last position of every batch is called out.
pub(super) const CHANNEL: &str = "cadastre_journal";

/// Records the placed events and the keys of the appends that go in, and wakes those who follow.
///
/// Nothing is recorded, and `false` answered, if something was stored in an earlier week with one
/// of the keys for which nobody vouches; for this week, a unique index says so. The keys wait for
/// the events (`where`): all writers meet at the first position, so that none waits for another
/// while that one waits for it.
///
/// It takes a shared lock on `journal.writer_turn`, which has no rows: a writer that was second too
/// often, or that hands its turn to somebody, locks that table for itself and so keeps the others
/// out. Unlike an advisory lock, no role without rights on the table can take it.
///
/// It is sent outside of any transaction block, so it is one transaction of its own, and the client
/// reads on until the server is ready again, which it is after the commit.
pub(super) async fn insert(
    connection: &mut PgConnection,
    events: &[Placed<'_>],
    keys: &Keys<'_>,
    recorded_at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let head: Position = events.last().map_or(0, |place| place.position);
    sqlx::query_scalar(
        "with stored as (
            select from unnest($19::uuid[]) as doubted (digest)
            where exists (
                select from journal.idempotency_key k
                where k.digest = doubted.digest and k.week < $11
            )
        ), event as (
            insert into journal.event (position, stream, version, event_id, type, schema_version,
                data, metadata, occurred_at, recorded_at)
            select position, stream, version, event_id, type, schema_version,
                data::json, metadata::json, occurred_at, $10
            from unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::int[],
                    $7::text[], $8::text[], $9::timestamptz[])
                as new (position, stream, version, event_id, type, schema_version,
                    data, metadata, occurred_at)
            where not exists (select from journal.writer_turn for key share)
                and not exists (select from stored)
            returning position
        ), idempotency_key as (
            insert into journal.idempotency_key (digest, request_hash, answer_id, version, position,
                recorded_at, week)
            select digest, request_hash, answer_id, version, position, $10, $11
            from unnest($12::uuid[], $13::bytea[], $14::text[], $15::bigint[], $16::bigint[])
                as new (digest, request_hash, answer_id, version, position)
            where (select count(*) from event) > 0
        )
        select (select count(*) from event) > 0 from pg_notify($17, $18)",
    )
    .bind(column(events, |place| place.position))
    .bind(column(events, |place| place.stream.as_str()))
    .bind(column(events, |place| place.version))
    .bind(column(events, |place| place.event.event_id) as Vec<Uuid>)
    .bind(column(events, |place| &*place.event.event_type))
    .bind(column(events, |place| place.event.schema_version))
    .bind(column(events, |place| &*place.event.data))
    .bind(column(events, |place| &*place.event.metadata))
    .bind(column(events, |place| to_micros(place.event.occurred_at)))
    .bind(recorded_at)
    .bind(week(recorded_at.date_naive()))
    .bind(&keys.digests)
    .bind(&keys.hashes)
    .bind(&keys.answer_ids)
    .bind(&keys.versions)
    .bind(&keys.positions)
    .bind(CHANNEL)
    .bind(head.to_string())
    .bind(&keys.doubted)
    .fetch_one(connection)
    .await
}

/// The Monday of the week whose partition the keys of a day are kept in.
pub(super) fn week(day: NaiveDate) -> NaiveDate {
    day.week(Weekday::Mon).first_day()
}

fn column<'a, T>(events: &'a [Placed<'a>], field: impl Fn(&'a Placed<'a>) -> T) -> Vec<T> {
    events.iter().map(field).collect()
}

/// The columns of the keys that a batch stores.
#[derive(Default)]
pub(super) struct Keys<'a> {
    digests: Vec<Uuid>,
    hashes: Vec<&'a [u8]>,
    answer_ids: Vec<&'a str>,
    versions: Vec<Version>,
    positions: Vec<Position>,
    doubted: Vec<Uuid>,
}

impl<'a> Keys<'a> {
    /// The keys of those that go in; `is_absent` says which of them need not be looked up.
    pub(super) fn of(
        batch: &'a [Waiting],
        verdicts: &[Verdict],
        is_absent: impl Fn(&Waiting) -> bool,
    ) -> Self {
        let mut keys = Self::default();
        for (waiting, verdict) in batch.iter().zip(verdicts) {
            let Verdict::Goes(appended) = verdict else {
                continue;
            };
            let key = &waiting.append.key;
            keys.digests.push(waiting.key());
            keys.hashes.push(&key.request_hash);
            keys.answer_ids.push(&key.answer_id);
            keys.versions.push(appended.version);
            keys.positions.push(appended.position);
            if !is_absent(waiting) {
                keys.doubted.push(waiting.key());
            }
        }
        keys
    }
}
