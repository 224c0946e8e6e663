//! The attachments of an incident: each is put to it and attached in one append.

use domain::file::{File, FileOwner};
use domain::id::{FileId, IncidentId};
use domain::incident::{AddAttachment, Incident, IncidentCommand, RemoveAttachment};
use domain::permission::{Permission, Scope};

use super::rules::require_to_see;
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::file::{attach, detach};
use crate::wanted::want;

impl Commands {
    /// Puts a file of one's own to an incident that one may see.
    pub async fn add_attachment(
        &self,
        context: &Context,
        id: IncidentId,
        file: FileId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            let staff = require_to_see(d, id)?;
            let add = IncidentCommand::AddAttachment(AddAttachment { file, staff });
            d.decide::<Incident>(id, &add)?;
            attach(d, file, FileOwner::Incident(id))
        };
        let streams = vec![want::<Incident>(id)?, want::<File>(file)?];
        self.dispatch
            .command(
                context,
                "incident.add_attachment",
                file.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Takes a file away from an incident: one's own, or any for who works on it.
    pub async fn remove_attachment(
        &self,
        context: &Context,
        id: IncidentId,
        file: FileId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            let staff = require_to_see(d, id)?;
            let remove = IncidentCommand::RemoveAttachment(RemoveAttachment { file });
            d.decide::<Incident>(id, &remove)?;
            let uploader = d.state::<File>(file)?.known().map(|known| known.uploader);
            if !staff && uploader != d.context.user().ok() {
                return Err(CommandError::forbidden(Permission::IncidentWork(
                    Scope::Own,
                )));
            }
            detach(d, file, FileOwner::Incident(id))
        };
        let streams = vec![want::<Incident>(id)?, want::<File>(file)?];
        self.dispatch
            .command(
                context,
                "incident.remove_attachment",
                file.to_string(),
                streams,
                &decide,
            )
            .await
    }
}
