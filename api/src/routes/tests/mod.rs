//! The routes on a real database: who may, what it answers, what it refuses.

mod described;
mod equipment;
mod files;
mod identity;
mod rights;
mod stay;

pub use crate::serve::testing::{Client, PASSWORD, Platform, form, new_listing, picture};
