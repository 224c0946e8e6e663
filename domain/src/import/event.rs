//! What happened to an import.

use serde::{Deserialize, Serialize};

use crate::id::{BuildingId, UserId};

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Those who own and rent the lots of a building.
    Occupants,
}

/// A file was read and staged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportReceived {
    /// What kind of file it is.
    pub kind: ImportKind,
    /// The building that it tells of.
    pub building: BuildingId,
    /// Who brought it.
    pub by: UserId,
    /// SHA-256 of what was staged, in hexadecimal.
    pub sha256: String,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them could not be read.
    pub unreadable: u64,
}

/// Its rows are being carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCommitted {}

/// All its rows were carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportFinished {
    /// How many were accepted.
    pub accepted: u64,
    /// How many were kept out.
    pub refused: u64,
}

/// None of its rows is carried out from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCancelled {}

events! {
    /// What happened to an import.
    pub enum ImportEvent {
        /// A file was read and staged.
        Received(ImportReceived) = "import.received" v 1,
        /// Its rows are being carried out.
        Committed(ImportCommitted) = "import.committed" v 1,
        /// All its rows were carried out.
        Finished(ImportFinished) = "import.finished" v 1,
        /// None of its rows is carried out from now on.
        Cancelled(ImportCancelled) = "import.cancelled" v 1,
    }
}
