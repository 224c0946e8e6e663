//! A share table: which part of an amount each lot of a building bears for one key of distribution,
//! from one day on.
//!
//! The lots carry the shares that are worked on; closing a key fixes them as a table, once their
//! sum is the total that the building's papers name. A closed table never changes: another one
//! counts from a later day, or it is withdrawn as wrong and closed anew.

mod command;
mod decide;
mod event;
mod refusal;
mod split;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::{PARTS_PER_EVENT_MAX, TOTAL_MAX};
pub use event::*;
pub use refusal::*;
pub use split::split;
pub use state::*;
