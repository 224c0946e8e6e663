//! A file: what was uploaded, by whom, what it is for, and what it belongs to.
//!
//! Its bytes lie in an object store under a name that follows from its digest and its id. The
//! stream tells all that is known of them; who may see them is decided by what they belong to.

mod command;
mod decide;
mod event;
mod kind;
mod name;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::{FILE_BYTES_MAX, NAME_CHARS_MAX, PIXELS_MAX};
pub use event::*;
pub use kind::*;
pub use name::clean_name;
pub use refusal::*;
pub use state::*;

cqrs_aggregate!(File);
