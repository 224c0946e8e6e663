//! A claim: a value that may exist once, such as an e-mail address, free or held by one owner.
//!
//! Its stream is named by a keyed hash of the normalised value, so the value itself stands nowhere.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use event::*;
pub use refusal::*;
pub use state::*;
