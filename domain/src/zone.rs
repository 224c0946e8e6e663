//! Wall-clock times of a place as instants, with the two hard days of the year named.

use chrono::{DateTime, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The instant at which a clock in `zone` shows `time` on `date`.
///
/// A time that a clock shows twice (it is put back) is the first of the two. A time that is
/// skipped (it is put forward) is as long after the gap's start as it would have been: 02:30 in a
/// gap from 02:00 to 03:00 is 03:30. `None` where no such instant can be kept.
pub fn instant(zone: Tz, date: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
    let wall = date.and_time(time);
    if let Some(found) = zone.from_local_datetime(&wall).earliest() {
        return Some(found.with_timezone(&Utc));
    }
    // In a gap: measure it against the offset in force three hours before, longer than any gap but
    // the skipped calendar days of the Pacific, for which a day is tried next.
    [TimeDelta::hours(3), TimeDelta::hours(27)]
        .iter()
        .find_map(|back| {
            let before = zone
                .from_local_datetime(&wall.checked_sub_signed(*back)?)
                .earliest()?;
            before.with_timezone(&Utc).checked_add_signed(*back)
        })
}

/// The calendar day that it is in `zone` at `at`.
pub fn day(zone: Tz, at: DateTime<Utc>) -> NaiveDate {
    let utc = at.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    // Within a day of the ends of the calendar the place has no date of its own.
    utc.checked_add_offset(offset)
        .map_or(utc.date(), |local| local.date())
}

#[cfg(test)]
mod tests;
