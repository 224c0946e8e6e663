//! What a cell shows, as text.

/// How the numbers of a cell are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As a number.
    Number,
    /// As a number with this many signs `%`, of which each multiplies it by 100.
    Percent(u8),
    /// As a day, a time of day, or both.
    Time,
    /// As hours, minutes or seconds that go beyond a day.
    Duration,
}

/// How numbers are shown by a format, such as `0.00%` or `yyyy-mm-dd` (ECMA-376 part 1, 18.8.31).
/// The first section counts: that of numbers above zero.
pub(super) fn shown_by(format: &str) -> Shown {
    let (mut percents, mut time) = (0_u8, false);
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // The next character stands for itself, or for a width.
            '\\' | '_' | '*' => drop(chars.next()),
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let inside = inside.to_ascii_lowercase();
                let first = inside.chars().next().unwrap_or_default();
                if matches!(first, 'h' | 'm' | 's') && inside.chars().all(|c| c == first) {
                    return Shown::Duration;
                }
            }
            ';' => break,
            '%' => percents = percents.saturating_add(1),
            'd' | 'D' | 'm' | 'M' | 'h' | 'H' | 'y' | 'Y' | 's' | 'S' => time = true,
            // `General` has letters, of which none is one of those.
            'G' | 'g' if skip(&mut chars, "eneral") => {}
            _ => {}
        }
    }
    match (time, percents) {
        (true, _) => Shown::Time,
        (false, 0) => Shown::Number,
        (false, percents) => Shown::Percent(percents),
    }
}

fn skip(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, word: &str) -> bool {
    let mut ahead = chars.clone();
    let is_there = word
        .chars()
        .all(|c| ahead.next().is_some_and(|a| a.eq_ignore_ascii_case(&c)));
    if is_there {
        *chars = ahead;
    }
    is_there
}

/// How numbers are shown by a format that every program knows by its number (18.8.30).
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent(1),
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Time,
        46 => Shown::Duration,
        _ => Shown::Number,
    }
}

/// The text of a number in a cell. `from_1904` says from when the workbook counts days.
pub(super) fn text(number: f64, shown: Shown, from_1904: bool) -> String {
    match shown {
        Shown::Number | Shown::Duration => decimal(number, 0),
        Shown::Percent(signs) => {
            let mut text = decimal(number, 2 * i32::from(signs));
            text.extend(std::iter::repeat_n('%', usize::from(signs)));
            text
        }
        Shown::Time => instant(number, from_1904).unwrap_or_else(|| decimal(number, 0)),
    }
}

/// The number in decimal digits, times ten to the power of `shift`: to 15 significant digits, as
/// Excel shows it, without an exponent.
pub(in crate::import) fn decimal(number: f64, shift: i32) -> String {
    if number == 0.0 || !number.is_finite() {
        return if number == 0.0 { "0" } else { "#NUM!" }.to_owned();
    }
    let written = format!("{:.14e}", number.abs());
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits: String = digits.chars().filter(|c| *c != '.').collect();
    let digits = digits.trim_end_matches('0');
    // Where the point stands among the digits.
    let point = exponent.parse::<i32>().unwrap_or_default() + 1 + shift;
    let sign = if number < 0.0 { "-" } else { "" };
    match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{sign}{digits:0<point$}"),
        Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        _ => {
            let zeros = usize::try_from(-point).unwrap_or_default();
            format!("{sign}0.{}{digits}", "0".repeat(zeros))
        }
    }
}

/// A day, a time of day, or both; `None` where the number is none.
fn instant(number: f64, from_1904: bool) -> Option<String> {
    const SECONDS: i64 = 86_400;
    // The last second of the year 9999.
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the number was found to be small"
    )]
    let seconds = (number * 86_400.0).round() as i64;
    let (day, second) = (seconds / SECONDS, seconds % SECONDS);
    let time = (second != 0).then(|| {
        let (minute, hour) = (second / 60 % 60, second / 3_600);
        format!("{hour:02}:{minute:02}:{:02}", second % 60)
    });
    let date = match day {
        // Day 0 of the calendar from 1900 is no day: 1900-01-00.
        0 if !from_1904 => None,
        day => Some(date(day, from_1904)?),
    };
    match (date, time) {
        (Some(date), Some(time)) => Some(format!("{date} {time}")),
        (one, other) => one.or(other),
    }
}

/// The calendar from 1900 has a 29th of February 1900, which was none; days after it are counted
/// one too many.
fn date(day: i64, from_1904: bool) -> Option<String> {
    let first = match (from_1904, day) {
        (true, _) => (1904, 1, 1),
        (false, 60) => return Some("1900-02-29".to_owned()),
        (false, ..60) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    let first = chrono::NaiveDate::from_ymd_opt(first.0, first.1, first.2)?;
    Some(
        first
            .checked_add_signed(chrono::TimeDelta::try_days(day)?)?
            .to_string(),
    )
}

/// Whether the text is what a spreadsheet shows in place of a value: an error, in whatever
/// language, or a column that is too narrow.
pub(in crate::import) fn is_error(text: &str) -> bool {
    /// Those that do not end in `!` or `?`.
    const NOT_AVAILABLE: &[&str] = &[
        "#N/A",
        "#N/D",
        "#N/B",
        "#N/V",
        "#NV",
        "#I/T",
        "#Н/Д",
        "#YOK",
        "#PUUTTUU",
        "#HIÁNYZIK",
        "#NENÍ_K_DISPOZICI",
        "#NEDOSTUPNÝ",
        "#GETTING_DATA",
        "#SAKNAS",
        "#N/T",
    ];
    let Some(rest) = text.strip_prefix('#') else {
        // What LibreOffice writes.
        let number = text.strip_prefix("Err:");
        return number.is_some_and(|n| n.len() == 3 && n.bytes().all(|b| b.is_ascii_digit()));
    };
    let is_word = |c: char| {
        c.is_alphabetic() && !c.is_lowercase() || matches!(c, '/' | '0' | '_' | '¡' | '¿')
    };
    let named = rest.strip_suffix(['!', '?']);
    named.is_some_and(|name| name.chars().count() > 1 && name.chars().all(is_word))
        || NOT_AVAILABLE.contains(&text)
        || (rest.len() > 1 && rest.bytes().all(|b| b == b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_are_shown() {
        for (number, shift, text) in [
            (3.300_000_000_000_000_3, 0, "3.3"),
            (0.1 + 0.2, 0, "0.3"),
            (100.0 / 3.0, 0, "33.3333333333333"),
            (0.3333, 2, "33.33"),
            (0.07, 2, "7"),
            (0.000_07, 2, "0.007"),
            (1.0, 2, "100"),
            (-0.5, 2, "-50"),
            (12.5, 4, "125000"),
            (1e15, 0, "1000000000000000"),
            (7.0, 0, "7"),
            (0.0, 2, "0"),
            (1e-7, 0, "0.0000001"),
        ] {
            assert_eq!(decimal(number, shift), text, "{number}");
        }
    }

    #[test]
    fn formats_say_how_numbers_are_shown() {
        for (format, shown) in [
            ("General", Shown::Number),
            ("0.00", Shown::Number),
            ("0%", Shown::Percent(1)),
            ("0.00 %", Shown::Percent(1)),
            ("#,##0%%", Shown::Percent(2)),
            ("0.0\"%\"", Shown::Number),
            ("0\\%", Shown::Number),
            ("[Red]0%;[Blue]-0%", Shown::Percent(1)),
            ("0;0%", Shown::Number),
            ("[$-407]dd.mm.yyyy", Shown::Time),
            ("yyyy-mm-dd hh:mm", Shown::Time),
            ("[h]:mm:ss", Shown::Duration),
            ("_-* #,##0.00\\ \"d\"_-", Shown::Number),
        ] {
            assert_eq!(shown_by(format), shown, "{format}");
        }
    }

    #[test]
    fn times_are_told_only_where_there_are_any() {
        let at = |number| text(number, Shown::Time, false);
        assert_eq!(at(0.0), "0");
        assert_eq!(at(0.5), "12:00:00");
        assert_eq!(at(1.0), "1900-01-01");
        assert_eq!(at(-1.0), "-1");
        assert_eq!(at(3_000_000.0), "3000000");
        assert_eq!(text(0.0, Shown::Time, true), "1904-01-01");
    }

    #[test]
    fn errors_are_known_in_every_language_of_a_spreadsheet() {
        for error in [
            "#N/A",
            "#REF!",
            "#NAME?",
            "#DIV/0!",
            "#NV",
            "#WERT!",
            "#BEZUG!",
            "#ÜBERLAUF!",
            "#¡VALOR!",
            "#¿NOMBRE?",
            "#Н/Д",
            "#ССЫЛКА!",
            "#VALEUR!",
            "#NOM?",
            "#SPILL!",
            "#GETTING_DATA",
            "Err:502",
            "#####",
        ] {
            assert!(is_error(error), "{error}");
        }
        for text in [
            "#1", "# 1", "#", "##", "Ann", "#Ann!", "#12!", "Err:a", "Hi!", "#A B!",
        ] {
            assert!(!is_error(text), "{text}");
        }
    }
}
