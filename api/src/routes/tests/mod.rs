//! The routes on a real database: who may, what it answers, what it refuses.

mod attempts;
mod described;
mod equipment;
mod every_list;
mod exports;
mod files;
mod identity;
mod imports;
mod incidents;
mod operations;
mod outages;
mod photos;
mod rights;
mod stay;

pub use files::PDF;
pub use incidents::new_policy;

pub use crate::serve::testing::{Client, PASSWORD, Platform, form, new_listing, picture};
