//! Listings, described in words.

use std::future::IntoFuture;
use std::pin::Pin;

use serde_json::{Value, json};

use crate::{House, Person};

/// A stay in Lisbon at 100.00 EUR a night and 25.00 EUR for the cleaning, booked at once unless it
/// is said otherwise. To be awaited; what comes is its id.
#[derive(Clone, Debug)]
pub struct ListingBuilder<'a> {
    host: &'a Person,
    body: Value,
    publish: bool,
}

impl House {
    /// A listing of `host`.
    pub fn listing<'a>(&self, host: &'a Person) -> ListingBuilder<'a> {
        host.listing()
    }
}

impl Person {
    /// A listing of this host.
    pub fn listing(&self) -> ListingBuilder<'_> {
        let body = json!({
            "title": "A room over the river",
            "description": "Two windows, one of them round.",
            "units": 1,
            "max_guests": 4,
            "pricing": {
                "nightly_price": {"amount": 10_000, "currency": "EUR"},
                "cleaning_fee": {"amount": 2_500, "currency": "EUR"},
            },
            "policy": "flexible",
            "time_zone": "Europe/Lisbon",
            "instant": true,
        });
        ListingBuilder {
            host: self,
            body,
            publish: true,
        }
    }
}

impl ListingBuilder<'_> {
    /// So many identical units.
    #[must_use]
    pub fn units(self, units: u32) -> Self {
        self.but("units", json!(units))
    }

    /// A night costs this, and nothing else does.
    #[must_use]
    pub fn price(self, amount: i64, currency: &str) -> Self {
        let price = json!({"nightly_price": {"amount": amount, "currency": currency}});
        self.but("pricing", price)
    }

    /// The host has to say yes to each request.
    #[must_use]
    pub fn on_request(self) -> Self {
        self.but("instant", json!(false))
    }

    /// Nobody but the host may see it.
    #[must_use]
    pub fn draft(self) -> Self {
        Self {
            publish: false,
            ..self
        }
    }

    /// With this field.
    #[must_use]
    pub fn but(mut self, field: &str, value: Value) -> Self {
        self.body[field] = value;
        self
    }

    /// The body by which it is created.
    pub fn body(&self) -> &Value {
        &self.body
    }
}

impl<'a> IntoFuture for ListingBuilder<'a> {
    type Output = String;
    type IntoFuture = Pin<Box<dyn Future<Output = String> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let created = self.host.post("/listings", &self.body).await.expect(201);
            let listing = created.id();
            if self.publish {
                let publish = format!("/listings/{listing}/publish");
                self.host.act(&publish).await.expect(200);
            }
            listing
        })
    }
}
