//! A piece of equipment: what it is, whether it runs, how it is looked after and what its meters
//! say. Where it stands among the pieces of its building is told by the
//! [`equipment_tree`](crate::equipment_tree).

pub mod calendar;
mod check;
mod command;
mod decide;
mod event;
mod evolve;
mod meter;
mod part;
mod plan;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use calendar::{Basis, Calendar, Day, Rhythm};
pub use check::{
    CATEGORY_CHARS_MAX, INTERVAL_MAX, METERS_MAX, NAME_CHARS_MAX, OPEN_ORDERS_MAX, PLANS_MAX,
    REASON_CHARS_MAX, UNIT_CHARS_MAX, UNTOUCHED_MAX, VALUE_E3_MAX,
};
pub use command::*;
pub use event::*;
pub use meter::*;
pub use part::*;
pub use plan::*;
pub use refusal::*;
pub use state::*;
