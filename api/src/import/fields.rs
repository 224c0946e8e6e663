//! The fields of a row as what they say, or why they cannot be read.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use csv::ByteRecord;
use domain::text::{self, composed};
use projections::staging::Fault;

use super::columns::{Column, Columns, Placed};
use super::dates;
use super::sheet::value::{self, is_error};

/// What was read, or why it cannot be.
pub type Read<T> = Result<T, Fault>;

/// What programs write for nothing, in any case.
const NOTHING: &[&str] = &["", "na", "n/a", "nan", "<na>", "nat", "null", "none"];

/// The first day that is read as one.
pub const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The fields of one row, which was found to be whole and text.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a, C>(Placed<'a, C>);

impl<'a, C: Column> Fields<'a, C> {
    /// The fields of `record`, which stand where `columns` says, unless something is wrong with it
    /// before any field is looked at.
    pub fn of(columns: &'a Columns, record: &'a ByteRecord) -> Read<Self> {
        check(columns, record)?;
        Ok(Self(Placed::new(columns, record)))
    }

    /// The field of `column`, without the spaces around it.
    pub fn field(&self, column: C) -> &'a str {
        // The whole row was found to be UTF-8 before.
        std::str::from_utf8(self.0.bytes(column)).unwrap_or_default()
    }

    /// A text of one character at least and `chars_max` at most.
    pub fn text(&self, column: C, chars_max: usize) -> Read<String> {
        match self.field(column) {
            "" => Err(fault("empty", column, "is empty")),
            text if text.chars().nth(chars_max).is_some() => {
                let what = format!("is longer than {chars_max} characters");
                Err(fault("too_long", column, &what))
            }
            text => Ok(composed(text).into_owned()),
        }
    }

    /// The label of something, with single spaces, of one character at least and `chars_max` at
    /// most.
    pub fn label(&self, column: C, chars_max: usize) -> Read<String> {
        self.text(column, chars_max).map(|text| text::label(&text))
    }

    /// The text, unless the field is empty or says one of the words that stand for not knowing.
    pub fn known(&self, column: C, unknown: &[&str]) -> Option<String> {
        let word = self.field(column);
        let known = !self.is_unknown(column) && !unknown.contains(&word);
        known.then(|| composed(word).into_owned())
    }

    /// A whole number from 0 to `most`.
    pub fn count(&self, column: C, most: i64) -> Read<i64> {
        let text = self.field(column);
        count(text)
            .filter(|count| *count <= most)
            .ok_or_else(|| fault("number", column, &format!("`{text}` is no such number")))
    }

    /// The same, or nothing where the field is empty.
    pub fn count_if_any(&self, column: C, most: i64) -> Read<Option<i64>> {
        if self.is_unknown(column) {
            return Ok(None);
        }
        self.count(column, most).map(Some)
    }

    /// A day, written `YYYY-MM-DD`, or as the file writes its days.
    pub fn date(&self, column: C) -> Read<NaiveDate> {
        let (text, order) = (self.field(column), self.0.order());
        dates::day(text, order).ok_or_else(|| {
            let form = order.form();
            let what =
                format!("`{text}` is no day of a calendar (YYYY-MM-DD, DD.MM.YYYY or {form})");
            fault("date", column, &what)
        })
    }

    /// A day with a time of day. Files name no zone: it is read as UTC.
    pub fn instant(&self, column: C) -> Read<DateTime<Utc>> {
        let (text, order) = (self.field(column), self.0.order());
        dates::instant(text, order)
            .map(|at| at.and_utc())
            .ok_or_else(|| {
                let form = order.form();
                let what = format!("`{text}` is no instant (YYYY-MM-DD HH:MM:SS or {form} HH:MM)");
                fault("date", column, &what)
            })
    }

    /// What is true or false, in any case.
    pub fn truth(&self, column: C) -> Read<bool> {
        let text = self.field(column);
        let truth = [("true", true), ("false", false)];
        let found = truth
            .into_iter()
            .find(|(word, _)| text.eq_ignore_ascii_case(word));
        found.map(|(_, truth)| truth).ok_or_else(|| {
            let what = format!("`{text}` is neither true nor false");
            fault("word", column, &what)
        })
    }

    /// Whether the field says nothing, or one of the words that programs write for nothing.
    pub fn is_unknown(&self, column: C) -> bool {
        let text = self.field(column);
        NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))
    }

    /// A decimal number in units of its `decimals`th decimal; what comes after that is rounded,
    /// half away from zero.
    pub fn decimal(&self, column: C, decimals: u32) -> Read<i64> {
        let text = self.field(column);
        decimal(text, decimals)
            .ok_or_else(|| fault("number", column, &format!("`{text}` is no decimal number")))
    }
}

/// What is wrong with the field of `column`.
pub fn fault(code: &'static str, column: impl Column, what: &str) -> Fault {
    Fault {
        code,
        detail: format!("`{}`: {what}", column.name()),
    }
}

fn check(columns: &Columns, record: &ByteRecord) -> Read<()> {
    let (has, wants) = (record.len(), columns.count());
    let detail = match columns
        .other_count(record)
        .map(|said| said.split_once(" of "))
    {
        Some(Some((has, wants))) => {
            Some(format!("the row has {has} fields, the header has {wants}"))
        }
        _ if has != wants => Some(format!("the row has {has} fields, the header has {wants}")),
        _ => None,
    };
    if let Some(detail) = detail {
        return Err(Fault {
            code: "field_count",
            detail,
        });
    }
    for (place, field) in record.iter().enumerate() {
        let Ok(text) = std::str::from_utf8(field) else {
            let detail = format!("field {} is not valid UTF-8", place + 1);
            return Err(Fault {
                code: "not_utf8",
                detail,
            });
        };
        if text::trimmed(text).chars().any(char::is_control) {
            let detail = format!("field {} has a control character", place + 1);
            return Err(Fault {
                code: "control_character",
                detail,
            });
        }
    }
    let error = columns
        .fields(record)
        .enumerate()
        .find_map(|(place, field)| {
            let text = std::str::from_utf8(field)
                .ok()
                .filter(|text| is_error(text))?;
            Some(format!(
                "`{}`: `{text}` is an error of a spreadsheet, no value",
                columns.name(place)
            ))
        });
    if let Some(detail) = error {
        return Err(Fault {
            code: "error_value",
            detail,
        });
    }
    Ok(())
}

/// A decimal number of more digits than a program with binary fractions can mean, as it shows it:
/// with 15 significant ones. `3.3000000000000003` is 3.3. All others stay as they are.
pub(super) fn shown_digits(text: &str) -> Cow<'_, str> {
    let digits = text.trim_start_matches('-').trim_start_matches(['0', '.']);
    let is_decimal = text.contains('.')
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let long = digits.bytes().filter(u8::is_ascii_digit).count() > 15;
    match text.parse::<f64>() {
        Ok(number) if is_decimal && long => Cow::Owned(value::decimal(number, 0)),
        _ => Cow::Borrowed(text),
    }
}

/// A whole number of at least 0.
fn count(text: &str) -> Option<i64> {
    // Some programs write every number with a decimal point.
    let digits = text.split_once('.').map_or(text, |(whole, zeros)| {
        if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') {
            whole
        } else {
            text
        }
    });
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// A decimal number in units of its `decimals`th decimal, rounded half away from zero.
pub(super) fn decimal(text: &str, decimals: u32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(decimals as usize));
    let kept: i64 = format!("0{kept:0<width$}", width = decimals as usize)
        .parse()
        .ok()?;
    let up = i64::from(rest.bytes().next().is_some_and(|digit| digit >= b'5'));
    let units = 10_i64.checked_pow(decimals)?;
    let sum = whole.parse::<i64>().ok()?.checked_mul(units)?;
    let sum = sum.checked_add(kept)?.checked_add(up)?;
    Some(if negative { -sum } else { sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_to_the_unit_that_is_asked_for() {
        for (text, decimals, expected) in [
            ("47.6122", 7, 476_122_000),
            ("-122.33799", 7, -1_223_379_900),
            ("47.50061895", 7, 475_006_190),
            ("0.00000005", 7, 1),
            ("0.00000004", 7, 0),
            ("12", 2, 1_200),
            ("12", 0, 12),
            ("12.5", 0, 13),
            ("0.999", 2, 100),
        ] {
            assert_eq!(decimal(text, decimals), Some(expected), "{text}");
        }
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1e2",
            "1,5",
            "+1",
            "NaN",
            "1.2.3",
            "99999999999999999999",
        ] {
            assert_eq!(decimal(text, 7), None, "{text}");
        }
    }

    #[test]
    fn counts_are_whole_and_not_below_zero() {
        for (text, expected) in [("0", 0), ("12", 12), ("12.0", 12), ("007", 7)] {
            assert_eq!(count(text), Some(expected), "{text}");
        }
        for text in ["", "-1", "1.5", "1.", "+1", "1e3", "twelve"] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
