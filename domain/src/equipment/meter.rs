//! What counts or measures at a piece.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How what a meter shows may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterKind {
    /// It only ever rises, such as hours run.
    Cumulative,
    /// It rises and falls, such as a temperature.
    Gauge,
}

/// A meter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// What it is called.
    pub name: String,
    /// What it counts in, such as `h` or `°C`.
    pub unit: String,
    /// How it may change.
    pub kind: MeterKind,
}

/// Why what a cumulative meter shows began anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterReset {
    /// Another meter took its place.
    Replaced,
    /// It had no more digits.
    RolledOver,
}

/// What is so of a meter now. Values are in thousandths of its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterState {
    /// The meter.
    pub meter: Meter,
    /// What it showed last.
    pub value_e3: Option<i64>,
    /// What was counted before it began anew, to be added to what it shows.
    pub before_e3: i64,
    /// When it was last read or began anew.
    pub read_at: Option<DateTime<Utc>>,
}

impl MeterState {
    /// What `value_e3` on it means, counted from the first meter on.
    pub fn total(&self, value_e3: i64) -> i64 {
        self.before_e3.saturating_add(value_e3)
    }

    /// What was counted up to the last reading, if there was one.
    pub fn last_total(&self) -> Option<i64> {
        self.value_e3.map(|value| self.total(value))
    }
}
