//! How the plain types are read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{Faults, Fields, FromJson, Pointer, Tree};
use crate::config::Secret;
use crate::time::to_micros;
use domain::{Currency, Money};

fn wrong_type<T>(
    tree: &Tree<'_>,
    wanted: &str,
    at: &Pointer<'_>,
    faults: &mut Faults,
) -> Option<T> {
    faults.add(
        at,
        "wrong_type",
        format!("Here stands {}, not {wanted}.", tree.kind()),
    );
    None
}

impl FromJson for String {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        match tree {
            Tree::Text(text) => Some(text),
            other => wrong_type(&other, "a text", at, faults),
        }
    }
}

impl FromJson for Secret {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        String::from_json(tree, at, faults).map(Self::from)
    }
}

impl FromJson for bool {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        match tree {
            Tree::Bool(truth) => Some(truth),
            other => wrong_type(&other, "true or false", at, faults),
        }
    }
}

/// Leaving a field out is how one says nothing; `null` would say the same in a second way.
impl<T: FromJson> FromJson for Option<T> {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        T::from_json(tree, at, faults).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        let Tree::List(items) = tree else {
            return wrong_type(&tree, "a list", at, faults);
        };
        // Every item is read before the first bad one spoils the list, so that all are told.
        let read: Vec<Option<T>> = items
            .into_iter()
            .enumerate()
            .map(|(i, item)| T::from_json(item, &at.index(i), faults))
            .collect();
        read.into_iter().collect()
    }
}

impl<T: FromJson + Ord> FromJson for BTreeSet<T> {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        Vec::from_json(tree, at, faults).map(|items| items.into_iter().collect())
    }
}

/// Whole numbers: as wide as the type, and written as one (not `1.0`, not `1e3`).
macro_rules! whole_numbers {
    ($($type:ty),+) => { $(
        impl FromJson for $type {
            fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
                let Tree::Number(digits) = tree else {
                    return wrong_type(&tree, "a whole number", at, faults);
                };
                if digits.contains(['.', 'e', 'E']) {
                    faults.add(at, "wrong_type", "Here stands a fraction, not a whole number.");
                    return None;
                }
                digits.parse().ok().or_else(|| {
                    let detail =
                        format!("The number must be from {} to {}.", <$type>::MIN, <$type>::MAX);
                    faults.add(at, "out_of_range", detail);
                    None
                })
            }
        }
    )+ };
}
whole_numbers!(i64, i32, i16, u32, u16, u8);

/// Types that are written as a text of a certain form.
macro_rules! texts {
    ($($type:ty, $code:literal, $wanted:literal, $read:expr;)+) => { $(
        impl FromJson for $type {
            fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
                let Tree::Text(text) = tree else {
                    return wrong_type(&tree, concat!("a text with ", $wanted), at, faults);
                };
                let read: fn(&str) -> Option<$type> = $read;
                read(&text).or_else(|| {
                    faults.add(at, $code, concat!("This is not ", $wanted, "."));
                    None
                })
            }
        }
    )+ };
}
texts! {
    Uuid, "not_an_id", "an id (a UUID)", |text| text.parse().ok();
    NaiveDate, "not_a_date", "a date such as 2027-04-30", date;
    DateTime<Utc>, "not_an_instant", "an instant such as 2027-04-30T12:00:00Z", instant;
    Tz, "unknown_time_zone", "a time zone such as Europe/Lisbon", |text| text.parse().ok();
    Currency, "unknown_currency", "a currency of ISO 4217 such as EUR", |text| text.parse().ok();
}

/// A date as ISO writes it; chrono alone would let `2027-4-3` and a sign pass.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    shaped
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
}

/// An instant of RFC 3339, cut to what is kept.
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| to_micros(at.with_timezone(&Utc)))
}

impl FromJson for Money {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        let mut fields = Fields::of(tree, at, faults)?;
        let amount = fields.take("amount", faults);
        let currency = fields.take("currency", faults);
        fields.finish(faults);
        Some(Self::new(amount?, currency?))
    }
}

/// Ids of the domain are read as the UUIDs that they are.
macro_rules! ids {
    ($($type:ty),+) => { $(
        impl FromJson for $type {
            fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
                Uuid::from_json(tree, at, faults).map(Self::from)
            }
        }
    )+ };
}
ids!(
    domain::id::UserId,
    domain::id::SessionId,
    domain::id::BuildingId,
    domain::id::LotId,
    domain::id::EquipmentId,
    domain::id::MeterId,
    domain::id::ListingId,
    domain::id::BookingId,
    domain::id::FileId,
    domain::id::IncidentId,
    domain::id::PaymentId,
    domain::id::BlockId,
    domain::id::ContactId
);

/// An hour of the day, to the minute or to the second.
impl FromJson for NaiveTime {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        let text = String::from_json(tree, at, faults)?;
        let read = ["%H:%M", "%H:%M:%S"]
            .iter()
            .find_map(|f| Self::parse_from_str(&text, f).ok());
        if read.is_none() {
            faults.add(at, "not_a_time", "This is not a time of day such as 15:00.");
        }
        read
    }
}

/// Named values; an object of any keys.
impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        let Tree::Object(members) = tree else {
            return wrong_type(&tree, "an object", at, faults);
        };
        // Every member is read before the first bad one spoils the map, so that all are told.
        let read: Vec<Option<(String, T)>> = members
            .into_iter()
            .map(|(key, member)| {
                let value = T::from_json(member, &at.key(&key), faults);
                value.map(|value| (key, value))
            })
            .collect();
        read.into_iter().collect()
    }
}
