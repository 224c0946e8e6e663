//! A roster: who holds an office that may never be empty.
//!
//! The one there is, [`ADMINISTRATORS`], lists the active users with an administrator's role. No
//! single user's stream can tell who the last one is, so whatever makes a user one (or no longer
//! one) is appended together with a step on this stream: see
//! [`User::is_administrator`](crate::user::User::is_administrator).

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::*;
pub use decide::USERS_MAX;
pub use event::*;
pub use refusal::*;
pub use state::*;

/// The id of the roster of administrators; its stream is `roster-administrators`.
pub const ADMINISTRATORS: &str = "administrators";
