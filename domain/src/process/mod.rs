//! A process: what it looks after, the steps it took, and what it waits for.
//!
//! One shape serves every process. Which step comes next is decided where the process is, from
//! this state alone; here it is only seen to that the story is told in an order that can be.

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
