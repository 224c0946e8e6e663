//! The roles that come with the house.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Scope::Own;
use super::{Permission, Permissions};

/// What someone is in the house; a set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the platform.
    SuperAdmin,
    /// Runs the business on it.
    Admin,
    /// Manages buildings.
    Manager,
    /// Publishes listings.
    Host,
    /// Everyone.
    Member,
}

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role; use `super_admin`, `admin`, `manager`, `host` or `member`")]
pub struct UnknownRole(pub String);

const MEMBER: &[Permission] = &[
    Permission::UserShow(Own),
    Permission::UserChange(Own),
    Permission::UserDeactivate(Own),
    Permission::SessionList(Own),
    Permission::SessionEnd(Own),
    Permission::BookingRequest,
    Permission::BookingShow(Own),
    Permission::BookingCancel(Own),
    Permission::PaymentCreate(Own),
    Permission::PaymentShow(Own),
    Permission::OccupantShow(Own),
    Permission::FileUpload,
    Permission::IncidentReport,
    Permission::IncidentShow(Own),
];

const HOST: &[Permission] = &[
    Permission::ListingCreate,
    Permission::ListingShow(Own),
    Permission::ListingChange(Own),
    Permission::ListingPublish(Own),
    Permission::ListingDelete(Own),
    Permission::BookingAccept(Own),
    Permission::BookingDecline(Own),
    Permission::BookingComplete(Own),
    Permission::BookingNoShow(Own),
    Permission::PaymentRefund(Own),
    Permission::PaymentStats(Own),
];

const MANAGER: &[Permission] = &[
    Permission::BuildingCreate,
    Permission::BuildingShow(Own),
    Permission::BuildingChange(Own),
    Permission::BuildingDelete(Own),
    Permission::EquipmentShow(Own),
    Permission::EquipmentChange(Own),
    Permission::EquipmentWork(Own),
    Permission::BookingAgree,
    Permission::IncidentWork(Own),
    Permission::SlaPolicyChange(Own),
    Permission::OutageChange(Own),
];

/// What only the highest role has.
const PLATFORM: &[Permission] = &[
    Permission::RoleGrantSuper,
    Permission::ProjectionOperate,
    Permission::ImportRun,
];

impl Role {
    /// Every role, the highest first.
    pub const ALL: [Self; 5] = [
        Self::SuperAdmin,
        Self::Admin,
        Self::Manager,
        Self::Host,
        Self::Member,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Host => "host",
            Self::Member => "member",
        }
    }

    /// Whether who has it stands on the roster of administrators.
    pub fn is_admin(self) -> bool {
        matches!(self, Self::SuperAdmin | Self::Admin)
    }

    /// What one must be allowed in order to grant or revoke it.
    pub fn granted_with(self) -> Permission {
        match self {
            Self::SuperAdmin => Permission::RoleGrantSuper,
            Self::Admin | Self::Manager | Self::Host | Self::Member => Permission::RoleGrant,
        }
    }

    /// What who has it may do.
    pub fn permissions(self) -> Permissions {
        match self {
            Self::Member => MEMBER.iter().copied().collect(),
            Self::Host => MEMBER.iter().chain(HOST).copied().collect(),
            Self::Manager => MEMBER.iter().chain(HOST).chain(MANAGER).copied().collect(),
            Self::Admin => Permission::all()
                .filter(|p| !PLATFORM.contains(p))
                .collect(),
            Self::SuperAdmin => Permission::all().collect(),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.chars().take(64).collect()))
    }
}
