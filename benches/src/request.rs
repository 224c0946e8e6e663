//! What makes a new aggregate with one event: somebody asks for a list as a file, in about 300
//! bytes and as much metadata. (A building claims its address, which is an event more.)

use std::collections::BTreeMap;

use domain::Aggregate;
use domain::export::{
    Export, ExportCommand, ExportEvent, ExportFormat, ExportList, ExportLocale, RequestExport,
};
use domain::id::{ExportId, UserId};
use eventstore::Mint;
use uuid::Uuid;

use crate::building;
use crate::fault::Fault;

/// The name of the command, as it stands in the metadata.
pub const REQUEST: &str = "export.request";

/// The id of a new request.
pub fn new_id() -> ExportId {
    ExportId(Mint.id())
}

/// What is asked for.
pub fn request() -> RequestExport {
    let filters = [(
        "search",
        "harbour rooms with two windows, one of them round, confirmed, paid and not yet begun, by \
         those who came before and those who did not",
    )];
    let text = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    RequestExport {
        by: UserId(Uuid::from_u128(0x0190_b8f0_0000_7000_8000_0000_0000_0001)),
        list: ExportList::Bookings,
        format: ExportFormat::Csv,
        locale: ExportLocale::Fr,
        filters: filters.map(text).into_iter().collect::<BTreeMap<_, _>>(),
        at: building::now(),
    }
}

/// The event of a new request, decided by the rules.
pub fn requested() -> Result<ExportEvent, Fault> {
    let events = Export::default().decide(&ExportCommand::Request(request()))?;
    let one = events.into_iter().next();
    one.ok_or_else(|| "nobody asked for anything".into())
}
