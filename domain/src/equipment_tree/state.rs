//! Which piece is part of which now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EquipmentTreeCommand, EquipmentTreeEvent, EquipmentTreeRefusal};
use crate::aggregate::Aggregate;
use crate::id::EquipmentId;

/// The pieces of a building, each with the one that it is a part of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquipmentTree {
    /// The parent of each piece.
    pub parents: BTreeMap<EquipmentId, Option<EquipmentId>>,
}

cqrs_aggregate!(EquipmentTree);

impl Aggregate for EquipmentTree {
    const NOUN: &'static str = "equipment_tree";
    const STATE_VERSION: u32 = 1;
    type Command = EquipmentTreeCommand;
    type Event = EquipmentTreeEvent;
    type Refusal = EquipmentTreeRefusal;

    fn decide(
        &self,
        command: &EquipmentTreeCommand,
    ) -> Result<Vec<EquipmentTreeEvent>, EquipmentTreeRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &EquipmentTreeEvent) {
        match event {
            EquipmentTreeEvent::Placed(placed) => {
                self.parents.insert(placed.equipment, placed.parent);
            }
            EquipmentTreeEvent::Removed(removed) => {
                self.parents.remove(&removed.equipment);
            }
        }
    }
}
