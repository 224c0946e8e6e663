//! Ids that follow from the content and the row, so that the same row is the same booking however
//! often it is tried.

use chrono::{DateTime, Utc};
use commands::{Context, Who};
use domain::Origin;
use domain::id::{BookingId, BuildingId, ContactId, ListingId, PaymentId, RefundId, UserId};
use uuid::Uuid;

/// The space of the ids of imports; never changed.
const IMPORTS: Uuid = Uuid::from_u128(0x6b0e_5c1f_4d0a_4c83_9a57_2f7b_61d8_e3c4);

/// The ids of one import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The import itself.
    pub import: Uuid,
}

impl Ids {
    /// The ids of the import of a content.
    pub fn of(sha256: [u8; 32]) -> Self {
        Self {
            import: Uuid::new_v5(&IMPORTS, &sha256),
        }
    }

    /// The ids of the import of a content as a file of `kind`.
    pub fn of_kind(kind: &str, sha256: [u8; 32]) -> Self {
        let name = [kind.as_bytes(), b":", &sha256].concat();
        Self {
            import: Uuid::new_v5(&IMPORTS, &name),
        }
    }

    /// A command of this import that was true at `at`.
    pub fn context(self, command: Uuid, at: DateTime<Utc>) -> Context {
        Context {
            correlation_id: self.import,
            origin: Origin::Import(self.import),
            ..Context::new(Who::Operator, at, command)
        }
    }

    /// The id of the `what` (a noun) that the file calls `which`.
    pub fn id(self, what: &str, which: impl std::fmt::Display) -> Uuid {
        Uuid::new_v5(&self.import, format!("{what}:{which}").as_bytes())
    }

    /// Whom the buildings belong to when nobody was named.
    pub fn nobody(self) -> UserId {
        self.id("user", "nobody").into()
    }

    /// A hotel.
    pub fn building(self, hotel: &str) -> BuildingId {
        self.id("building", hotel).into()
    }

    /// A room type; the length in front keeps two pairs of names from meeting in one.
    pub fn listing(self, hotel: &str, room: &str) -> ListingId {
        self.id("listing", format_args!("{}:{hotel}:{room}", hotel.len()))
            .into()
    }

    /// The booking of a row.
    pub fn booking(self, row: i64) -> BookingId {
        self.id("booking", row).into()
    }

    /// The guest of a row.
    pub fn contact(self, row: i64) -> ContactId {
        self.id("contact", row).into()
    }

    /// The payment of a row.
    pub fn payment(self, row: i64) -> PaymentId {
        self.id("payment", row).into()
    }

    /// The refund of a row.
    pub fn refund(self, row: i64) -> RefundId {
        self.id("refund", row).into()
    }

    /// The command of a step, by which its events can be traced to it.
    pub fn command(self, step: i64) -> Uuid {
        self.id("command", step)
    }

    /// A command that is no step of a row.
    pub fn set_up(self, what: Uuid) -> Uuid {
        self.id("set-up", what)
    }
}
