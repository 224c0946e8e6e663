//! Commands on incidents.

mod attachments;
mod docket;
mod report;
pub(crate) mod rules;
mod work;

pub use report::{NewContact, NewIncident};
pub(crate) use rules::{policies, service};
