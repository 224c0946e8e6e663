//! What happened to a building's tree of equipment.

use serde::{Deserialize, Serialize};

use crate::id::EquipmentId;

/// A piece is part of another, or of none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquipmentTreePlaced {
    /// Which piece.
    pub equipment: EquipmentId,
    /// Of which it is a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<EquipmentId>,
}

/// A piece is no longer in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquipmentTreeRemoved {
    /// Which piece.
    pub equipment: EquipmentId,
}

events! {
    /// What happened to a building's tree of equipment.
    pub enum EquipmentTreeEvent {
        /// A piece is part of another, or of none.
        Placed(EquipmentTreePlaced) = "equipment_tree.placed" v 1,
        /// A piece is no longer in the tree.
        Removed(EquipmentTreeRemoved) = "equipment_tree.removed" v 1,
    }
}
