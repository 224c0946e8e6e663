//! What stands in one cell, whatever the file.

use chrono::{DateTime, NaiveDate, Utc};
use domain::Currency;
use serde_json::{Number, Value};

use super::columns::{Column, Kind};

/// What stands in one cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// So many units of which so many decimals are behind the point.
    Decimal(i64, u32),
    /// An instant.
    Instant(DateTime<Utc>),
    /// A day.
    Day(NaiveDate),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// The value of `column` in `item`. What is of another kind than it should be is a text.
    pub(super) fn of(column: &Column, item: &Value) -> Self {
        let Some(value) = item.pointer(column.pointer) else {
            return Self::Empty;
        };
        let of = |number: &Number, decimals| Some(Self::Decimal(number.as_i64()?, decimals));
        let read = match (column.kind, value) {
            (_, Value::Null) => return Self::Empty,
            (Kind::Whole, Value::Number(number)) => number.as_i64().map(Self::Whole),
            (Kind::Thousandths, Value::Number(number)) => of(number, 3),
            (Kind::TenMillionths, Value::Number(number)) => of(number, 7),
            (Kind::Flag, Value::Bool(flag)) => Some(Self::Flag(*flag)),
            (Kind::Instant, Value::String(text)) => text.parse().ok().map(Self::Instant),
            (Kind::Day, Value::String(text)) => text.parse().ok().map(Self::Day),
            (Kind::Money, amount) => money(amount),
            (Kind::Several, several) => Some(Self::Text(joined(several))),
            _ => None,
        };
        read.unwrap_or_else(|| Self::Text(plain(value)))
    }
}

fn money(amount: &Value) -> Option<Cell> {
    let currency: Currency = amount["currency"].as_str()?.parse().ok()?;
    Some(Cell::Decimal(
        amount["amount"].as_i64()?,
        currency.decimals(),
    ))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn joined(value: &Value) -> String {
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}: {}", plain(value)))
            .collect(),
        other => vec![plain(other)],
    };
    parts.join("; ")
}

/// `12550` with 2 decimals as `125.50`, with `point` for the point.
pub(super) fn decimal(units: i64, decimals: u32, point: char) -> String {
    let places = usize::try_from(decimals).unwrap_or_default();
    if places == 0 {
        return units.to_string();
    }
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{whole}{point}{part}")
}
