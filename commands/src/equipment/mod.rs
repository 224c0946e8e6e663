//! Commands on equipment. A piece, its place in the tree of its building and its work orders stand
//! in one append.

mod import;
mod meters;
mod orders;
pub(crate) mod plans;

pub use orders::{NewWorkOrder, OrderStep};

use domain::building::Building;
use domain::equipment::{
    ChangeEquipment, ComeUp, Equipment, EquipmentCommand, GoDown, MoveEquipment, Piece,
    RegisterEquipment,
};
use domain::equipment_tree::{
    EquipmentTree, EquipmentTreeCommand, PlaceEquipment, RemoveEquipment,
};
use domain::id::{BuildingId, EquipmentId, LotId, UserId};
use domain::permission::{Permission, Scope};

use crate::Commands;
use crate::authorize::Owners;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::{Decide, Done};
use crate::error::CommandError;
use crate::wanted::{Wanted, fresh, want};

/// What a command on a piece is called, what it answers and what one has to be allowed for it.
pub(crate) struct Ask {
    pub(crate) name: &'static str,
    pub(crate) answer_id: String,
    pub(crate) permission: fn(Scope) -> Permission,
}

impl Ask {
    fn change(name: &'static str, answer_id: impl std::fmt::Display) -> Self {
        Self {
            name,
            answer_id: answer_id.to_string(),
            permission: Permission::EquipmentChange,
        }
    }

    fn work(name: &'static str, answer_id: impl std::fmt::Display) -> Self {
        Self {
            permission: Permission::EquipmentWork,
            ..Self::change(name, answer_id)
        }
    }
}

impl Commands {
    /// Puts a piece into the books of its building. Its owner is that of the building, whoever is
    /// named.
    pub async fn register_equipment(
        &self,
        context: &Context,
        id: EquipmentId,
        command: &RegisterEquipment,
    ) -> Result<Done, CommandError> {
        let building = command.building;
        let decide = |d: &mut Decision<'_>| {
            let owner = owner(d, building)?.ok_or_else(|| CommandError::unknown("building"))?;
            let change = Permission::EquipmentChange;
            let show = Permission::BuildingShow;
            d.require_over("building", change, show, Owners::of(&[owner]))?;
            has_lot(d, building, command.lot)?;
            let register = RegisterEquipment {
                owner,
                ..command.clone()
            };
            d.decide::<Equipment>(id, &EquipmentCommand::Register(Box::new(register)))?;
            place(d, building, id, command.parent)
        };
        let streams = vec![
            fresh::<Equipment>(id)?,
            want::<EquipmentTree>(building)?,
            want::<Building>(building)?,
        ];
        self.dispatch
            .command(
                context,
                "equipment.register",
                id.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Changes named fields of a piece.
    pub async fn change_equipment(
        &self,
        context: &Context,
        id: EquipmentId,
        change: ChangeEquipment,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.change", id);
        let command = EquipmentCommand::Change(change);
        self.on_piece(context, id, ask, &command).await
    }

    /// Says that a piece does not run.
    pub async fn take_equipment_down(
        &self,
        context: &Context,
        id: EquipmentId,
        down: GoDown,
    ) -> Result<Done, CommandError> {
        let ask = Ask::work("equipment.down", id);
        let command = EquipmentCommand::GoDown(down);
        self.on_piece(context, id, ask, &command).await
    }

    /// Says that a piece runs again.
    pub async fn bring_equipment_up(
        &self,
        context: &Context,
        id: EquipmentId,
        up: ComeUp,
    ) -> Result<Done, CommandError> {
        let ask = Ask::work("equipment.up", id);
        let command = EquipmentCommand::ComeUp(up);
        self.on_piece(context, id, ask, &command).await
    }

    /// Puts a piece elsewhere in its building, with all its parts.
    pub async fn move_equipment(
        &self,
        context: &Context,
        id: EquipmentId,
        to: MoveEquipment,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.move", id);
        let (parent, lot) = (to.parent, to.lot);
        let command = EquipmentCommand::Move(to);
        let decide = |d: &mut Decision<'_>| {
            let building = piece(d, id)?.building;
            has_lot(d, building, lot)?;
            place(d, building, id, parent)?;
            d.decide::<Equipment>(id, &command).map(drop)
        };
        self.on_tree(context, id, ask, &decide).await
    }

    /// Takes a piece out of the books.
    pub async fn delete_equipment(
        &self,
        context: &Context,
        id: EquipmentId,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.delete", id);
        let decide = |d: &mut Decision<'_>| {
            let building = piece(d, id)?.building;
            let remove = RemoveEquipment { equipment: id };
            d.decide::<EquipmentTree>(building, &EquipmentTreeCommand::Remove(remove))?;
            d.decide::<Equipment>(id, &EquipmentCommand::Delete)
                .map(drop)
        };
        self.on_tree(context, id, ask, &decide).await
    }

    async fn on_piece(
        &self,
        context: &Context,
        id: EquipmentId,
        ask: Ask,
        command: &EquipmentCommand,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| d.decide::<Equipment>(id, command).map(drop);
        self.on_equipment(context, id, ask, vec![want::<Equipment>(id)?], &decide)
            .await
    }

    async fn on_tree(
        &self,
        context: &Context,
        id: EquipmentId,
        ask: Ask,
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let mut streams = vec![want::<Equipment>(id)?];
        if let Some(building) = self.building_of(id).await? {
            streams.push(want::<EquipmentTree>(building)?);
        }
        self.on_equipment(context, id, ask, streams, decide).await
    }

    /// The building that a piece stands in, which never changes; none for one that is not there.
    async fn building_of(&self, id: EquipmentId) -> Result<Option<BuildingId>, CommandError> {
        let (state, _) = self.dispatch.peek::<Equipment>(id).await?;
        Ok(state.standing().map(|piece| piece.building))
    }

    /// Runs `decide` with `streams`, the first of which the command is about, for one who may. The
    /// piece itself is among them.
    pub(crate) async fn on_equipment(
        &self,
        context: &Context,
        id: EquipmentId,
        ask: Ask,
        mut streams: Vec<Wanted>,
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let building = self.building_of(id).await?;
        if let Some(building) = building {
            streams.push(want::<Building>(building)?);
        }
        let guarded = |d: &mut Decision<'_>| {
            // Whether it is there is asked of the journal, as everything is: a request that is
            // repeated after the piece was deleted gets its stored answer.
            let building = building.ok_or_else(|| CommandError::unknown("equipment"))?;
            authorize(d, id, building, ask.permission)?;
            decide(d)
        };
        self.dispatch
            .command(context, ask.name, ask.answer_id, streams, &guarded)
            .await
    }
}

/// Asks that the caller may do this to the piece, or else lets him see none.
fn authorize(
    d: &Decision<'_>,
    id: EquipmentId,
    building: BuildingId,
    permission: fn(Scope) -> Permission,
) -> Result<(), CommandError> {
    piece(d, id)?;
    let owner: Vec<UserId> = owner(d, building)?.into_iter().collect();
    let show = Permission::EquipmentShow;
    d.require_over("equipment", permission, show, Owners::of(&owner))
}

fn owner(d: &Decision<'_>, building: BuildingId) -> Result<Option<UserId>, CommandError> {
    let building = d.state::<Building>(building)?;
    Ok(building.standing().map(|standing| standing.owner))
}

/// The piece as it stands in the books.
pub(crate) fn piece<'d>(d: &'d Decision<'_>, id: EquipmentId) -> Result<&'d Piece, CommandError> {
    let state = d.state::<Equipment>(id)?;
    state
        .standing()
        .ok_or_else(|| CommandError::unknown("equipment"))
}

fn has_lot(d: &Decision<'_>, building: BuildingId, lot: Option<LotId>) -> Result<(), CommandError> {
    let Some(lot) = lot else { return Ok(()) };
    let standing = d.state::<Building>(building)?.standing();
    if standing.is_some_and(|standing| standing.lots.contains_key(&lot)) {
        return Ok(());
    }
    let detail = "the building has no lot with this id; choose another lot";
    Err(CommandError::invalid("lot_unknown", "/lot", detail))
}

fn place(
    d: &mut Decision<'_>,
    building: BuildingId,
    equipment: EquipmentId,
    parent: Option<EquipmentId>,
) -> Result<(), CommandError> {
    let place = PlaceEquipment { equipment, parent };
    d.decide::<EquipmentTree>(building, &EquipmentTreeCommand::Place(place))
        .map(drop)
}
