//! Which columns a list has as a file: a heading, where the value stands in an item, what it is.

mod house;
mod machine;
mod record;
mod stay;

use domain::export::ExportList;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, which may be anything.
    Text,
    /// A whole number.
    Whole,
    /// A whole number of thousandths.
    Thousandths,
    /// A whole number of ten-millionths.
    TenMillionths,
    /// An amount of minor units with its currency, shown as a number of the currency's decimals.
    Money,
    /// An instant.
    Instant,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// Several texts, or names with numbers.
    Several,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub heading: &'static str,
    /// Where its value stands (RFC 6901).
    pub pointer: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// Declares columns: headings, where each value stands, and of what kind it is.
macro_rules! columns {
    ($($heading:literal $pointer:literal $kind:ident),+ $(,)?) => {
        &[$($crate::export::columns::Column {
            heading: $heading,
            pointer: $pointer,
            kind: $crate::export::columns::Kind::$kind,
        }),+]
    };
}
use columns;

/// The columns of a list.
pub fn of(list: ExportList) -> &'static [Column] {
    match list {
        ExportList::Users => record::USERS,
        ExportList::Sessions => record::SESSIONS,
        ExportList::Buildings => house::BUILDINGS,
        ExportList::Lots => house::LOTS,
        ExportList::ShareTables => house::SHARE_TABLES,
        ExportList::ShareParts => house::SHARE_PARTS,
        ExportList::Occupants => house::OCCUPANTS,
        ExportList::ImportRows => record::IMPORT_ROWS,
        ExportList::Equipment => machine::EQUIPMENT,
        ExportList::Downtimes => machine::DOWNTIMES,
        ExportList::Meters => machine::METERS,
        ExportList::Readings => machine::READINGS,
        ExportList::MaintenancePlans => machine::MAINTENANCE_PLANS,
        ExportList::WorkOrders => machine::WORK_ORDERS,
        ExportList::Incidents => house::INCIDENTS,
        ExportList::Comments => house::COMMENTS,
        ExportList::Outages => house::OUTAGES,
        ExportList::SlaPolicies => house::SLA_POLICIES,
        ExportList::Documents | ExportList::Attachments | ExportList::Files => record::FILES,
        ExportList::Listings | ExportList::MyListings => stay::LISTINGS,
        ExportList::Blocks => stay::BLOCKS,
        ExportList::Bookings => stay::BOOKINGS,
        ExportList::Payments => stay::PAYMENTS,
        ExportList::PaymentStats => stay::PAYMENT_STATS,
        ExportList::History => record::HISTORY,
        ExportList::AuditEvents | ExportList::AuditTrace => record::AUDIT_EVENTS,
        ExportList::AuditStream | ExportList::ProcessHistory => record::AUDIT_STREAM,
        ExportList::SecurityEvents => record::SECURITY_EVENTS,
        ExportList::Processes => record::PROCESSES,
        ExportList::Projections => record::PROJECTIONS,
    }
}
