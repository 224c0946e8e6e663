//! The rows of facts; what each column means is said in the schema, for those who ask in SQL.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::row::{Row, Table};

crate::row! {
    /// A booking in figures.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[expect(missing_docs, reason = "each column is explained in schema.sql")]
    pub struct BookingFact {
        pub id: Uuid,
        pub hotel_id: Uuid,
        pub listing_id: Uuid,
        pub host_id: Uuid,
        pub channel: String,
        pub segment: Option<String>,
        pub country: Option<String>,
        pub guest_kind: String,
        pub price_kind: String,
        pub terms: String,
        pub policy: String,
        pub booked_on: NaiveDate,
        pub arrival_on: NaiveDate,
        pub departure_on: NaiveDate,
        pub arrival_month: NaiveDate,
        pub lead_days: i64,
        pub nights: i64,
        pub units: u32,
        pub room_nights: i64,
        pub adults: u32,
        pub children: u32,
        pub babies: u32,
        pub guests: u64,
        pub status: String,
        pub ended_on: Option<NaiveDate>,
        pub time_zone: String,
        pub currency: String,
        pub nights_amount: i64,
        pub discount: i64,
        pub room_revenue: i64,
        pub cleaning_fee: i64,
        pub service_fee: i64,
        pub total: i64,
        pub kept: Option<i64>,
        pub refunded: Option<i64>,
        pub reference: Option<String>,
        pub origin: String,
    }
}

impl Row for BookingFact {
    const TABLE: Table = Table::by_id("booking_fact", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// A night of a booking in figures.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[expect(missing_docs, reason = "each column is explained in schema.sql")]
    pub struct BookingNightFact {
        pub booking_id: Uuid,
        pub night: NaiveDate,
        pub hotel_id: Uuid,
        pub listing_id: Uuid,
        pub units: u32,
        pub currency: String,
        pub amount: i64,
    }
}

impl Row for BookingNightFact {
    const TABLE: Table = Table::by_id("booking_night_fact", &["booking_id", "night"]);
    type Key = (Uuid, NaiveDate);

    fn key(&self) -> (Uuid, NaiveDate) {
        (self.booking_id, self.night)
    }
}

crate::row! {
    /// A movement of money in figures.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[expect(missing_docs, reason = "each column is explained in schema.sql")]
    pub struct PaymentFact {
        pub payment_id: Uuid,
        pub entry_id: Uuid,
        pub kind: String,
        pub booking_id: Uuid,
        pub refund_id: Option<Uuid>,
        pub day: NaiveDate,
        pub occurred_at: DateTime<Utc>,
        pub currency: String,
        pub amount: i64,
        pub origin: String,
    }
}

impl Row for PaymentFact {
    const TABLE: Table = Table::by_id("payment_fact", &["payment_id", "entry_id"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.payment_id, self.entry_id)
    }
}
