//! How it is seen: projectors that turn events into rows, and the queries over those rows.

pub mod comparison;
pub mod decoded;
mod feed;
mod inbox;
mod instance;
pub mod maintenance;
pub mod page;
pub mod parking;
pub mod projector;
pub mod row;
pub mod runner;
mod schema;
pub mod status;
mod task;

pub use comparison::{Comparison, Difference};
pub use decoded::{Decoded, Undecodable};
pub use maintenance::{Maintenance, MaintenanceError};
pub use page::{After, List, Page, QueryError};
pub use parking::{Parked, Redriven};
pub use projector::{ApplyError, Projector};
pub use row::{Row, Rows, Table};
pub use runner::{Runner, Workplace};
pub use status::{Handle, State, Status, Stored, WaitError};
