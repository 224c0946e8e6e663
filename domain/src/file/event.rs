//! What happened to a file.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ContentType, FileOwner, Pixels, Purpose, Visibility};
use crate::id::UserId;
use crate::personal::Personal;

events! {
    /// What happened to a file.
    pub enum FileEvent {
        /// Its bytes are in the store, and it can be attached.
        Declared(FileDeclared) = "file.declared" v 1,
        /// Named fields were changed.
        Changed(FileChanged) = "file.changed" v 1,
        /// It belongs to something.
        Attached(FileAttached) = "file.attached" v 1,
        /// It belongs to nothing any more.
        Detached(FileDetached) = "file.detached" v 1,
        /// Its bytes are gone or about to go.
        Deleted(FileDeleted) = "file.deleted" v 1,
    }
}

/// Its bytes are in the store, and it can be attached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDeclared {
    /// Who uploaded it.
    pub uploader: UserId,
    /// What it is called; people name files after people.
    pub name: Personal<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// Who may see it once it is attached.
    pub visibility: Visibility,
    /// What its bytes are.
    pub content_type: ContentType,
    /// How many bytes are kept.
    pub bytes: u64,
    /// SHA-256 of the bytes that are kept.
    pub sha256: String,
    /// The size of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<Pixels>,
    /// When; from then on it belongs to nothing.
    pub declared_at: DateTime<Utc>,
}

/// Named fields were changed; what is absent stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileChanged {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
    /// Who may see it once it is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
}

/// It belongs to something, which decides who may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileAttached {
    /// To what.
    pub owner: FileOwner,
}

/// It belongs to nothing any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDetached {
    /// What it belonged to.
    pub owner: FileOwner,
    /// When; from then on it belongs to nothing.
    pub detached_at: DateTime<Utc>,
}

/// Its bytes are gone or about to go; what is known of it stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDeleted {
    /// Why.
    pub because: DeletedBecause,
}

/// Why a file was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletedBecause {
    /// Its uploader wanted it.
    Asked,
    /// It had belonged to nothing for too long.
    Unattached,
}
