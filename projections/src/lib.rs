//! How it is seen: projectors that turn events into rows, and the queries over those rows.
//!
//! A [`Projector`] names its schema, its tables and the key of each event, and folds a batch of
//! events over the [`Rows`] of the touched keys. A [`Runner`] keeps every projector up to date,
//! each in one place at a time; a [`Handle`] waits for them; [`Maintenance`] builds one anew,
//! compares it with a replay, and takes parked events in after a fix. Each noun's module has its
//! rows, its projector and its queries.

pub mod analytics;
pub mod audit;
pub mod bookings;
pub mod buildings;
pub mod column;
pub mod comparison;
pub mod decoded;
mod dependents;
pub mod equipment;
mod fault;
mod feed;
pub mod files;
mod fold;
mod inbox;
pub mod incidents;
mod instance;
pub mod listings;
pub mod maintenance;
pub mod occupants;
mod one;
pub mod page;
mod pages;
pub mod parking;
pub mod payments;
pub mod processes;
pub mod projector;
pub mod redrive;
pub mod replay;
pub mod row;
pub mod rows;
pub mod runner;
mod schema;
pub mod security;
mod select;
pub mod shares;
pub mod staging;
pub mod status;
mod task;
pub mod users;
pub mod wait;

pub use comparison::{Comparison, Difference};
pub use decoded::{Decoded, Undecodable};
pub use maintenance::{Maintenance, MaintenanceError};
pub use page::{After, List, Page, QueryError};
pub use parking::Parked;
pub use projector::{ApplyError, Derive, Projector};
pub use redrive::{RedriveError, Redriven};
pub use replay::{Replay, ReplayError};
pub use row::{Row, Table};
pub use rows::Rows;
pub use runner::{Runner, Workplace};
pub use status::{State, Status, Stored};
pub use wait::{Handle, WaitError};

/// Every projection of the platform.
pub fn all() -> Vec<std::sync::Arc<dyn Projector>> {
    vec![
        std::sync::Arc::new(users::Users),
        std::sync::Arc::new(buildings::Buildings),
        std::sync::Arc::new(equipment::Equipment),
        std::sync::Arc::new(occupants::Occupants),
        std::sync::Arc::new(shares::Shares),
        std::sync::Arc::new(listings::Listings),
        std::sync::Arc::new(bookings::Bookings),
        std::sync::Arc::new(payments::Payments),
        std::sync::Arc::new(files::Files),
        std::sync::Arc::new(incidents::Incidents),
        std::sync::Arc::new(processes::Processes),
        std::sync::Arc::new(audit::Audit),
        std::sync::Arc::new(analytics::Analytics),
    ]
}
