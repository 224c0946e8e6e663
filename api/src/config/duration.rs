//! Lengths of time as people write them: `30s`, `15m`, `1h`, `30d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;

/// A whole number of seconds, written with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(u32);

impl Period {
    /// So many seconds; for the defaults of settings.
    pub(super) const fn seconds_of(seconds: u32) -> Self {
        Self(seconds)
    }

    /// As the runtime counts it.
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }

    /// As the calendar counts it.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.0))
    }

    /// In seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable =
            || format!("`{text}` is no length of time: write a number above 0 with s, m, h or d");
        let unit = match text.chars().last() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            _ => return Err(unreadable()),
        };
        let count: u32 = text[..text.len() - 1].parse().map_err(|_| unreadable())?;
        match count.checked_mul(unit) {
            Some(seconds) if seconds > 0 => Ok(Self(seconds)),
            _ => Err(unreadable()),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = [(86_400, 'd'), (3_600, 'h'), (60, 'm')]
            .into_iter()
            .find(|(unit, _)| self.0.is_multiple_of(*unit))
            .unwrap_or((1, 's'));
        write!(f, "{}{name}", self.0 / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_written() {
        for text in ["30s", "15m", "1h", "30d"] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.to_string(), text);
        }
        assert_eq!("90s".parse::<Period>().unwrap().seconds(), 90);
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["", "s", "0s", "-1s", "1.5h", "10", "1w", "99999999d", "1é"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
