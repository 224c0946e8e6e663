//! A work order: what is to be done to a piece of equipment, by whom, and what it took.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
mod task;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::{COSTS_MAX, QUANTITY_MAX};
pub use event::*;
pub use refusal::*;
pub use state::*;
pub use task::*;
