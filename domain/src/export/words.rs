//! Which list becomes what kind of file, and for whom.

use serde::{Deserialize, Serialize};

/// Which list is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportList {
    /// The users.
    Users,
    /// One's own sessions.
    Sessions,
    /// The buildings that one may see.
    Buildings,
    /// The lots of one building.
    Lots,
    /// The share tables of one building.
    ShareTables,
    /// The parts of one share table.
    ShareParts,
    /// Who owns and rents which lots.
    Occupants,
    /// The documents of one building.
    Documents,
    /// The rows of one import.
    ImportRows,
    /// The equipment that one may see.
    Equipment,
    /// When one piece was down.
    Downtimes,
    /// The meters of one piece.
    Meters,
    /// What one meter showed.
    Readings,
    /// The maintenance plans of one piece.
    MaintenancePlans,
    /// The work orders of one piece.
    WorkOrders,
    /// The incidents that one may see.
    Incidents,
    /// What was said about one incident.
    Comments,
    /// The attachments of one incident.
    Attachments,
    /// The outages that one may see.
    Outages,
    /// The service levels that one may see.
    SlaPolicies,
    /// One's own files, or those of one thing.
    Files,
    /// The published listings.
    Listings,
    /// One's own listings.
    MyListings,
    /// The nights that are kept back at one listing.
    Blocks,
    /// The bookings that one may see.
    Bookings,
    /// The payments that one may see.
    Payments,
    /// The payments that one may see, summed up per currency.
    PaymentStats,
    /// What happened to one thing.
    History,
    /// Who did what, when and from where.
    AuditEvents,
    /// All that followed from one cause outside.
    AuditTrace,
    /// All that was recorded in one stream.
    AuditStream,
    /// Failed log-ins and refused access.
    SecurityEvents,
    /// The processes.
    Processes,
    /// What one process did.
    ProcessHistory,
    /// How far each projection is.
    Projections,
}

/// What kind of file it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Text with separators.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// For whose spreadsheet a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportLocale {
    /// Commas between cells, points in numbers.
    En,
    /// Semicolons between cells, commas in numbers, and a mark of UTF-8 in front.
    Fr,
}
