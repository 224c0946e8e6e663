//! Commands on meters. A reading opens what the plans that look at the meter ask for.

use std::sync::Arc;

use domain::equipment::{
    AddMeter, Equipment, EquipmentCommand, Firing, Meter, ReadMeter, RemoveMeter, ResetMeter,
};
use domain::id::{EquipmentId, MeterId};
use domain::work_order::WorkOrder;

use super::{Ask, piece, plans};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Adds a meter to a piece.
    pub async fn add_meter(
        &self,
        context: &Context,
        id: EquipmentId,
        meter_id: MeterId,
        meter: Meter,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.add_meter", meter_id);
        let command = EquipmentCommand::AddMeter(AddMeter { meter_id, meter });
        self.on_piece(context, id, ask, &command).await
    }

    /// Says that what a meter shows began anew.
    pub async fn reset_meter(
        &self,
        context: &Context,
        id: EquipmentId,
        reset: ResetMeter,
    ) -> Result<Done, CommandError> {
        let ask = Ask::work("equipment.reset_meter", reset.meter_id);
        let command = EquipmentCommand::ResetMeter(reset);
        self.on_piece(context, id, ask, &command).await
    }

    /// Takes a meter out.
    pub async fn remove_meter(
        &self,
        context: &Context,
        id: EquipmentId,
        meter_id: MeterId,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.remove_meter", meter_id);
        let command = EquipmentCommand::RemoveMeter(RemoveMeter { meter_id });
        self.on_piece(context, id, ask, &command).await
    }

    /// Reads a meter, and opens the orders that the plans at it ask for.
    pub async fn read_meter(
        &self,
        context: &Context,
        id: EquipmentId,
        read: &ReadMeter,
    ) -> Result<Done, CommandError> {
        let attempt = |state: Arc<Equipment>| async move {
            let of = |piece: &domain::equipment::Piece| piece.crossed(read.meter_id, read.value_e3);
            let firings: Vec<Firing> = state.standing().map(of).unwrap_or_default();
            let mut streams = vec![want::<Equipment>(id)?];
            for firing in &firings {
                streams.push(want::<WorkOrder>(firing.work_order)?);
            }
            let decide = |d: &mut Decision<'_>| {
                if of(piece(d, id)?) != firings {
                    return Err(CommandError::Moved);
                }
                d.decide::<Equipment>(id, &EquipmentCommand::ReadMeter(read.clone()))?;
                let mut each = firings.iter();
                each.try_for_each(|firing| plans::open_fired(d, id, *firing, None))
            };
            let ask = Ask::work("equipment.read_meter", read.meter_id);
            self.on_equipment(context, id, ask, streams, &decide).await
        };
        self.dispatch.as_looked_up(id, attempt).await
    }
}
