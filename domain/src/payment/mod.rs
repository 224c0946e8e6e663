//! A payment: what a party owes for a booking, what was captured and what went back.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::REFUNDS_MAX;
pub use event::*;
pub use refusal::*;
pub use state::*;

cqrs_aggregate!(Payment);
