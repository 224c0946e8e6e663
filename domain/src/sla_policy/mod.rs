//! A service level: how soon incidents are taken in charge and resolved, in the hours of a
//! calendar. One stream per building, and one for all buildings without their own.

mod calendar;
mod clock;
mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use calendar::{Calendar, DAY_MINUTES, HOLIDAYS_MAX, OPENINGS_MAX, Opening};
pub use clock::{Clock, Motion, Segment, read};
pub use command::*;
pub use decide::TARGET_MINUTES_MAX;
pub use event::*;
pub use refusal::*;
pub use state::*;
