//! Commands on imports through the API: a file is received, committed, finished or cancelled.

use domain::building::Building;
use domain::id::{BuildingId, ImportId};
use domain::import::{Import, ImportCommand, ImportReceived};
use domain::permission::Permission;

use crate::Commands;
use crate::building::authorize;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Takes a file that was read and staged.
    pub async fn receive_import(
        &self,
        context: &Context,
        id: ImportId,
        received: ImportReceived,
    ) -> Result<Done, CommandError> {
        let building = received.building;
        let command = ImportCommand::Receive(received);
        self.on_import(context, "import.receive", (id, building), &command)
            .await
    }

    /// Lets the rows of a file be carried out.
    pub async fn commit_import(
        &self,
        context: &Context,
        at: (ImportId, BuildingId),
    ) -> Result<Done, CommandError> {
        self.on_import(context, "import.commit", at, &ImportCommand::Commit)
            .await
    }

    /// Says that all rows of a file were carried out.
    pub async fn finish_import(
        &self,
        context: &Context,
        at: (ImportId, BuildingId),
        (accepted, refused): (u64, u64),
    ) -> Result<Done, CommandError> {
        let command = ImportCommand::Finish { accepted, refused };
        self.on_import(context, "import.finish", at, &command).await
    }

    /// Lets no row of a file be carried out any more.
    pub async fn cancel_import(
        &self,
        context: &Context,
        at: (ImportId, BuildingId),
    ) -> Result<Done, CommandError> {
        self.on_import(context, "import.cancel", at, &ImportCommand::Cancel)
            .await
    }

    async fn on_import(
        &self,
        context: &Context,
        name: &'static str,
        (id, building): (ImportId, BuildingId),
        command: &ImportCommand,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, building, Permission::BuildingChange)?;
            let file = d.state::<Import>(id)?.file.as_ref();
            if file.is_some_and(|(received, _)| received.building != building) {
                return Err(CommandError::unknown("import"));
            }
            d.decide::<Import>(id, command).map(drop)
        };
        let streams = vec![want::<Import>(id)?, want::<Building>(building)?];
        self.dispatch
            .command(context, name, id.to_string(), streams, &decide)
            .await
    }
}
