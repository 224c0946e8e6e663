//! How long and how often is measured.

use std::path::PathBuf;
use std::time::Duration;

/// How long and how often is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How often each side runs; the run with the median rate is reported.
    pub runs: usize,
    /// Whether this is the short form, which leaves out what takes minutes.
    pub quick: bool,
    /// How long a closed loop runs before it counts.
    pub warm_up: Duration,
    /// How long a closed loop counts.
    pub measure: Duration,
    /// The file of hotel bookings, where it was given.
    pub bookings: Option<PathBuf>,
}

impl Plan {
    /// The full form or the short one.
    pub fn new(quick: bool, runs: usize, bookings: Option<PathBuf>) -> Self {
        let (warm_up, measure) = if quick { (500, 2_000) } else { (1_000, 3_000) };
        Self {
            runs,
            quick,
            warm_up: Duration::from_millis(warm_up),
            measure: Duration::from_millis(measure),
            bookings,
        }
    }
}
