//! What queries answer: the fields that clients are promised, whatever a read model keeps.

use domain::Money;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::Past;

/// Declares what is answered instead of a row: the fields with what is said of each, and where
/// nothing else is said, as the row has them. Amounts borrow the currency: it stands after them.
macro_rules! views {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident of $row:ident: $from:ty {
            $( $(#[$fmeta:meta])* $field:ident: $type:ty $(= $value:expr)? ),* $(,)?
        }
    )+) => { $(
        #[derive(Clone, Debug, ::serde::Serialize, ::utoipa::ToSchema)]
        $(#[$meta])*
        $vis struct $name {
            $( $(#[$fmeta])* pub $field: $type ),*
        }

        impl From<$from> for $name {
            fn from($row: $from) -> Self {
                Self { $( $field: $crate::view::value!($row $field $($value)?) ),* }
            }
        }
    )+ };
}

/// What a field of a view is: what is said, or the field of the row with its name.
macro_rules! value {
    ($row:ident $field:ident) => {
        $row.$field
    };
    ($row:ident $field:ident $value:expr) => {
        $value
    };
}

pub(crate) use {value, views};

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    /// In minor units: 12550 is 125.50 in a currency of two decimals.
    #[schema(example = 12550)]
    amount: i64,
    /// A currency of ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

impl Amount {
    /// So many minor units of `currency`.
    pub fn of(amount: i64, currency: &str) -> Self {
        Self {
            amount,
            currency: currency.to_owned(),
        }
    }
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self::of(money.amount, money.currency.code())
    }
}

/// A thing as it is; or as it was, where a moment of the past is named.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes the two answers of a route")]
pub enum Seen<T> {
    /// As it is.
    Now(T),
    /// As it was.
    Then(Past),
}
