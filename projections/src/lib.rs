//! How it is seen: projectors that turn events into rows, and the queries over those rows.

pub mod analytics;
pub mod audit;
pub mod bookings;
pub mod buildings;
pub mod comparison;
pub mod decoded;
mod feed;
mod fold;
mod inbox;
mod instance;
pub mod listings;
pub mod maintenance;
pub mod page;
pub mod parking;
pub mod payments;
pub mod processes;
pub mod projector;
pub mod row;
pub mod runner;
mod schema;
mod select;
pub mod staging;
pub mod status;
mod task;
pub mod users;

pub use comparison::{Comparison, Difference};
pub use decoded::{Decoded, Undecodable};
pub use maintenance::{Maintenance, MaintenanceError};
pub use page::{After, List, Page, QueryError};
pub use parking::{Parked, Redriven};
pub use projector::{ApplyError, Projector};
pub use row::{Row, Rows, Table};
pub use runner::{Runner, Workplace};
pub use status::{Handle, State, Status, Stored, WaitError};

/// Every projection of the platform.
pub fn all() -> Vec<std::sync::Arc<dyn Projector>> {
    vec![
        std::sync::Arc::new(users::Users),
        std::sync::Arc::new(buildings::Buildings),
        std::sync::Arc::new(listings::Listings),
        std::sync::Arc::new(bookings::Bookings),
        std::sync::Arc::new(payments::Payments),
        std::sync::Arc::new(processes::Processes),
        std::sync::Arc::new(audit::Audit),
        std::sync::Arc::new(analytics::Analytics),
    ]
}
