//! A session: one log-in of a user, kept alive by refresh tokens of which one holds at a time.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::*;
pub use event::*;
pub use refusal::*;
pub use state::*;
