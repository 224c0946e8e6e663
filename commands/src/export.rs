//! Commands on exports: what leaves the house is told before it does.

use domain::export::{Export, ExportCommand, RequestExport};
use domain::id::ExportId;

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{fresh, want};

impl Commands {
    /// Asks for a list as a file. Whether the one who asks may see the list is asked again each
    /// time that it is read.
    pub async fn request_export(
        &self,
        context: &Context,
        id: ExportId,
        request: RequestExport,
    ) -> Result<Done, CommandError> {
        let request = ExportCommand::Request(request);
        let decide = |d: &mut Decision<'_>| {
            // One whose session is over asks for nothing.
            d.permissions()?;
            d.decide::<Export>(id, &request).map(drop)
        };
        let streams = vec![fresh::<Export>(id)?];
        self.dispatch
            .command(context, "export.request", id.to_string(), streams, &decide)
            .await
    }

    /// Tells that an export of one's own begins to leave the house.
    pub async fn download_export(
        &self,
        context: &Context,
        id: ExportId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.permissions()?;
            let by = d.state::<Export>(id)?.ready().map(|ready| ready.by);
            if by.is_none() || by != d.context.user().ok() {
                return Err(CommandError::unknown("export"));
            }
            d.decide::<Export>(id, &ExportCommand::Download).map(drop)
        };
        let streams = vec![want::<Export>(id)?];
        self.dispatch
            .command(context, "export.download", id.to_string(), streams, &decide)
            .await
    }
}
