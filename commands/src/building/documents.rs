//! The documents of a building: each is filed and attached in one append.

use domain::building::{AddDocument, Building, BuildingCommand, RemoveDocument};
use domain::file::{File, FileOwner};
use domain::id::{BuildingId, FileId};
use domain::permission::Permission;

use crate::Commands;
use crate::authorize::Owners;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::file::{attach, detach};
use crate::wanted::want;

impl Commands {
    /// Makes a file a document of a building.
    pub async fn add_document(
        &self,
        context: &Context,
        id: BuildingId,
        file: FileId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            require_to_change(d, id)?;
            let add = BuildingCommand::AddDocument(AddDocument { file });
            d.decide::<Building>(id, &add)?;
            attach(d, file, FileOwner::Building(id))
        };
        let streams = vec![want::<Building>(id)?, want::<File>(file)?];
        self.dispatch
            .command(
                context,
                "building.add_document",
                file.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Makes a file no document of a building any more.
    pub async fn remove_document(
        &self,
        context: &Context,
        id: BuildingId,
        file: FileId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            require_to_change(d, id)?;
            let remove = BuildingCommand::RemoveDocument(RemoveDocument { file });
            d.decide::<Building>(id, &remove)?;
            detach(d, file, FileOwner::Building(id))
        };
        let streams = vec![want::<Building>(id)?, want::<File>(file)?];
        self.dispatch
            .command(
                context,
                "building.remove_document",
                file.to_string(),
                streams,
                &decide,
            )
            .await
    }
}

fn require_to_change(d: &Decision<'_>, id: BuildingId) -> Result<(), CommandError> {
    let standing = d.state::<Building>(id)?.standing();
    let standing = standing.ok_or_else(|| CommandError::unknown("building"))?;
    let (change, show) = (Permission::BuildingChange, Permission::BuildingShow);
    d.require_over("building", change, show, Owners::of(&[standing.owner]))
}
