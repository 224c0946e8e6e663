//! An outage: something that many are without, in one building or in several.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::*;
pub use event::*;
pub use state::*;
