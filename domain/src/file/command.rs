//! What can be asked of a file.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ContentType, FileOwner, Pixels, Purpose, Visibility};
use crate::id::UserId;

/// Tell of a file whose bytes are in the store.
#[derive(Clone, Debug)]
pub struct DeclareFile {
    /// Who uploaded it.
    pub uploader: UserId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Who may see it once it is attached.
    pub visibility: Visibility,
    /// What its bytes are.
    pub content_type: ContentType,
    /// How many bytes are kept.
    pub bytes: u64,
    /// SHA-256 of the bytes that are kept, as 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// The size of a picture.
    pub pixels: Option<Pixels>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Change named fields; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeFile {
    /// What it is called.
    pub name: Option<String>,
    /// Who may see it once it is attached.
    pub visibility: Option<Visibility>,
}

/// Attach it.
#[derive(Clone, Copy, Debug)]
pub struct AttachFile {
    /// To what.
    pub owner: FileOwner,
}

/// Take it off again.
#[derive(Clone, Copy, Debug)]
pub struct DetachFile {
    /// From what.
    pub owner: FileOwner,
    /// When.
    pub at: DateTime<Utc>,
}

/// Delete it; what is known of it stays.
#[derive(Clone, Copy, Debug)]
pub struct DeleteFile {}

/// Delete it because it has belonged to nothing for so long.
#[derive(Clone, Copy, Debug)]
pub struct ExpireFile {
    /// For how long.
    pub after: TimeDelta,
    /// When.
    pub at: DateTime<Utc>,
}

/// What can be asked of a file.
#[derive(Clone, Debug)]
pub enum FileCommand {
    /// Tell of it.
    Declare(DeclareFile),
    /// Change named fields.
    Change(ChangeFile),
    /// Attach it.
    Attach(AttachFile),
    /// Take it off again.
    Detach(DetachFile),
    /// Delete it.
    Delete(DeleteFile),
    /// Delete it because it belongs to nothing.
    Expire(ExpireFile),
}
