//! What tests of the whole system stand on: a house in this process, the real server beside it, and
//! people who speak to either through its front door.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot set its scene has failed"
)]

mod answer;
mod book;
mod chance;
mod client;
mod house;
mod listing;
mod person;
mod provider;
mod server;
mod setup;

pub use answer::Answer;
pub use book::{day, days_after};
pub use chance::{chance, rounds};
pub use client::Client;
pub use house::House;
pub use listing::ListingBuilder;
pub use person::{PASSWORD, Person};
pub use provider::Counting;
pub use server::{Ended, Server};
pub use setup::{NOW, Setup};
