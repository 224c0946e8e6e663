//! How the value of a parameter is read.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::json::date;
use crate::json::instant;

/// A type that the value of a parameter can be read into.
pub trait FromText: Sized {
    /// Reads `text`; the error is a code and a sentence.
    fn from_text(text: &str) -> Result<Self, (&'static str, String)>;
}

/// Declares how types are read that have one form.
macro_rules! values {
    ($($type:ty, $code:literal, $wanted:literal, $read:expr;)+) => { $(
        impl FromText for $type {
            fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
                let read: fn(&str) -> Option<$type> = $read;
                read(text).ok_or_else(|| ($code, concat!("This is not ", $wanted, ".").to_owned()))
            }
        }
    )+ };
}
values! {
    String, "nul_in_text", "a text without NUL", |t| (!t.contains('\0')).then(|| t.to_owned());
    bool, "wrong_type", "`true` or `false`", |t| t.parse().ok();
    i64, "wrong_type", "a whole number", |t| t.parse().ok();
    u32, "wrong_type", "a whole number from 0 to 4294967295", |t| t.parse().ok();
    Uuid, "not_an_id", "an id (a UUID)", |t| t.parse().ok();
    NaiveDate, "not_a_date", "a date such as 2027-04-30", date;
    DateTime<Utc>, "not_an_instant", "an instant such as 2027-04-30T12:00:00Z", instant;
    domain::Currency, "unknown_currency", "a currency of ISO 4217 such as EUR", |t| t.parse().ok();
}

/// Ids of the domain are read as the UUIDs that they are.
macro_rules! ids {
    ($($type:ty),+) => { $(
        impl FromText for $type {
            fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
                Uuid::from_text(text).map(Self::from)
            }
        }
    )+ };
}
ids!(
    domain::id::UserId,
    domain::id::BuildingId,
    domain::id::EquipmentId,
    domain::id::LotId,
    domain::id::ListingId,
    domain::id::PlanId,
    domain::id::BookingId,
    domain::id::PaymentId,
    domain::id::FileId,
    domain::id::ExportId,
    domain::id::ImportId,
    domain::id::IncidentId,
    domain::id::MeterId,
    domain::id::OutageId,
    domain::id::ShareTableId,
    domain::id::SlaPolicyId,
    domain::id::WorkOrderId
);

impl FromText for domain::file::FileOwner {
    fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
        let (noun, id) = text.split_once(':').unwrap_or((text, ""));
        let owner = id.parse().ok().and_then(|id| Self::of(noun, id));
        owner.ok_or_else(|| {
            let wanted =
                "This is not a noun that has files and an id, such as `building:` and one.";
            ("not_an_owner", wanted.to_owned())
        })
    }
}
