//! What a row says, or why it cannot be read.

use chrono::{Days, NaiveDate};
use csv::ByteRecord;
use projections::staging::{Deposit, Ending, Stay};

use super::columns::Column;
use super::times::{Days as StayDays, Times};
use crate::import::columns::Columns;
use crate::import::fields::{FIRST_DAY, Fields, Read, fault, shown_digits};

/// The most nights, guests or days ahead that are still read as a number of them; what is above
/// the limits of the house is for its rules to refuse.
const COUNT_MAX: i64 = 1_000_000;
/// The highest price of a night, in cents.
const CENTS_MAX: i64 = 1_000_000_000_000;
/// The longest name of a hotel or of a room type.
const NAME_CHARS_MAX: usize = 80;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads `record`, whose fields stand where `columns` says.
pub fn read(columns: &Columns, record: &ByteRecord) -> Read<Stay> {
    let row = Row(Fields::of(columns, record)?);
    let arrival = row.arrival()?;
    let nights = row.count(Column::WeekendNights)? + row.count(Column::WeekNights)?;
    let rate_cents = row.cents(Column::Rate)?;
    let ending = row.ending()?;
    let deposit = row.deposit()?;
    let stay_days = StayDays {
        booked: row.booked(arrival)?,
        arrival,
        ended: row.0.date(Column::StatusDate)?,
        nights: u64::try_from(nights).unwrap_or_default(),
    };
    let is_free = rate_cents
        .checked_mul(nights.max(1))
        .is_none_or(|total| total <= 0);
    let times = Times::of(stay_days, ending, deposit, is_free)
        .ok_or_else(|| fault("date", Column::StatusDate, "lies outside all calendars"))?;
    Ok(Stay {
        hotel: row.text(Column::Hotel)?,
        room: row.text(Column::ReservedRoom)?,
        arrival,
        nights: narrow(nights),
        adults: narrow(row.count(Column::Adults)?),
        children: narrow(row.count_or_unknown(Column::Children)?),
        babies: narrow(row.count(Column::Babies)?),
        rate_cents,
        country: row.known(Column::Country),
        channel: row.known(Column::Channel),
        segment: row.known(Column::Segment),
        deposit,
        ending,
        booked_at: times.booked_at,
        paid_at: times.paid_at,
        ended_at: times.ended_at,
        settled_at: times.settled_at,
    })
}

struct Row<'a>(Fields<'a, Column>);

impl Row<'_> {
    fn field(&self, column: Column) -> &str {
        self.0.field(column)
    }

    fn text(&self, column: Column) -> Read<String> {
        self.0.text(column, NAME_CHARS_MAX)
    }

    /// The word, unless it is one of those that stand for not knowing.
    fn known(&self, column: Column) -> Option<String> {
        self.0.known(column, &["Undefined"])
    }

    fn count(&self, column: Column) -> Read<i64> {
        self.0.count(column, COUNT_MAX)
    }

    fn count_or_unknown(&self, column: Column) -> Read<i64> {
        if self.0.is_unknown(column) {
            return Ok(0);
        }
        self.count(column)
    }

    fn cents(&self, column: Column) -> Read<i64> {
        let text = self.field(column);
        cents(&shown_digits(text)).ok_or_else(|| {
            fault(
                "number",
                column,
                &format!("`{text}` is no amount of at most two decimals"),
            )
        })
    }

    fn arrival(&self) -> Read<NaiveDate> {
        let (month, day) = (self.field(Column::Month), self.count(Column::Day)?);
        let year = self.count(Column::Year)?;
        let number = MONTHS
            .iter()
            .position(|name| name.eq_ignore_ascii_case(month));
        let number = number
            .and_then(|place| u32::try_from(place + 1).ok())
            .ok_or_else(|| {
                fault(
                    "word",
                    Column::Month,
                    &format!("`{month}` is no English name of a month"),
                )
            })?;
        let found = i32::try_from(year)
            .ok()
            .filter(|year| (1..=9999).contains(year))
            .zip(u32::try_from(day).ok());
        found
            .and_then(|(year, day)| NaiveDate::from_ymd_opt(year, number, day))
            .ok_or_else(|| fault("date", Column::Day, &no_date(day, month, year)))
    }

    fn booked(&self, arrival: NaiveDate) -> Read<NaiveDate> {
        let lead = self.count(Column::LeadTime)?;
        let days = Days::new(u64::try_from(lead).unwrap_or_default());
        let booked = arrival
            .checked_sub_days(days)
            .filter(|day| *day >= FIRST_DAY);
        booked.ok_or_else(|| fault("date", Column::LeadTime, "leads back before the year 1"))
    }

    fn ending(&self) -> Read<Ending> {
        match self.field(Column::Status) {
            "Check-Out" => Ok(Ending::CheckedOut),
            "Canceled" => Ok(Ending::Cancelled),
            "No-Show" => Ok(Ending::NoShow),
            other => Err(fault(
                "word",
                Column::Status,
                &format!("`{other}` is none of `Check-Out`, `Canceled`, `No-Show`"),
            )),
        }
    }

    fn deposit(&self) -> Read<Deposit> {
        match self.field(Column::Deposit) {
            "No Deposit" => Ok(Deposit::None),
            "Non Refund" => Ok(Deposit::NonRefund),
            "Refundable" => Ok(Deposit::Refundable),
            other => Err(fault(
                "word",
                Column::Deposit,
                &format!("`{other}` is none of `No Deposit`, `Non Refund`, `Refundable`"),
            )),
        }
    }
}

fn no_date(day: i64, month: &str, year: i64) -> String {
    format!("there is no {day} {month} {year}")
}

fn narrow(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Cents, exactly: no binary fraction comes near the money.
fn cents(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 2 {
        return None;
    }
    let hundredths: i64 = format!("{fraction:0<2}").parse().ok()?;
    let cents = whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(hundredths)?;
    (cents <= CENTS_MAX).then_some(if negative { -cents } else { cents })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent() {
        for (text, expected) in [
            ("0", 0),
            ("75", 7_500),
            ("98.1", 9_810),
            ("107.42", 10_742),
            ("107.4200", 10_742),
            ("-6.38", -638),
            ("5400", 540_000),
            ("0.29", 29),
        ] {
            assert_eq!(cents(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1.234",
            "1e2",
            "1,5",
            "+1",
            "NaN",
            "99999999999999",
        ] {
            assert_eq!(cents(text), None, "{text}");
        }
    }
}
