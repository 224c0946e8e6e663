//! Commands on buildings and their lots.

use domain::building::{
    AddLot, Building, BuildingCommand, ChangeBuilding, ChangeLot, DeleteBuilding, Lot, LotChange,
    RegisterBuilding, RemoveLot,
};
use domain::id::{BuildingId, LotId};
use domain::permission::{Permission, Scope};

use crate::Commands;
use crate::authorize::Owners;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{fresh, want};

impl Commands {
    /// Puts a building into the books.
    pub async fn register_building(
        &self,
        context: &Context,
        id: BuildingId,
        command: &RegisterBuilding,
    ) -> Result<Done, CommandError> {
        let register = BuildingCommand::Register(command.clone());
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::BuildingCreate)?;
            d.require_for(command.owner, Permission::BuildingChange)?;
            d.decide::<Building>(id, &register).map(drop)
        };
        let streams = vec![fresh::<Building>(id)?];
        self.dispatch
            .command(
                context,
                "building.register",
                id.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Changes named fields of a building.
    pub async fn change_building(
        &self,
        context: &Context,
        id: BuildingId,
        command: ChangeBuilding,
    ) -> Result<Done, CommandError> {
        let command = BuildingCommand::Change(command);
        self.on_building(context, "building.change", id, id.to_string(), command)
            .await
    }

    /// Takes a building out of the books.
    pub async fn delete_building(
        &self,
        context: &Context,
        id: BuildingId,
    ) -> Result<Done, CommandError> {
        let command = BuildingCommand::Delete(DeleteBuilding {});
        self.on_building(context, "building.delete", id, id.to_string(), command)
            .await
    }

    /// Adds a lot. Answers the lot's id.
    pub async fn add_lot(
        &self,
        context: &Context,
        id: BuildingId,
        lot_id: LotId,
        lot: Lot,
    ) -> Result<Done, CommandError> {
        let command = BuildingCommand::AddLot(AddLot { lot_id, lot });
        self.on_building(context, "building.add_lot", id, lot_id.to_string(), command)
            .await
    }

    /// Changes named fields of a lot.
    pub async fn change_lot(
        &self,
        context: &Context,
        id: BuildingId,
        lot_id: LotId,
        change: LotChange,
    ) -> Result<Done, CommandError> {
        let command = BuildingCommand::ChangeLot(ChangeLot { lot_id, change });
        self.on_building(
            context,
            "building.change_lot",
            id,
            lot_id.to_string(),
            command,
        )
        .await
    }

    /// Takes a lot out.
    pub async fn remove_lot(
        &self,
        context: &Context,
        id: BuildingId,
        lot_id: LotId,
    ) -> Result<Done, CommandError> {
        let command = BuildingCommand::RemoveLot(RemoveLot { lot_id });
        self.on_building(
            context,
            "building.remove_lot",
            id,
            lot_id.to_string(),
            command,
        )
        .await
    }

    async fn on_building(
        &self,
        context: &Context,
        name: &'static str,
        id: BuildingId,
        answer_id: String,
        command: BuildingCommand,
    ) -> Result<Done, CommandError> {
        let permission: fn(Scope) -> Permission = match command {
            BuildingCommand::Delete(_) => Permission::BuildingDelete,
            _ => Permission::BuildingChange,
        };
        let decide = |d: &mut Decision<'_>| {
            let standing = d.state::<Building>(id)?.standing();
            let owner = [standing
                .ok_or_else(|| CommandError::unknown("building"))?
                .owner];
            let show = Permission::BuildingShow;
            d.require_over("building", permission, show, Owners::of(&owner))?;
            d.decide::<Building>(id, &command).map(drop)
        };
        let streams = vec![want::<Building>(id)?];
        self.dispatch
            .command(context, name, answer_id, streams, &decide)
            .await
    }
}
