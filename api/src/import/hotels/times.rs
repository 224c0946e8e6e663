//! When the steps of a row were true in the world.

use chrono::{DateTime, Days as DayCount, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::zone::instant;
use projections::staging::{Deposit, Ending};

/// Both hotels stand in Portugal.
pub const ZONE: Tz = chrono_tz::Europe::Lisbon;

/// The hours of one day, in the order in which its steps happen. The file knows days only.
const CHECK_OUT: NaiveTime = hour(11, 0);
const BOOKING: NaiveTime = hour(12, 0);
const CANCELLATION: NaiveTime = hour(13, 0);
const PAYMENT: NaiveTime = hour(14, 0);
const ARRIVAL: NaiveTime = hour(15, 0);
const NO_SHOW: NaiveTime = hour(23, 59);

/// The days that a row names.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// The day of booking.
    pub booked: NaiveDate,
    /// The day of arrival.
    pub arrival: NaiveDate,
    /// The day on which it came to its end.
    pub ended: NaiveDate,
    /// How many nights.
    pub nights: u64,
}

/// The instants of the steps of a row; none is before the one in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "instants are named so everywhere"
)]
pub struct Times {
    /// When it was booked.
    pub booked_at: DateTime<Utc>,
    /// When it was paid in advance.
    pub paid_at: Option<DateTime<Utc>>,
    /// When it came to its end.
    pub ended_at: DateTime<Utc>,
    /// When it was paid at check-out.
    pub settled_at: Option<DateTime<Utc>>,
}

impl Times {
    /// The instants for `days`; `None` where there is no such instant. What costs nothing is never
    /// paid.
    pub fn of(days: Days, ending: Ending, deposit: Deposit, is_free: bool) -> Option<Self> {
        // The end of the stay has to be a day too, although no step happens on it.
        days.arrival.checked_add_days(DayCount::new(days.nights))?;
        let booked_at = instant(ZONE, days.booked, BOOKING)?;
        let paid_at = match deposit {
            Deposit::NonRefund | Deposit::Refundable if !is_free => {
                Some(instant(ZONE, days.booked, PAYMENT)?.max(booked_at))
            }
            _ => None,
        };
        let arrived_at = instant(ZONE, days.arrival, ARRIVAL)?;
        let before = paid_at.unwrap_or(booked_at);
        let ended_at = match ending {
            Ending::CheckedOut => instant(ZONE, days.ended, CHECK_OUT)?.max(arrived_at),
            Ending::Cancelled => instant(ZONE, days.ended, CANCELLATION)?,
            // Nobody can fail to come before the day of arrival is over.
            Ending::NoShow => instant(ZONE, days.ended.max(days.arrival), NO_SHOW)?,
        }
        .max(before);
        let settled_at = match (ending, deposit) {
            (Ending::CheckedOut, Deposit::None) if !is_free => {
                Some(instant(ZONE, days.ended, PAYMENT)?.max(ended_at))
            }
            _ => None,
        };
        Some(Self {
            booked_at,
            paid_at,
            ended_at,
            settled_at,
        })
    }
}

const fn hour(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2016, 7, day).unwrap()
    }

    fn days(booked: u32, arrival: u32, ended: u32) -> Days {
        Days {
            booked: day(booked),
            arrival: day(arrival),
            ended: day(ended),
            nights: 2,
        }
    }

    fn local(at: DateTime<Utc>) -> String {
        at.with_timezone(&ZONE).format("%d %H:%M").to_string()
    }

    #[test]
    fn a_stay_without_deposit_is_paid_when_the_guests_have_gone() {
        let times = Times::of(days(1, 5, 7), Ending::CheckedOut, Deposit::None, false).unwrap();
        assert_eq!(local(times.booked_at), "01 12:00");
        assert_eq!(times.paid_at, None);
        assert_eq!(local(times.ended_at), "07 11:00");
        assert_eq!(local(times.settled_at.unwrap()), "07 14:00");
    }

    #[test]
    fn a_rows_own_steps_keep_their_order_whatever_its_days_say() {
        let same_day = Times::of(days(5, 5, 5), Ending::CheckedOut, Deposit::None, false).unwrap();
        assert_eq!(local(same_day.ended_at), "05 15:00");
        assert_eq!(local(same_day.settled_at.unwrap()), "05 15:00");

        let cancelled =
            Times::of(days(5, 9, 5), Ending::Cancelled, Deposit::Refundable, false).unwrap();
        assert_eq!(local(cancelled.paid_at.unwrap()), "05 14:00");
        assert_eq!(local(cancelled.ended_at), "05 14:00");

        let early = Times::of(days(5, 9, 2), Ending::Cancelled, Deposit::None, false).unwrap();
        assert_eq!(local(early.ended_at), "05 12:00");
    }

    #[test]
    fn nobody_fails_to_come_before_the_day_of_arrival() {
        let times = Times::of(days(1, 5, 4), Ending::NoShow, Deposit::None, false).unwrap();
        assert_eq!(local(times.ended_at), "05 23:59");
        assert_eq!(times.settled_at, None);
    }

    #[test]
    fn what_costs_nothing_is_never_paid() {
        let free = Times::of(days(1, 5, 7), Ending::CheckedOut, Deposit::None, true).unwrap();
        assert_eq!((free.paid_at, free.settled_at), (None, None));
        let free = Times::of(days(1, 5, 7), Ending::CheckedOut, Deposit::NonRefund, true).unwrap();
        assert_eq!((free.paid_at, free.settled_at), (None, None));
    }
}
