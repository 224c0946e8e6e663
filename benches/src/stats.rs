//! How long single operations took.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::fault::Fault;

/// Longer ones are counted as this.
const LONGEST: Duration = Duration::from_mins(2);

/// Latencies, kept to a thousandth of their size.
pub struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    pub fn new() -> Result<Self, Fault> {
        Ok(Self(Histogram::new_with_bounds(1_000, nanos(LONGEST), 3)?))
    }

    /// Counts one in.
    pub fn record(&mut self, latency: Duration) {
        self.0.saturating_record(nanos(latency));
    }

    /// Counts those of another client in.
    pub fn add(&mut self, other: &Self) -> Result<(), Fault> {
        Ok(self.0.add(&other.0)?)
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency that a share of all (0 to 1) does not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(share))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
