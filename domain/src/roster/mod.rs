//! A roster.

mod event;

pub use event::*;
