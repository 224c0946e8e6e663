//! Commands on incidents.

mod report;
pub(crate) mod rules;
mod work;

pub use report::{NewContact, NewIncident};
pub(crate) use rules::{policies, service};
