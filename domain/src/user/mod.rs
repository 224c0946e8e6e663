//! A user: someone with an account, the roles they hold, and whether they may act.

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
