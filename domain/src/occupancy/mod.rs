//! The occupancy of a lot: who owns it and who lives in it, from when to when.
//!
//! Each lot has a stream of its own, so that a building of many lots and a lot of long history stay
//! small. A move is an end here and a beginning there: neither the lot nor whether one owns or
//! rents it is ever edited.

mod check;
mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use check::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, OCCUPANTS_MAX, PART_MAX};
pub use command::*;
pub use event::*;
pub use refusal::*;
pub use state::*;
