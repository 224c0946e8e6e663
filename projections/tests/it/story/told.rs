//! One booking, from the request to its end.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::booking::{
    BookingAccepted, BookingCancelled, BookingCompleted, BookingConfirmed, BookingDeclined,
    BookingEvent, BookingExpired, BookingNoShowRecorded, BookingRequested, CancellationPolicy,
    Canceller, Guests, NightLine, Party, PaymentTerms, PolicyTerms, PriceKind, Quote, Source, Tier,
};
use domain::id::{BookingId, BuildingId, ContactId, ListingId, PaymentId, RefundId, UserId};
use domain::inventory::{InventoryConsumed, InventoryEvent, InventoryHeld, InventoryReleased};
use domain::listing::Place;
use domain::payment::{
    Payer, PaymentCreated, PaymentEvent, PaymentRefundRequested, PaymentRefunded, PaymentSucceeded,
};
use domain::{Currency, Personal, Span};
use uuid::Uuid;

use super::{BUILDING, GUEST, HOST, LISBON, eur, words};
use crate::world::{World, id};

/// What becomes of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Pending,
    Declined,
    Expired,
    Confirmed,
    Completed,
    NoShow,
    /// Called off after it was paid; so much goes back.
    Cancelled(i64),
}

/// A booking to be told.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub number: u64,
    pub listing: u64,
    pub arrival: NaiveDate,
    pub nights: u64,
    pub nightly: i64,
    pub fate: Fate,
}

impl Told {
    pub fn stream(&self) -> String {
        format!("booking-{}", id(self.number))
    }

    fn span(&self) -> Span {
        Span::new(
            self.arrival,
            self.arrival
                .checked_add_days(Days::new(self.nights))
                .unwrap(),
        )
    }

    pub fn total(&self) -> i64 {
        self.nightly * i64::try_from(self.nights).unwrap()
    }

    fn payment(&self) -> Uuid {
        id(1_000_000 + self.number)
    }

    fn refund(&self) -> RefundId {
        RefundId(id(2_000_000 + self.number))
    }

    /// Tells it all, with what happens to inventory and payment beside.
    pub async fn tell(&self, world: &World) {
        let now = eventstore::Clock::now(&world.clock);
        world
            .record(
                &self.stream(),
                &BookingEvent::Requested(Box::new(self.requested(now))),
            )
            .await;
        self.hold(world, now).await;
        match self.fate {
            Fate::Pending => {}
            Fate::Declined => {
                let declined = BookingDeclined {
                    reason: Some(words("no")),
                };
                self.end(world, BookingEvent::Declined(declined), Some(false))
                    .await;
            }
            Fate::Expired => {
                let expired = BookingExpired { deadline: now };
                self.end(world, BookingEvent::Expired(expired), Some(false))
                    .await;
            }
            Fate::Confirmed => self.pay(world, now).await,
            Fate::Completed => {
                self.pay(world, now).await;
                self.end(world, BookingEvent::Completed(BookingCompleted {}), None)
                    .await;
            }
            Fate::NoShow => {
                self.pay(world, now).await;
                let no_show = BookingEvent::NoShowRecorded(BookingNoShowRecorded {});
                self.end(world, no_show, None).await;
            }
            Fate::Cancelled(back) => {
                self.pay(world, now).await;
                let cancelled = BookingEvent::Cancelled(self.cancelled(now, back));
                self.end(world, cancelled, Some(true)).await;
                self.give_back(world, back).await;
            }
        }
    }

    fn requested(&self, now: DateTime<Utc>) -> BookingRequested {
        let nights = self.span().days();
        let nights = nights
            .map(|night| NightLine {
                night,
                amount: self.nightly,
            })
            .collect();
        BookingRequested {
            listing: ListingId(id(self.listing)),
            host: UserId(id(HOST)),
            place: Place {
                building: Some(BuildingId(id(BUILDING))),
                lot: None,
            },
            party: self.party(),
            span: self.span(),
            units: 1,
            guests: Guests {
                adults: 2,
                children: 1,
                babies: 0,
            },
            zone: LISBON,
            requested_at: now,
            check_in_at: now,
            check_out_at: now,
            price: PriceKind::Agreed,
            quote: Quote {
                currency: Currency::EUR,
                nights,
                discount: None,
                cleaning_fee: 0,
                service_fee: 0,
                total: self.total(),
            },
            policy: PolicyTerms {
                id: CancellationPolicy::Flexible,
                version: 1,
            },
            terms: PaymentTerms::AtBooking,
            instant: false,
            deadline: Some(now + TimeDelta::minutes(30)),
            source: Source {
                country: Some("PRT".to_owned()),
                channel: (!self.number.is_multiple_of(3))
                    .then(|| format!("channel {}", self.number % 3)),
                ..Source::default()
            },
        }
    }

    fn party(&self) -> Party {
        if self.number.is_multiple_of(2) {
            return Party::User {
                user: UserId(id(GUEST)),
            };
        }
        let contact = ContactId(id(3_000_000 + self.number));
        let name = Some(Personal::new(contact, format!("Guest {}", self.number)));
        Party::Contact {
            contact,
            name,
            email: None,
        }
    }

    fn cancelled(&self, now: DateTime<Utc>, back: i64) -> BookingCancelled {
        BookingCancelled {
            host_fee: None,
            by: Canceller::Guest,
            reason: Some(words("rain")),
            was_confirmed: true,
            cancelled_at: now,
            check_in_at: now,
            policy: PolicyTerms {
                id: CancellationPolicy::Flexible,
                version: 1,
            },
            tier: Tier::Half,
            paid: eur(self.total()),
            kept: eur(self.total() - back),
            refunded: eur(back),
            lines: Vec::new(),
        }
    }

    fn inventory(&self) -> String {
        format!("inventory-{}", id(self.listing))
    }

    async fn hold(&self, world: &World, now: DateTime<Utc>) {
        let held = InventoryHeld {
            guest: None,
            hold: BookingId(id(self.number)),
            span: self.span(),
            units: 1,
            deadline: Some(now + TimeDelta::minutes(30)),
            low_water: now.date_naive(),
        };
        world
            .record(&self.inventory(), &InventoryEvent::Held(held))
            .await;
    }

    async fn pay(&self, world: &World, now: DateTime<Utc>) {
        let stream = format!("payment-{}", self.payment());
        let booking = BookingId(id(self.number));
        let payer = Payer::User(UserId(id(GUEST)));
        let created = PaymentCreated {
            booking,
            payer,
            amount: eur(self.total()),
        };
        world.record(&stream, &PaymentEvent::Created(created)).await;
        let provider_reference = format!("capture {}", self.number);
        let succeeded = PaymentSucceeded {
            booking,
            amount: eur(self.total()),
            provider_reference,
        };
        world
            .record(&stream, &PaymentEvent::Succeeded(succeeded))
            .await;
        let deadline = None;
        let accepted = BookingEvent::Accepted(BookingAccepted { deadline });
        world.record(&self.stream(), &accepted).await;
        let payment = Some(PaymentId(self.payment()));
        let confirmed = BookingConfirmed {
            confirmed_at: now,
            payment,
        };
        world
            .record(&self.stream(), &BookingEvent::Confirmed(confirmed))
            .await;
        let consumed = InventoryConsumed {
            hold: booking,
            span: self.span(),
            units: 1,
            low_water: now.date_naive(),
        };
        world
            .record(&self.inventory(), &InventoryEvent::Consumed(consumed))
            .await;
    }

    /// Ends it; with `free`, its nights are free again, whether they were taken or only held.
    async fn end(&self, world: &World, event: BookingEvent, free: Option<bool>) {
        world.record(&self.stream(), &event).await;
        if let Some(consumed) = free {
            let released = InventoryReleased {
                hold: BookingId(id(self.number)),
                span: self.span(),
                units: 1,
                consumed,
                low_water: self.arrival,
            };
            world
                .record(&self.inventory(), &InventoryEvent::Released(released))
                .await;
        }
    }

    async fn give_back(&self, world: &World, back: i64) {
        let stream = format!("payment-{}", self.payment());
        let (refund, amount) = (self.refund(), eur(back));
        let booking = BookingId(id(self.number));
        let reason = words("rain");
        let requested = PaymentRefundRequested {
            refund,
            booking,
            amount,
            reason,
        };
        world
            .record(&stream, &PaymentEvent::RefundRequested(requested))
            .await;
        let provider_reference = format!("refund {}", self.number);
        let refunded = PaymentRefunded {
            refund,
            amount,
            provider_reference,
        };
        world
            .record(&stream, &PaymentEvent::Refunded(refunded))
            .await;
    }
}
