//! A building: where it stands, its sections, and the lots it is divided into.

mod check;
mod command;
mod decide;
mod documents;
mod event;
mod place;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use check::{
    ADDRESS_LINES_MAX, ATTRIBUTE_CHARS_MAX, ATTRIBUTES_MAX, FLOOR_MAX, FLOOR_MIN, KEY_CHARS_MAX,
    LABEL_CHARS_MAX, LOTS_MAX, NAME_CHARS_MAX, POSTAL_CODE_CHARS_MAX, SECTIONS_MAX, SHARE_MAX,
    SHARES_MAX, SURFACE_DM2_MAX,
};
pub use command::*;
pub use documents::*;
pub use event::*;
pub use place::*;
pub use refusal::*;
pub use state::*;
