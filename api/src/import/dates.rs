//! Days and instants as people and programs write them. A file has one order of day and month,
//! which is found from all of its rows before any of them is read.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::ImportError;
use super::fields::FIRST_DAY;
use super::reader::{Form, Rows};
use super::source::Source;

/// Which stands first in a day such as `4/1/2016`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DateOrder {
    /// The day: the 4th of January.
    #[default]
    DayFirst,
    /// The month: the 1st of April.
    MonthFirst,
}

impl DateOrder {
    /// A stable word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DayFirst => "day_first",
            Self::MonthFirst => "month_first",
        }
    }

    /// The order with this word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::DayFirst, Self::MonthFirst]
            .into_iter()
            .find(|order| order.as_str() == word)
    }

    /// How a day is written in it.
    pub fn form(self) -> &'static str {
        match self {
            Self::DayFirst => "D/M/YYYY",
            Self::MonthFirst => "M/D/YYYY",
        }
    }
}

/// A day; one with midnight behind it is one too.
pub fn day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let (date, time) = parts(text);
    let midnight = time.is_none_or(|time| time_of(time) == Some(NaiveTime::MIN));
    date_of(date, order).filter(|_| midnight)
}

/// An instant: a day and a time of day.
pub fn instant(text: &str, order: DateOrder) -> Option<NaiveDateTime> {
    let (date, time) = parts(text);
    Some(date_of(date, order)?.and_time(time_of(time?)?))
}

fn parts(text: &str) -> (&str, Option<&str>) {
    match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, Some(time.trim())),
        None => (text, None),
    }
}

/// The three numbers of a day, and whether day and month stand in an order of the file's own.
struct Numbers {
    parts: [u32; 3],
    year_first: bool,
    ordered: bool,
}

fn numbers(date: &str) -> Option<Numbers> {
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let mut texts = date.split(separator);
    let three = [texts.next()?, texts.next()?, texts.next()?];
    let year_first = three[0].len() == 4;
    let fits = match three.map(str::len) {
        [4, 2, 2] => separator != '.',
        [1 | 2, 1 | 2, 4] => true,
        _ => false,
    };
    let digits = three
        .iter()
        .all(|text| text.bytes().all(|b| b.is_ascii_digit()));
    if !fits || !digits || texts.next().is_some() {
        return None;
    }
    Some(Numbers {
        parts: [
            three[0].parse().ok()?,
            three[1].parse().ok()?,
            three[2].parse().ok()?,
        ],
        year_first,
        // With points the day stands first everywhere.
        ordered: !year_first && separator != '.',
    })
}

fn date_of(date: &str, order: DateOrder) -> Option<NaiveDate> {
    let Numbers {
        parts: [a, b, c],
        year_first,
        ordered,
    } = numbers(date)?;
    let (year, month, day) = match order {
        _ if year_first => (a, b, c),
        DateOrder::MonthFirst if ordered => (c, a, b),
        _ => (c, b, a),
    };
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    day.filter(|day| *day >= FIRST_DAY)
}

/// A time of day: `6:00`, `06:00:00`, `6:00:00 AM`.
fn time_of(time: &str) -> Option<NaiveTime> {
    let (digits, half) = match time.split_at_checked(time.len().saturating_sub(2)) {
        Some((digits, half)) if half.eq_ignore_ascii_case("am") => (digits.trim_end(), Some(0)),
        Some((digits, half)) if half.eq_ignore_ascii_case("pm") => (digits.trim_end(), Some(12)),
        _ => (time, None),
    };
    let whole = match digits.matches(':').count() {
        1 => format!("{digits}:00"),
        _ => digits.to_owned(),
    };
    let (hour, rest) = whole.split_once(':')?;
    if hour.is_empty() || hour.len() > 2 {
        return None;
    }
    let hour: u32 = hour.parse().ok()?;
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
    };
    NaiveTime::parse_from_str(&format!("{hour:02}:{rest}"), "%H:%M:%S%.f").ok()
}

/// What the rows say about the order of day and month.
#[derive(Debug, Default)]
struct Seen {
    day_first: Option<(i64, String)>,
    month_first: Option<(i64, String)>,
    either: Option<(i64, String)>,
}

impl Seen {
    fn see(&mut self, row: i64, text: &str) {
        let Some(Numbers {
            parts: [a, b, _],
            ordered: true,
            ..
        }) = numbers(parts(text).0)
        else {
            return;
        };
        let place = match (a > 12, b > 12) {
            (true, false) => &mut self.day_first,
            (false, true) => &mut self.month_first,
            (false, false) if a != b => &mut self.either,
            _ => return,
        };
        if place.is_none() {
            *place = Some((row, text.to_owned()));
        }
    }

    fn order(self, name: &str, asked: Option<DateOrder>) -> Result<Option<DateOrder>, ImportError> {
        let name = name.to_owned();
        match (asked, self) {
            (
                _,
                Self {
                    day_first: None,
                    month_first: None,
                    either: None,
                },
            ) => Ok(None),
            (Some(asked), _) => Ok(Some(asked)),
            (
                None,
                Self {
                    day_first: Some(day_first),
                    month_first: Some(month_first),
                    ..
                },
            ) => Err(ImportError::DatesDiffer {
                name,
                day_first,
                month_first,
            }),
            (
                None,
                Self {
                    day_first: Some(_), ..
                },
            ) => Ok(Some(DateOrder::DayFirst)),
            (
                None,
                Self {
                    month_first: Some(_),
                    ..
                },
            ) => Ok(Some(DateOrder::MonthFirst)),
            (
                None,
                Self {
                    either: Some((row, text)),
                    ..
                },
            ) => Err(ImportError::DatesAmbiguous { name, row, text }),
        }
    }
}

/// The order of day and month in `source`, as its rows say or as was `asked`; `None` where no day
/// depends on it.
pub(super) fn find(
    source: &Source,
    form: Form,
    asked: Option<DateOrder>,
) -> Result<Option<DateOrder>, ImportError> {
    let dates = form.dates;
    if dates.is_empty() {
        return Ok(None);
    }
    let (mut rows, mut seen) = (Rows::open(source, form, None)?, Seen::default());
    while let Some((row, fields)) = rows.next_fields(dates)? {
        for text in fields {
            seen.see(row, text);
        }
    }
    seen.order(source.name(), asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ymd(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, month, day)
    }

    #[test]
    fn days_are_read_in_the_order_of_the_file() {
        let (day_first, month_first) = (DateOrder::DayFirst, DateOrder::MonthFirst);
        for (text, order, found) in [
            ("2016-06-14", month_first, ymd(2016, 6, 14)),
            ("2016/06/14", day_first, ymd(2016, 6, 14)),
            ("6/14/2016", month_first, ymd(2016, 6, 14)),
            ("4/1/2016", month_first, ymd(2016, 4, 1)),
            ("4/1/2016", day_first, ymd(2016, 1, 4)),
            ("29-02-2016", day_first, ymd(2016, 2, 29)),
            ("04.01.2016", month_first, ymd(2016, 1, 4)),
            ("2016-06-14 00:00:00", day_first, ymd(2016, 6, 14)),
            ("2016-06-14T00:00", day_first, ymd(2016, 6, 14)),
            ("6/14/2016", day_first, None),
            ("29-02-2016", month_first, None),
            ("30.02.2016", day_first, None),
            ("2016-6-14", day_first, None),
            ("14/6/16", day_first, None),
            ("0000-01-01", day_first, None),
            ("2016-06-14 06:00", day_first, None),
            ("2016-06/14", day_first, None),
            ("2016-06-14-1", day_first, None),
            ("42535", day_first, None),
            ("", day_first, None),
        ] {
            assert_eq!(day(text, order), found, "{text}");
        }
    }

    #[test]
    fn instants_have_a_time_of_day() {
        for (text, time) in [
            ("2015-02-01 06:00:00", Some((6, 0, 0))),
            ("2015-02-01T06:00:00.000", Some((6, 0, 0))),
            ("1/2/2015 6:00", Some((6, 0, 0))),
            ("01-02-2015 01:16", Some((1, 16, 0))),
            ("1/2/2015 6:05:09 PM", Some((18, 5, 9))),
            ("1/2/2015 12:00 am", Some((0, 0, 0))),
            ("2015-02-01", None),
            ("2015-02-01 24:00", None),
            ("2015-02-01 13:00 PM", None),
            ("2015-02-01 6", None),
        ] {
            let found = time.and_then(|(h, m, s)| ymd(2015, 2, 1)?.and_hms_opt(h, m, s));
            assert_eq!(instant(text, DateOrder::DayFirst), found, "{text}");
        }
    }

    #[test]
    fn the_rows_of_a_file_say_its_order_or_the_flag_does() {
        let order = |texts: &[&str], asked| {
            let mut seen = Seen::default();
            for (row, text) in (1..).zip(texts) {
                seen.see(row, text);
            }
            seen.order("a.csv", asked)
                .map_err(|error| error.to_string())
        };
        let (day_first, month_first) = (Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst));
        assert_eq!(order(&["4/1/2016", "29/2/2016 08:00"], None), Ok(day_first));
        assert_eq!(order(&["4/1/2016", "2/29/2016"], None), Ok(month_first));
        assert_eq!(
            order(&["2016-02-29", "04.01.2016", "4/4/2016", "x"], None),
            Ok(None)
        );
        let ambiguous = order(&["2/2/2016", "4/1/2016"], None).unwrap_err();
        for part in [
            "row 2",
            "`4/1/2016`",
            "--dates day-first",
            "dates=day_first",
        ] {
            assert!(ambiguous.contains(part), "{ambiguous}");
        }
        assert_eq!(order(&["4/1/2016"], month_first), Ok(month_first));
        let differ = order(&["29/2/2016", "2/29/2016"], None).unwrap_err();
        for part in ["row 1", "`29/2/2016`", "row 2", "`2/29/2016`"] {
            assert!(differ.contains(part), "{differ}");
        }
    }
}
