//! A claim.

mod event;

pub use event::*;
