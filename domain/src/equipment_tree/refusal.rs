//! Why a piece cannot be where it is wanted.

use super::{DEPTH_MAX, PIECES_MAX};
use crate::aggregate::{Refusal, RefusalKind};

/// Why a piece cannot be where it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EquipmentTreeRefusal {
    /// The piece is not in this building.
    #[error("the building has no such equipment; check the id")]
    Unknown,
    /// The parent is not in this building.
    #[error("the building has no equipment with the parent's id; choose another parent")]
    ParentUnknown,
    /// It would be a part of itself.
    #[error("a piece cannot be part of itself or of one of its own parts; choose another parent")]
    Circle,
    /// The parts of parts of parts have to end.
    #[error("parts go {DEPTH_MAX} levels deep at most; choose a parent further up")]
    TooDeep,
    /// More than a building has.
    #[error("a building has at most {PIECES_MAX} pieces of equipment; delete some first")]
    TooMany,
    /// Its parts would belong to nothing.
    #[error("the piece has {0} parts; move or delete them first")]
    HasParts(usize),
}

impl Refusal for EquipmentTreeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "equipment_unknown",
            Self::ParentUnknown => "parent_unknown",
            Self::Circle => "equipment_circle",
            Self::TooDeep => "equipment_too_deep",
            Self::TooMany => "too_many",
            Self::HasParts(_) => "equipment_has_parts",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::ParentUnknown => RefusalKind::Invalid,
            Self::Circle | Self::TooDeep | Self::TooMany | Self::HasParts(_) => {
                RefusalKind::Conflict
            }
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::ParentUnknown | Self::Circle | Self::TooDeep => Some("/parent"),
            _ => None,
        }
    }
}
