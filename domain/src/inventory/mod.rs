//! The inventory of a listing: where scarcity is decided.
//!
//! One stream per listing, named by the listing's id. A booking and its hold are appended in one
//! atomic append, so that there is no window between asking whether nights are free and taking
//! them.

mod command;
mod decide;
mod event;
mod refusal;
mod room;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::AHEAD_YEARS_MAX;
pub(crate) use decide::last_day;
pub use event::*;
pub use refusal::*;
pub use state::*;

cqrs_aggregate!(Inventory);
