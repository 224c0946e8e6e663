//! How often someone has reported something about one building lately, and with which words: so
//! that nobody drowns a building in reports. One stream per reporter and building.

#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Refusal, RefusalKind};

/// The most reports of a day.
pub const REPORTS_MAX: usize = 10;
/// The most reports of a day with the same words.
pub const REPEATS_MAX: usize = 2;

const DAY: TimeDelta = TimeDelta::days(1);

/// Count a report.
#[derive(Clone, Debug)]
pub struct CountReport {
    /// What stands for its words; equal words, equal digest.
    pub digest: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What can be asked.
#[derive(Clone, Debug)]
pub enum FloodCommand {
    /// Count a report.
    Count(CountReport),
}

/// A report was counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloodCounted {
    /// What stands for its words, by a key that nobody else has.
    pub digest: String,
    /// When.
    pub at: DateTime<Utc>,
}

events! {
    /// What happened.
    pub enum FloodEvent {
        /// A report was counted.
        Counted(FloodCounted) = "flood.counted" v 1,
    }
}

/// The reports of the last day, as far as they matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flood {
    /// The latest of them, the oldest first.
    pub counted: Vec<FloodCounted>,
}

cqrs_aggregate!(Flood);

/// Why a report is not counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FloodRefusal {
    /// Enough for a day.
    #[error("one can report {REPORTS_MAX} incidents a day about one building; try again later")]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// It was said before.
    #[error("the same was reported {REPEATS_MAX} times within a day; it is known")]
    Repeated {
        /// How long to wait.
        seconds: u64,
    },
}

impl Refusal for FloodRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "reports_too_many",
            Self::Repeated { .. } => "report_repeated",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooMany { seconds } | Self::Repeated { seconds } => {
                RefusalKind::TooSoon { seconds: *seconds }
            }
        }
    }
}

/// How long until what was counted at `first` is a day ago: at least a second.
fn wait(first: DateTime<Utc>, at: DateTime<Utc>) -> u64 {
    let left = (first + DAY - at).num_milliseconds();
    u64::try_from(left).unwrap_or(0).div_ceil(1_000).max(1)
}

impl Aggregate for Flood {
    const NOUN: &'static str = "flood";
    const STATE_VERSION: u32 = 1;
    type Command = FloodCommand;
    type Event = FloodEvent;
    type Refusal = FloodRefusal;

    fn decide(&self, command: &FloodCommand) -> Result<Vec<FloodEvent>, FloodRefusal> {
        let FloodCommand::Count(CountReport { digest, at }) = command;
        let today: Vec<_> = self
            .counted
            .iter()
            .filter(|report| *at - report.at < DAY)
            .collect();
        if let [first, ..] = today.as_slice()
            && today.len() >= REPORTS_MAX
        {
            let seconds = wait(first.at, *at);
            return Err(FloodRefusal::TooMany { seconds });
        }
        let mut same = today.iter().filter(|report| report.digest == *digest);
        if let Some(first) = same.next()
            && same.count() + 1 >= REPEATS_MAX
        {
            let seconds = wait(first.at, *at);
            return Err(FloodRefusal::Repeated { seconds });
        }
        Ok(vec![FloodEvent::Counted(FloodCounted {
            digest: digest.clone(),
            at: *at,
        })])
    }

    fn evolve(&mut self, event: &FloodEvent) {
        let FloodEvent::Counted(counted) = event;
        self.counted.push(counted.clone());
        if self.counted.len() > REPORTS_MAX {
            self.counted.remove(0);
        }
    }
}
