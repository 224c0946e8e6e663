//! A booking: one party's claim on the nights of a listing.
//!
//! Whether the nights are free is decided by the listing's [inventory](crate::inventory), in the
//! same append; here stands what was asked for, at which price, and what became of it.

mod command;
mod decide;
mod event;
mod nights;
mod policy;
mod pricing;
mod refund;
mod refusal;
mod request;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use event::*;
pub use policy::*;
pub use pricing::*;
pub use refund::*;
pub use refusal::*;
pub use request::quote_stay;
pub use state::*;

cqrs_aggregate!(Booking);
