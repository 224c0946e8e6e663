//! An import: a file that somebody brings in through the API, first looked at, then carried out.
//!
//! Its rows are no events: they are staged, and what each of them leads to is an event of whatever
//! it tells of. Here stands who brought which file, and what became of it as a whole.

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
