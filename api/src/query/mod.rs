//! The parameters of a query, read as strictly as a body.

mod cursor;
mod page;
mod params;
mod read;

pub use cursor::{Cursor, CursorKey};
pub use page::{Items, Least, Page, Paged, Whole};
pub(crate) use params::parameters;
pub use params::{Filter, FromParams, Params};
pub use read::FromText;

#[cfg(test)]
mod tests;
