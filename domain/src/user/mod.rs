//! A user.

mod event;

pub use event::*;
