//! Where a piece may be.

use super::{
    EquipmentTree, EquipmentTreeCommand, EquipmentTreeEvent, EquipmentTreePlaced,
    EquipmentTreeRefusal, EquipmentTreeRemoved, PlaceEquipment, RemoveEquipment,
};
use crate::id::EquipmentId;

/// How many levels there can be, the topmost included.
pub const DEPTH_MAX: usize = 10;
/// The most pieces of a building.
pub const PIECES_MAX: usize = 5_000;

type Decision = Result<Vec<EquipmentTreeEvent>, EquipmentTreeRefusal>;

impl EquipmentTree {
    pub(super) fn decide_on(&self, command: &EquipmentTreeCommand) -> Decision {
        match command {
            EquipmentTreeCommand::Place(c) => self.place(*c),
            EquipmentTreeCommand::Remove(c) => self.remove(*c),
        }
    }

    fn place(&self, c: PlaceEquipment) -> Decision {
        let PlaceEquipment { equipment, parent } = c;
        match self.parents.get(&equipment) {
            Some(present) if *present == parent => return Ok(vec![]),
            None if self.parents.len() >= PIECES_MAX => return Err(EquipmentTreeRefusal::TooMany),
            _ => {}
        }
        if let Some(parent) = parent {
            self.may_be_part(equipment, parent)?;
        }
        Ok(vec![EquipmentTreeEvent::Placed(EquipmentTreePlaced {
            equipment,
            parent,
        })])
    }

    fn may_be_part(
        &self,
        equipment: EquipmentId,
        parent: EquipmentId,
    ) -> Result<(), EquipmentTreeRefusal> {
        if parent == equipment {
            return Err(EquipmentTreeRefusal::Circle);
        }
        if !self.parents.contains_key(&parent) {
            return Err(EquipmentTreeRefusal::ParentUnknown);
        }
        let above: Vec<EquipmentId> = self.up_from(parent).collect();
        if above.contains(&equipment) {
            return Err(EquipmentTreeRefusal::Circle);
        }
        if above.len() + self.height(equipment) > DEPTH_MAX {
            return Err(EquipmentTreeRefusal::TooDeep);
        }
        Ok(())
    }

    /// The piece, what it is a part of, and so on to the top.
    fn up_from(&self, equipment: EquipmentId) -> impl Iterator<Item = EquipmentId> {
        let up = |below: &EquipmentId| self.parents.get(below).copied().flatten();
        // No history that was decided has a circle; one that is told so all the same must end.
        std::iter::successors(Some(equipment), up).take(self.parents.len() + 1)
    }

    /// How many levels the piece and its parts have.
    fn height(&self, equipment: EquipmentId) -> usize {
        let mut levels = 1;
        let mut level = vec![equipment];
        while levels <= DEPTH_MAX {
            let is_below = |of: &Option<EquipmentId>| of.is_some_and(|of| level.contains(&of));
            let below = self.parents.iter().filter(|(_, parent)| is_below(parent));
            level = below.map(|(id, _)| *id).collect();
            if level.is_empty() {
                break;
            }
            levels += 1;
        }
        levels
    }

    fn remove(&self, c: RemoveEquipment) -> Decision {
        if !self.parents.contains_key(&c.equipment) {
            return Ok(vec![]);
        }
        let of = Some(c.equipment);
        let parts = self.parents.values().filter(|parent| **parent == of);
        match parts.count() {
            0 => Ok(vec![EquipmentTreeEvent::Removed(EquipmentTreeRemoved {
                equipment: c.equipment,
            })]),
            parts => Err(EquipmentTreeRefusal::HasParts(parts)),
        }
    }
}
