//! A building.

mod event;
mod place;

pub use event::*;
pub use place::*;
