//! What can be asked of a building's tree of equipment.

use crate::id::EquipmentId;

/// Put a piece into the tree, or elsewhere in it with all its parts.
#[derive(Clone, Copy, Debug)]
pub struct PlaceEquipment {
    /// Which piece.
    pub equipment: EquipmentId,
    /// Of which piece it is to be a part.
    pub parent: Option<EquipmentId>,
}

/// Take a piece out that has no parts.
#[derive(Clone, Copy, Debug)]
pub struct RemoveEquipment {
    /// Which piece.
    pub equipment: EquipmentId,
}

/// What can be asked of a building's tree of equipment.
#[derive(Clone, Copy, Debug)]
pub enum EquipmentTreeCommand {
    /// Put a piece somewhere.
    Place(PlaceEquipment),
    /// Take a piece out.
    Remove(RemoveEquipment),
}
