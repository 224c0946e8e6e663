//! What is said of a piece.

use serde::{Deserialize, Serialize};

/// Whether a piece runs, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EquipmentStatus {
    /// It runs.
    Operational,
    /// It does not run.
    Down,
    /// It is being renewed.
    Modernization,
    /// It could run and waits.
    Standby,
    /// Somebody will look at it.
    InspectionScheduled,
    /// It is being put to use.
    Commissioning,
    /// Somebody has stopped it because of danger.
    EmergencyShutdown,
}

impl EquipmentStatus {
    /// Whether the time in it is down time.
    pub fn is_down(self) -> bool {
        matches!(self, Self::Down | Self::EmergencyShutdown)
    }
}

/// Why a piece was down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DownKind {
    /// It had failed.
    Failure,
    /// It was stopped on purpose, such as for its maintenance.
    Planned,
}
