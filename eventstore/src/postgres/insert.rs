//! The one statement that records a batch.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::check::Verdict;
use crate::clock::to_micros;
use crate::place::Placed;
use crate::recorded::{Position, Version};
use crate::turn::Waiting;

/// On this channel the last position of every batch is called out.
pub(super) const CHANNEL: &str = "cadastre_journal";

/// Every batch goes in under a shared lock of this number, so that a writer that was second too
/// often can keep the others out for one commit. It says "cadastre".
pub(super) const WRITERS_LOCK: i64 = 0x6361_6461_7374_7265;

/// Records the placed events and the keys of the appends that go in, and wakes those who follow.
///
/// Nothing is recorded, and `false` answered, if something is stored with one of the keys for which
/// nobody vouches. The keys wait for the events (`where`): all writers meet at the first position,
/// so that none waits for another while that one waits for it.
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
            select from unnest($21::text[], $22::text[]) as doubted (subject, key)
            where exists (
                select from journal.idempotency_key k
                where k.subject = doubted.subject and k.key = doubted.key and k.day <= $11
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
            where (select pg_advisory_xact_lock_shared($20)) is not null
                and not exists (select from stored)
            returning position
        ), idempotency_key as (
            insert into journal.idempotency_key (subject, key, request_hash, answer_id, version,
                position, recorded_at, day)
            select subject, key, request_hash, answer_id, version, position, $10, $11
            from unnest($12::text[], $13::text[], $14::bytea[], $15::text[], $16::bigint[],
                    $17::bigint[])
                as new (subject, key, request_hash, answer_id, version, position)
            where (select count(*) from event) > 0
        )
        select (select count(*) from event) > 0 from pg_notify($18, $19)",
    )
    .bind(column(events, |place| place.position))
    .bind(column(events, |place| place.stream.as_str()))
    .bind(column(events, |place| place.version))
    .bind(column(events, |place| place.event.event_id) as Vec<Uuid>)
    .bind(column(events, |place| &*place.event.event_type))
    .bind(column(events, |place| place.event.schema_version))
    .bind(column(events, |place| place.event.data.as_str()))
    .bind(column(events, |place| &*place.event.metadata))
    .bind(column(events, |place| to_micros(place.event.occurred_at)))
    .bind(recorded_at)
    .bind(day(recorded_at))
    .bind(&keys.subjects)
    .bind(&keys.names)
    .bind(&keys.hashes)
    .bind(&keys.answer_ids)
    .bind(&keys.versions)
    .bind(&keys.positions)
    .bind(CHANNEL)
    .bind(head.to_string())
    .bind(WRITERS_LOCK)
    .bind(&keys.doubted_subjects)
    .bind(&keys.doubted_names)
    .fetch_one(connection)
    .await
}

/// The day whose partition a key is kept in.
pub(super) fn day(recorded_at: DateTime<Utc>) -> NaiveDate {
    recorded_at.date_naive()
}

fn column<'a, T>(events: &'a [Placed<'a>], field: impl Fn(&'a Placed<'a>) -> T) -> Vec<T> {
    events.iter().map(field).collect()
}

/// The columns of the keys that a batch stores.
#[derive(Default)]
pub(super) struct Keys<'a> {
    subjects: Vec<&'a str>,
    names: Vec<&'a str>,
    hashes: Vec<&'a [u8]>,
    answer_ids: Vec<&'a str>,
    versions: Vec<Version>,
    positions: Vec<Position>,
    doubted_subjects: Vec<&'a str>,
    doubted_names: Vec<&'a str>,
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
            keys.subjects.push(&key.subject);
            keys.names.push(&key.key);
            keys.hashes.push(&key.request_hash);
            keys.answer_ids.push(&key.answer_id);
            keys.versions.push(appended.version);
            keys.positions.push(appended.position);
            if !is_absent(waiting) {
                keys.doubted_subjects.push(&key.subject);
                keys.doubted_names.push(&key.key);
            }
        }
        keys
    }
}
