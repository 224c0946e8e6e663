//! What was measured of one side in one setting.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clients::{Measured, per_second};
use crate::cpu::Used;

/// The side that all others are held against.
pub const OURS: &str = "ours";

/// What was measured of one side in one setting.
#[derive(Clone, Debug)]
pub struct Row {
    /// Such as `W1`.
    pub workload: &'static str,
    /// Such as `32 clients`.
    pub setting: String,
    /// Who.
    pub side: &'static str,
    /// What the rate counts, such as `commands/s`.
    pub unit: &'static str,
    /// How many of them.
    pub rate: f64,
    /// The latency that half of the operations do not exceed.
    pub p50: Option<Duration>,
    /// The latency that 99 of 100 do not exceed.
    pub p99: Option<Duration>,
    /// Cores that the client kept busy.
    pub cpu_client: f64,
    /// Cores that the server beside it kept busy.
    pub cpu_postgres: f64,
    /// How many operations were counted.
    pub count: u64,
    /// What the reader must know, such as what this side does less.
    pub note: String,
}

impl Row {
    /// A row of what closed-loop clients have measured.
    pub fn of(
        workload: &'static str,
        setting: impl Into<String>,
        (side, unit): (&'static str, &'static str),
        measured: &Measured,
    ) -> Self {
        let count = measured.latencies.count();
        Self {
            p50: Some(measured.latencies.quantile(0.5)),
            p99: Some(measured.latencies.quantile(0.99)),
            ..Self::whole(workload, setting, (side, unit), count, measured.used)
        }
    }

    /// A row of one piece of work of so many operations, which were not timed one by one.
    pub fn whole(
        workload: &'static str,
        setting: impl Into<String>,
        (side, unit): (&'static str, &'static str),
        count: u64,
        used: Used,
    ) -> Self {
        Self {
            workload,
            setting: setting.into(),
            side,
            unit,
            rate: per_second(count, used.elapsed),
            p50: None,
            p99: None,
            cpu_client: used.client,
            cpu_postgres: used.server,
            count,
            note: String::new(),
        }
    }

    /// One line on it, for who waits.
    pub fn in_short(&self) -> String {
        let Self {
            workload,
            setting,
            side,
            rate,
            unit,
            ..
        } = self;
        format!("{workload}, {setting}, {side}: {rate:.0} {unit}")
    }

    /// The same with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// Of several runs, the one with the median rate of each side in each setting, in the order in
/// which they first came.
pub fn medians(rows: Vec<Row>) -> Vec<Row> {
    let mut places: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
    let mut runs: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let place = places
            .entry((row.setting.clone(), row.side))
            .or_insert(runs.len());
        match runs.get_mut(*place) {
            Some(same) => same.push(row),
            None => runs.push(vec![row]),
        }
    }
    let medians = runs.into_iter().filter_map(|mut same| {
        same.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        let middle = same.len() / 2;
        same.into_iter().nth(middle)
    });
    let mut medians: Vec<Row> = medians.collect();
    let mut settings: Vec<String> = Vec::new();
    for row in &medians {
        if !settings.contains(&row.setting) {
            settings.push(row.setting.clone());
        }
    }
    medians.sort_by_key(|row| settings.iter().position(|known| *known == row.setting));
    medians
}

/// The rate of a side in a setting.
pub fn rate(rows: &[Row], setting: &str, side: &str) -> Option<f64> {
    find(rows, setting, side).map(|row| row.rate)
}

/// The rate of one side over that of another in the same setting.
pub fn ratio(rows: &[Row], setting: &str, side: &str, other: &str) -> Option<f64> {
    Some(rate(rows, setting, side)? / rate(rows, setting, other)?)
}

/// What was measured of a side in a setting.
pub fn find<'a>(rows: &'a [Row], setting: &str, side: &str) -> Option<&'a Row> {
    rows.iter()
        .find(|row| row.setting == setting && row.side == side)
}
