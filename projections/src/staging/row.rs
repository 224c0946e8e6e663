//! A row of a file, as it was read.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

/// When a booking was paid, and whether the money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Deposit {
    /// Paid when the guests leave.
    None,
    /// Paid in advance, kept on a cancellation.
    NonRefund,
    /// Paid in advance, given back on a cancellation.
    Refundable,
}

/// What became of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Ending {
    /// The guests have been and gone.
    CheckedOut,
    /// It was called off.
    Cancelled,
    /// The guests never came.
    NoShow,
}

/// What a row says of a booking, with the instants of its steps.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Stay {
    /// The hotel.
    pub hotel: String,
    /// The room type that was reserved.
    pub room: String,
    /// The first night.
    pub arrival: NaiveDate,
    /// How many nights; 0 is for the rules to refuse.
    pub nights: i32,
    /// How many adults come.
    pub adults: i32,
    /// How many children come.
    pub children: i32,
    /// How many babies come.
    pub babies: i32,
    /// The price of a night in cents; below zero is for the rules to refuse.
    pub rate_cents: i64,
    /// Where the guests come from.
    pub country: Option<String>,
    /// How it was booked.
    pub channel: Option<String>,
    /// The segment of the market.
    pub segment: Option<String>,
    /// When it was paid.
    pub deposit: Deposit,
    /// What became of it.
    pub ending: Ending,
    /// When it was booked.
    pub booked_at: DateTime<Utc>,
    /// When it was paid in advance, if it was.
    pub paid_at: Option<DateTime<Utc>>,
    /// When it came to its end.
    pub ended_at: DateTime<Utc>,
    /// When it was paid at check-out, if it was.
    pub settled_at: Option<DateTime<Utc>>,
}

/// Why a row could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A `snake_case` word.
    pub code: &'static str,
    /// A sentence that names the field.
    pub detail: String,
}

/// A row as it is staged.
#[derive(Clone, Debug, PartialEq)]
pub struct StagedRow {
    /// Its number, from 1, without the header.
    pub row: i64,
    /// The line that it begins on.
    pub line: i64,
    /// Equal for rows whose trimmed fields are equal, in any file.
    pub digest: Uuid,
    /// The row as it stands in the file.
    pub record: String,
    /// What it says, or why it could not be read. What is no stay is read again from the record
    /// when it is its turn.
    pub said: Result<Option<Stay>, Fault>,
}

/// A row as the table has it.
#[derive(Serialize)]
pub(super) struct Columns<'a> {
    import_id: Uuid,
    row: i64,
    line: i64,
    digest: Uuid,
    record: &'a str,
    fault: Option<&'a str>,
    fault_detail: Option<&'a str>,
    #[serde(flatten)]
    stay: Option<&'a Stay>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(import_id: Uuid, staged: &'a StagedRow) -> Self {
        let fault = staged.said.as_ref().err();
        Self {
            import_id,
            row: staged.row,
            line: staged.line,
            digest: staged.digest,
            record: &staged.record,
            fault: fault.map(|fault| fault.code),
            fault_detail: fault.map(|fault| fault.detail.as_str()),
            stay: staged.said.as_ref().ok().and_then(Option::as_ref),
        }
    }
}
