//! Commands on buildings and their lots.

pub(crate) mod address;
mod documents;

use domain::building::{
    AddLot, Building, BuildingCommand, BuildingRefusal, ChangeBuilding, ChangeLot, DeleteBuilding,
    Kept, Lot, LotChange, RegisterBuilding, RemoveLot,
};
use domain::claim::Claim;
use domain::docket::Docket;
use domain::equipment_tree::EquipmentTree;
use domain::id::{BuildingId, LotId};
use domain::occupancy::Occupancy;
use domain::permission::{Permission, Scope};

use address::Place;

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
        let claims = self.address_claims(command.owner, &command.address);
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::BuildingCreate)?;
            d.require_for(command.owner, Permission::BuildingChange)?;
            d.decide::<Building>(id, &register)?;
            address::take(d, &claims, id)
        };
        let mut streams = vec![fresh::<Building>(id)?];
        for claim in &claims {
            streams.push(want::<Claim>(claim)?);
        }
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
        if command.address.is_some() {
            return self.move_building(context, id, command).await;
        }
        let command = BuildingCommand::Change(command);
        self.on_building(context, "building.change", id, id.to_string(), command)
            .await
    }

    /// Changes a building whose address may become another.
    async fn move_building(
        &self,
        context: &Context,
        id: BuildingId,
        command: ChangeBuilding,
    ) -> Result<Done, CommandError> {
        let next = command.address.clone();
        let command = BuildingCommand::Change(command);
        let decide = |d: &mut Decision<'_>, before: &[String], after: &[String]| {
            authorize(d, id, Permission::BuildingChange)?;
            d.decide::<Building>(id, &command)?;
            if before == after {
                return Ok(());
            }
            let given_up: Vec<String> = before
                .iter()
                .filter(|claim| !after.contains(claim))
                .cloned()
                .collect();
            address::release(d, &given_up, id)?;
            address::take(d, after, id)
        };
        let next = next.as_ref();
        let place = Place { id, next };
        self.on_address(context, "building.change", place, &[], &decide)
            .await
    }

    /// Takes a building out of the books, once nothing stands in it and nothing is wrong in it.
    pub async fn delete_building(
        &self,
        context: &Context,
        id: BuildingId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>, claims: &[String], _: &[String]| {
            authorize(d, id, Permission::BuildingDelete)?;
            let pieces = &d.state::<EquipmentTree>(id)?.parents;
            let Docket {
                incidents,
                listings,
            } = d.state::<Docket>(id)?;
            let delete = DeleteBuilding {
                equipment: Kept::by(pieces.keys().copied()),
                incidents: Kept::by(incidents.iter().copied()),
                listings: Kept::by(listings.iter().copied()),
            };
            d.decide::<Building>(id, &BuildingCommand::Delete(delete))?;
            address::release(d, claims, id)
        };
        let uses = [want::<EquipmentTree>(id)?, want::<Docket>(id)?];
        let place = Place { id, next: None };
        self.on_address(context, "building.delete", place, &uses, &decide)
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
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::BuildingChange)?;
            let today = d.context.at.date_naive();
            if d.state::<Occupancy>(lot_id)?.is_occupied_from(today) {
                return Err(BuildingRefusal::LotOccupied.into());
            }
            d.decide::<Building>(id, &command).map(drop)
        };
        let streams = vec![want::<Building>(id)?, want::<Occupancy>(lot_id)?];
        let answer_id = lot_id.to_string();
        self.dispatch
            .command(context, "building.remove_lot", answer_id, streams, &decide)
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
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::BuildingChange)?;
            d.decide::<Building>(id, &command).map(drop)
        };
        let streams = vec![want::<Building>(id)?];
        self.dispatch
            .command(context, name, answer_id, streams, &decide)
            .await
    }
}

/// Asks that the caller may do this to the building, or else lets him see none.
pub(crate) fn authorize(
    d: &Decision<'_>,
    id: BuildingId,
    permission: fn(Scope) -> Permission,
) -> Result<(), CommandError> {
    let standing = d.state::<Building>(id)?.standing();
    let owner = [standing
        .ok_or_else(|| CommandError::unknown("building"))?
        .owner];
    let show = Permission::BuildingShow;
    d.require_over("building", permission, show, Owners::of(&owner))
        .map(drop)
}
