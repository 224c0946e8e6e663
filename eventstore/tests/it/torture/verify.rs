//! Looks for anything wrong in a history, without a word of the code that wrote it.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::work::Ack;

/// A row of the journal, as far as it is looked at.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    pub position: i64,
    pub stream: String,
    pub version: i64,
    pub event_id: Uuid,
    pub recorded_us: i64,
    pub metadata: String,
}

#[derive(Deserialize)]
struct Testimony {
    key: String,
    of: usize,
    rested: Vec<(String, i64)>,
}

/// The whole history.
pub async fn rows(pool: &PgPool) -> Vec<Row> {
    sqlx::query_as(
        "select position, stream, version, event_id, metadata::text,
            (extract(epoch from recorded_at) * 1000000)::bigint as recorded_us
        from journal.event order by position",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// Everything that is wrong with a history, given what was acknowledged and what a reader saw.
pub fn faults(rows: &[Row], acks: &[Ack], read: &[(i64, Uuid)]) -> Vec<String> {
    let checks = [
        places(rows),
        decisions(rows),
        acknowledged(rows, acks),
        seen(rows, read),
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

fn places(rows: &[Row]) -> Result<(), String> {
    let mut versions: HashMap<&str, i64> = HashMap::new();
    let mut recorded_us = i64::MIN;
    for (position, row) in (1..).zip(rows) {
        if row.position != position {
            return Err(format!("gap: position {position} is missing"));
        }
        let version = versions.entry(&row.stream).or_default();
        *version += 1;
        if row.version != *version {
            return Err(format!("order: {row:?} should have version {version}"));
        }
        if row.recorded_us < recorded_us {
            return Err(format!(
                "time: {row:?} was recorded before the one before it"
            ));
        }
        recorded_us = row.recorded_us;
    }
    Ok(())
}

/// Whether each append stands together and rested on what was so just before it.
fn decisions(rows: &[Row]) -> Result<(), String> {
    let mut versions: HashMap<String, i64> = HashMap::new();
    let mut keys = HashSet::new();
    let mut at = 0;
    while at < rows.len() {
        let testimony: Testimony = serde_json::from_str(&rows[at].metadata)
            .map_err(|error| format!("testimony: {error}"))?;
        let end = at + testimony.of;
        let together = rows
            .get(at..end)
            .ok_or_else(|| format!("torn: {}", testimony.key))?;
        if together.iter().any(|row| row.metadata != rows[at].metadata) {
            return Err(format!(
                "torn: append {} does not stand together",
                testimony.key
            ));
        }
        for (stream, version) in &testimony.rested {
            let actual = versions.get(stream).copied().unwrap_or(0);
            if actual != *version {
                return Err(format!(
                    "decision: append {} at {} rested on {stream} at {version}, which was at {actual}",
                    testimony.key, rows[at].position
                ));
            }
        }
        if !keys.insert(testimony.key.clone()) {
            return Err(format!(
                "twice: append {} was recorded twice",
                testimony.key
            ));
        }
        for row in together {
            versions.insert(row.stream.clone(), row.version);
        }
        at = end;
    }
    Ok(())
}

/// Whether all that was acknowledged is there.
fn acknowledged(rows: &[Row], acks: &[Ack]) -> Result<(), String> {
    for ack in acks {
        let found = usize::try_from(ack.position - 1)
            .ok()
            .and_then(|index| rows.get(index));
        if !found.is_some_and(|row| row.metadata.contains(&ack.key)) {
            return Err(format!(
                "lost: {ack:?} was acknowledged and is not there, but {found:?}"
            ));
        }
    }
    Ok(())
}

/// Whether a reader has seen every event once, in order.
fn seen(rows: &[Row], seen: &[(i64, Uuid)]) -> Result<(), String> {
    let there: Vec<_> = rows
        .iter()
        .map(|row| (row.position, row.event_id))
        .collect();
    if there == seen {
        return Ok(());
    }
    let differ = there
        .iter()
        .zip(seen)
        .position(|(there, seen)| there != seen);
    Err(format!(
        "reader: {} events are there, {} were seen, they differ at {differ:?}",
        there.len(),
        seen.len()
    ))
}
