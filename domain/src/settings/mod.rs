//! The settings of the platform: what an administrator says once for all listings and guests.
//!
//! There is one stream, `settings-platform`. What was never said has its default. A setting holds
//! for what is decided from then on: a booking keeps what it was quoted.

mod cancellation;
mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use cancellation::*;
pub use command::*;
pub use event::*;
pub use refusal::*;
pub use state::*;

/// The id of the settings of the platform; their stream is `settings-platform`.
pub const PLATFORM: &str = "platform";
