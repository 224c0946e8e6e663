//! A made-up year of a small hotel: the same for the same seed.

pub mod leak;
pub mod lift;
pub mod shelf;
mod stage;
pub mod tenants;
mod told;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use domain::{Currency, Money, Personal};

use crate::world::{World, id};

pub use stage::open;
pub use told::{Fate, Told};

pub const LISBON: Tz = Tz::Europe__Lisbon;
pub const HOST: u64 = 10;
pub const GUEST: u64 = 11;
pub const BUILDING: u64 = 20;
pub const LISTING: u64 = 30;

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// So many bookings with all kinds of fates, the same for the same seed.
pub async fn tell(world: &World, seed: u64, bookings: u64) {
    open(world).await;
    lift::tell(world).await;
    leak::tell(world).await;
    more(world, seed, 100, bookings).await;
}

/// So many bookings more, numbered from `first`.
pub async fn more(world: &World, seed: u64, first: u64, bookings: u64) {
    let mut state = seed;
    let mut draw = move |below: u64| {
        // Knuth's linear congruential generator; its upper bits are good enough.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for number in first..first + bookings {
        let nightly = i64::try_from(draw(20_000)).unwrap();
        let fate = match draw(8) {
            0 => Fate::Pending,
            1 => Fate::Declined,
            2 => Fate::Expired,
            3 => Fate::Confirmed,
            4 | 5 => Fate::Completed,
            6 => Fate::NoShow,
            _ => Fate::Cancelled(nightly / 2),
        };
        let arrival = date("2026-02-01")
            .checked_add_days(Days::new(draw(300)))
            .unwrap();
        let (listing, nights) = (LISTING + draw(2), 1 + draw(9));
        Told {
            number,
            listing,
            arrival,
            nights,
            nightly,
            fate,
        }
        .tell(world)
        .await;
    }
}

fn words(text: &str) -> Personal<String> {
    Personal::new(id(HOST), text.to_owned())
}
