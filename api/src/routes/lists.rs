//! The lists, as their own routes answer them.

pub use super::attachments::list as attachments;
pub use super::audit::security::security_events;
pub use super::audit::{events as audit_events, stream as audit_stream, trace as audit_trace};
pub use super::auth::sessions::list as sessions;
pub use super::bookings::list as bookings;
pub use super::buildings::list as buildings;
pub use super::buildings::lots::list as lots;
pub use super::buildings::occupants::list_of_building as occupants_of_building;
pub use super::buildings::occupants::list_of_lot as occupants_of_lot;
pub use super::buildings::shares::{list as share_tables, parts as share_parts};
pub use super::documents::list as documents;
pub use super::equipment::meters::{list as meters, readings};
pub use super::equipment::orders::list as work_orders;
pub use super::equipment::plans::list as maintenance_plans;
pub use super::equipment::{downtimes, list as equipment};
pub use super::files::list as files;
pub use super::imports::rows as import_rows;
pub use super::incidents::comments::list as comments;
pub use super::incidents::list as incidents;
pub use super::listings::dates::blocks;
pub use super::listings::{list as listings, mine as my_listings};
pub use super::occupants::list as occupants;
pub use super::outages::list as outages;
pub use super::payments::{list as payments, stats as payment_stats};
pub use super::processes::{all_projections as projections, list as processes};
pub use super::sla_policies::list as sla_policies;
pub use super::users::list as users;

/// What happened to one thing, as the route of its noun tells it.
pub mod stories {
    pub use super::super::bookings::story as booking;
    pub use super::super::buildings::occupants::story as occupancy;
    pub use super::super::buildings::shares::story as share_table;
    pub use super::super::buildings::story as building;
    pub use super::super::equipment::orders::story as work_order;
    pub use super::super::equipment::story as equipment;
    pub use super::super::exports::story as export;
    pub use super::super::files::story as file;
    pub use super::super::incidents::story as incident;
    pub use super::super::listings::story as listing;
    pub use super::super::outages::story as outage;
    pub use super::super::payments::story as payment;
    pub use super::super::processes::story as process;
    pub use super::super::sla_policies::story as sla_policy;
    pub use super::super::users::story as user;
}
