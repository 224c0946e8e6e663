//! Days.

use chrono::{Days, NaiveDate};

/// A day, from how it is written.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The day so many days after `from`, as it is written.
pub fn days_after(from: &str, days: u64) -> String {
    let day = day(from).checked_add_days(Days::new(days));
    day.unwrap().to_string()
}
