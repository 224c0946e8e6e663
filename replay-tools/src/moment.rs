//! A moment of the past, which cuts a stream to a prefix.

use chrono::{DateTime, Utc};
use clap::Args;
use eventstore::Version;
use eventstore::scan::Row;

use crate::fault::Fault;

/// A moment of the past; the present, if nothing is said.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Moment {
    /// After the event with this version.
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(i64).range(1..),
        conflicts_with_all = ["as_of", "known_at"]
    )]
    pub at_version: Option<Version>,
    /// As it was in the world at this instant, such as 2026-03-01T10:00:00Z: before the first
    /// event that occurred later.
    #[arg(long, value_name = "T")]
    pub as_of: Option<DateTime<Utc>>,
    /// As the house knew it at this instant: before the first event that was recorded later.
    #[arg(long, value_name = "T")]
    pub known_at: Option<DateTime<Utc>>,
}

impl Moment {
    /// Refuses what is still to come at `now`.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Fault> {
        for (option, at) in [("as-of", self.as_of), ("known-at", self.known_at)] {
            if let Some(at) = at.filter(|at| *at > now) {
                return Err(Fault::unknown(format!(
                    "--{option} {} is in the future; it is {} now",
                    instant(at),
                    instant(now)
                )));
            }
        }
        Ok(())
    }

    /// Whether `row`, and with it all that follow it in its stream, is later than this.
    pub fn is_before(&self, row: &Row) -> bool {
        self.at_version.is_some_and(|version| row.version > version)
            || self.as_of.is_some_and(|at| row.occurred_at > at)
            || self.known_at.is_some_and(|at| row.recorded_at > at)
    }
}

/// An instant as it is shown: UTC, with the digits that it has.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-01-01T00:{minute:02}:00Z").parse().unwrap()
    }

    /// A row of which only version and times matter.
    fn row(version: Version, occurred: u32, recorded: u32) -> Row {
        Row {
            position: version,
            stream: "user-1".to_owned(),
            version,
            event_id: Uuid::nil(),
            event_type: "user.changed".to_owned(),
            schema_version: 1,
            data: "{}".to_owned(),
            metadata: "{}".to_owned(),
            occurred_at: at(occurred),
            recorded_at: at(recorded),
        }
    }

    fn count(moment: Moment) -> usize {
        // The third was brought in later, and occurred before the second.
        let rows = [row(1, 10, 10), row(2, 30, 31), row(3, 20, 40)];
        rows.iter().take_while(|row| !moment.is_before(row)).count()
    }

    #[test]
    fn a_moment_cuts_a_prefix() {
        let as_of = |minute| {
            count(Moment {
                as_of: Some(at(minute)),
                ..Moment::default()
            })
        };
        let known = |minute| {
            count(Moment {
                known_at: Some(at(minute)),
                ..Moment::default()
            })
        };
        assert_eq!(count(Moment::default()), 3);
        assert_eq!([9, 10, 25, 29, 30].map(as_of), [0, 1, 1, 1, 3]);
        assert_eq!([9, 10, 30, 31, 39, 40].map(known), [0, 1, 1, 2, 2, 3]);
        let both = Moment {
            as_of: Some(at(30)),
            known_at: Some(at(35)),
            at_version: None,
        };
        assert_eq!(count(both), 2);
        let version = Moment {
            at_version: Some(2),
            ..Moment::default()
        };
        assert_eq!(count(version), 2);
    }

    #[test]
    fn the_future_is_refused() {
        let moment = Moment {
            known_at: Some(at(10)),
            ..Moment::default()
        };
        assert!(moment.check(at(10)).is_ok());
        let refused = moment.check(at(9)).unwrap_err().text();
        assert!(
            refused.contains("--known-at 2026-01-01T00:10:00Z is in the future"),
            "{refused}"
        );
    }
}
