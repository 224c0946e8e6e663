//! What is looked for, row by row.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::AnyEvent;
use eventstore::scan::Row;
use eventstore::{Position, Version};
use projections::Decoded;
use serde::Serialize;

use crate::moment::instant;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What kind of fault it is, as a word.
    pub code: &'static str,
    /// Where in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// In which stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// A sentence that says it all.
    pub detail: String,
}

/// Takes the journal in, row by row, and counts what is wrong.
pub struct Checker {
    known: HashSet<(&'static str, u16)>,
    versions: HashMap<Box<str>, Version>,
    last: Position,
    recorded_at: DateTime<Utc>,
    faults_max: usize,
    /// How many rows were taken in.
    pub events: u64,
    /// The first faults.
    pub faults: Vec<Found>,
    /// How many there are.
    pub fault_count: u64,
}

impl Checker {
    /// Begins before the first row; keeps the first `faults_max` faults.
    pub fn new(faults_max: usize) -> Self {
        Self {
            known: AnyEvent::types().into_iter().collect(),
            versions: HashMap::new(),
            last: 0,
            recorded_at: DateTime::<Utc>::MIN_UTC,
            faults_max,
            events: 0,
            faults: Vec::new(),
            fault_count: 0,
        }
    }

    /// How many streams there are.
    pub fn streams(&self) -> usize {
        self.versions.len()
    }

    /// Takes the next row in.
    pub fn row(&mut self, row: &Row) {
        self.events += 1;
        self.place(row);
        self.version(row);
        self.time(row);
        self.content(row);
    }

    /// Somebody has read up to `position`.
    pub fn reader(&mut self, name: &str, position: Position) {
        if position > self.last {
            let detail = format!(
                "the read model `{name}` has seen position {position}, but the journal ends at \
                 {}: its end is missing",
                self.last
            );
            self.found("end", Some(position), None, detail);
        }
    }

    /// A table of the journal lets itself be changed.
    pub fn table(&mut self, table: &str) {
        let detail = format!(
            "`{table}` lets its rows be changed: the trigger `event_is_immutable` is missing or off"
        );
        self.found("unguarded", None, None, detail);
    }

    fn place(&mut self, row: &Row) {
        let (expected, found) = (self.last + 1, row.position);
        self.last = found;
        if found == expected + 1 {
            let detail = format!("position {expected} is missing");
            self.found("gap", Some(expected), None, detail);
        } else if found != expected {
            let detail = format!("positions {expected} to {} are missing", found - 1);
            self.found("gap", Some(expected), None, detail);
        }
    }

    fn version(&mut self, row: &Row) {
        let expected = if let Some(version) = self.versions.get_mut(&*row.stream) {
            std::mem::replace(version, row.version) + 1
        } else {
            self.versions
                .insert(row.stream.as_str().into(), row.version);
            1
        };
        if row.version != expected {
            let said = format!("has version {} where {expected} comes next", row.version);
            self.of_row("version", row, &said);
        }
    }

    fn time(&mut self, row: &Row) {
        if row.recorded_at < self.recorded_at {
            let before = instant(self.recorded_at);
            let said = format!(
                "was recorded at {}, after one of {before}",
                instant(row.recorded_at)
            );
            self.of_row("time", row, &said);
        }
        self.recorded_at = self.recorded_at.max(row.recorded_at);
    }

    fn content(&mut self, row: &Row) {
        let recorded = match row.recorded() {
            Ok(recorded) => recorded,
            Err(error) => return self.of_row("stream", row, &error.to_string()),
        };
        let noun = row.event_type.split('.').next();
        if noun != Some(recorded.stream.noun()) {
            self.of_row("stream", row, "stands in a stream of another noun");
        }
        let schema_version = u16::try_from(row.schema_version).unwrap_or(u16::MAX);
        if !self
            .known
            .contains(&(row.event_type.as_str(), schema_version))
        {
            let said = format!(
                "is of a type or shape that is not known here (version {})",
                row.schema_version
            );
            return self.of_row("type", row, &said);
        }
        if let Err(unreadable) = Decoded::read(Arc::new(recorded)) {
            self.of_row("unreadable", row, &unreadable.reason);
        }
    }

    fn of_row(&mut self, code: &'static str, row: &Row, said: &str) {
        let detail = format!(
            "position {}, `{}` of `{}`: {said}",
            row.position, row.event_type, row.stream
        );
        self.found(code, Some(row.position), Some(row.stream.clone()), detail);
    }

    fn found(
        &mut self,
        code: &'static str,
        position: Option<Position>,
        stream: Option<String>,
        detail: String,
    ) {
        self.fault_count += 1;
        if self.faults.len() < self.faults_max {
            self.faults.push(Found {
                code,
                position,
                stream,
                detail,
            });
        }
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
