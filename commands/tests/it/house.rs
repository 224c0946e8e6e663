//! A house of its own for each test: a journal in memory, a clock that stands still, and builders
//! that speak.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot build its house has failed"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use commands::booking::AskForStay;
use commands::session::LogIn;
use commands::user::NewUser;
use commands::{ClientKey, CommandError, Commands, Context, Done, Secret, Settings, Who};
use domain::booking::{CancellationPolicy, Guests, PaymentTerms, Price, Source};
use domain::building::{Address, RegisterBuilding};
use domain::id::{BookingId, ListingId, SessionId, UserId};
use domain::listing::{CreateListing, Place, Pricing, ProposedOffer, ProposedStay};
use domain::permission::Role;
use domain::settings::SettingsChanged;
use domain::{Currency, Money, Span, secret};
use eventstore::{Clock, Journal, ManualClock, MemoryJournal, Mint};
use uuid::Uuid;

pub struct House {
    pub commands: Arc<Commands>,
    pub clock: ManualClock,
}

/// A user with a session.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub user: UserId,
    pub session: SessionId,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A building of `manager` in Lisbon, at an address of its own if `line` is.
pub fn building_of(manager: Person, line: &str) -> RegisterBuilding {
    RegisterBuilding {
        owner: manager.user,
        name: "B".to_owned(),
        address: Address {
            lines: vec![line.to_owned()],
            city: "Lisboa".to_owned(),
            postal_code: None,
            country: "PT".to_owned(),
            point: None,
        },
        time_zone: None,
        sections: vec![],
        attributes: BTreeMap::new(),
    }
}

/// A new id.
pub fn id() -> Uuid {
    Mint.id()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A clock that stands still on a Sunday morning in March.
pub fn clock() -> ManualClock {
    ManualClock::at(at("2026-03-01T10:00:00Z"))
}

impl House {
    /// A house on a journal in memory, and that journal.
    pub fn in_memory() -> (Self, MemoryJournal) {
        let clock = clock();
        let journal = MemoryJournal::new(Arc::new(clock.clone()));
        (Self::on(Arc::new(journal.clone()), clock), journal)
    }

    /// A house on `journal`; on one journal there may be several, as there may be processes.
    pub fn on(journal: Arc<dyn Journal>, clock: ManualClock) -> Self {
        let (secret, shared) = (Secret::new(vec![7; 32]), Arc::new(clock.clone()));
        let commands = Commands::new(journal, shared, secret, Settings::default());
        Self {
            commands: Arc::new(commands),
            clock,
        }
    }

    pub fn operator(&self) -> Context {
        Context::new(Who::Operator, self.clock.now(), id())
    }

    pub fn nobody(&self) -> Context {
        Context::new(Who::Anonymous, self.clock.now(), id())
    }

    pub fn as_user(&self, person: Person) -> Context {
        let who = Who::User {
            user: person.user,
            session: person.session,
        };
        Context::new(who, self.clock.now(), id())
    }

    pub fn keyed(&self, person: Person, key: &str, request: u8) -> Context {
        let key = ClientKey {
            key: key.to_owned(),
            request_hash: [request; 32],
        };
        Context {
            key: Some(key),
            ..self.as_user(person)
        }
    }

    pub async fn person(&self, name: &str, role: Role) -> Person {
        let user = UserId(id());
        let new = NewUser {
            user,
            email: format!("{name}@example.org"),
            name: name.to_owned(),
            roles: [Role::Member, role].into(),
            password_hash: None,
            password_temporary: false,
        };
        self.commands.sign_up(&self.operator(), &new).await.unwrap();
        self.log_in(user).await
    }

    pub async fn log_in(&self, user: UserId) -> Person {
        let session = SessionId(id());
        let log_in = LogIn {
            session,
            user,
            proved: None,
            refresh_hash: secret::Secret::new(format!("{:064x}", session.0.as_u128())),
            expires_at: self.clock.now() + TimeDelta::days(400),
            device: None,
        };
        self.commands.log_in(&self.nobody(), &log_in).await.unwrap();
        Person { user, session }
    }

    /// A published stay of `host` with `units` units at 100 euros, instantly booked.
    pub async fn listing(&self, host: Person, units: u32) -> ListingId {
        let id = ListingId(id());
        let create = CreateListing {
            host: host.user,
            title: "A room over the harbour".to_owned(),
            description: "Two windows, one of them round.".to_owned(),
            place: Place::default(),
            offer: ProposedOffer::Stay(stay(units)),
            at: self.clock.now(),
        };
        let context = self.as_user(host);
        self.commands
            .create_listing(&context, id, &create)
            .await
            .unwrap();
        self.commands
            .publish_listing(&self.as_user(host), id)
            .await
            .unwrap();
        id
    }

    /// Lets a guest have many requests at one listing that wait for money.
    pub async fn let_guests_ask_often(&self) {
        let change = SettingsChanged {
            open_requests_max: Some(10_000),
            ..SettingsChanged::default()
        };
        let operator = self.operator();
        let changed = self.commands.change_settings(&operator, change);
        changed.await.unwrap();
    }

    pub async fn book(
        &self,
        guest: Person,
        ask: &AskForStay,
    ) -> (BookingId, Result<Done, CommandError>) {
        let id = BookingId(id());
        (
            id,
            self.commands
                .request_booking(&self.as_user(guest), id, ask)
                .await,
        )
    }
}

pub fn stay(units: u32) -> ProposedStay {
    let euros = |amount| Money::new(amount, Currency::EUR);
    ProposedStay {
        units,
        max_guests: Some(4),
        pricing: Pricing {
            nightly_price: euros(10_000),
            cleaning_fee: euros(2_500),
            service_fee: euros(0),
            service_fee_basis_points: 0,
            weekly_discount_basis_points: 1_000,
            monthly_discount_basis_points: 2_000,
        },
        policy: CancellationPolicy::Flexible,
        zone: "Europe/Paris".to_owned(),
        check_in: None,
        check_out: None,
        instant: true,
        min_nights: None,
        max_nights: None,
    }
}

/// Two guests for `nights` nights from 10 June 2026 on.
pub fn ask(listing: ListingId, nights: u64) -> AskForStay {
    let from = day("2026-06-10");
    AskForStay {
        listing,
        span: Span::new(from, from.checked_add_days(Days::new(nights)).unwrap()),
        units: 1,
        guests: Guests {
            adults: 2,
            children: 0,
            babies: 0,
        },
        party: None,
        price: Price::Quoted { expected: None },
        terms: PaymentTerms::AtBooking,
        source: Source::default(),
    }
}

pub fn code(result: &Result<Done, CommandError>) -> &str {
    match result {
        Ok(_) => "done",
        Err(error) => error.code().unwrap_or(match error {
            CommandError::Unauthenticated => "unauthenticated",
            CommandError::Stale { .. } => "stale",
            CommandError::KeyReused => "key_reused",
            CommandError::Contended => "contended",
            CommandError::Unavailable(_) => "unavailable",
            _ => "other",
        }),
    }
}
