//! An incident: what is wrong somewhere, who reported it, and what is done about it.

mod change;
mod check;
mod command;
mod decide;
mod event;
mod refusal;
mod service;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod transition;
mod words;

pub use check::{
    CATEGORY_CHARS_MAX, COMMENTS_MAX, DETAILS_CHARS_MAX, FILES_MAX, MOVES_MAX, REASON_CHARS_MAX,
    TITLE_CHARS_MAX,
};
pub use command::*;
pub use event::*;
pub use refusal::*;
pub use service::{Clocks, Service};
pub use state::*;
pub use step::DEFERRAL_DAYS_MAX;
pub use transition::{By, TRANSITIONS, Transition, Verb, path, transition};
pub use words::*;
