//! A process.

mod event;

pub use event::*;
