//! A listing: anything that can be booked, of one of four kinds.

mod command;
mod decide;
mod event;
mod photos;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::{DESCRIPTION_CHARS_MAX, STAY_NIGHTS_MAX, TITLE_CHARS_MAX, UNITS_MAX};
pub use event::*;
pub use photos::*;
pub use refusal::*;
pub use state::*;

cqrs_aggregate!(Listing);
