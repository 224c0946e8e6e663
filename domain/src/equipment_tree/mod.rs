//! Which piece of a building's equipment is part of which: one stream for each building, so that
//! no two moves at once can make a circle.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::{DEPTH_MAX, PIECES_MAX};
pub use event::*;
pub use refusal::*;
pub use state::*;
