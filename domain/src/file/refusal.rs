//! Why a file's command is refused.

use super::decide::{FILE_BYTES_MAX, PIXELS_MAX};
use super::{ContentType, Purpose};
use crate::aggregate::{Refusal, RefusalKind};
use crate::text::FieldFault;

/// Why a file's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// Never declared, or deleted.
    #[error("there is no such file; check the id")]
    Unknown,
    /// The id is in use.
    #[error("a file with this id exists; upload it under a new id")]
    Exists,
    /// It is attached to something.
    #[error("the file is attached; detach it first, where it is attached")]
    Attached,
    /// It is not attached there.
    #[error("no such file is attached there; check the id")]
    NotAttached,
    /// It belongs to something, or has not belonged to nothing for long enough.
    #[error("the file is not left over; leave it")]
    InUse,
    /// What is in it is no good for what it is for.
    #[error("a {0:?} is not taken as a {1:?}; upload another file, or for another purpose")]
    NotForPurpose(ContentType, Purpose),
    /// What it is for is not what is wanted there.
    #[error("a file uploaded as a {0:?} is not taken there; upload it for that purpose")]
    NotForOwner(Purpose),
    /// Nothing is in it, or too much.
    #[error("a file has 1 to {FILE_BYTES_MAX} bytes")]
    BytesOutOfRange,
    /// A digest that is none.
    #[error("a digest is 64 hexadecimal digits in lower case")]
    NoDigest,
    /// A picture without a size, with too large a one, or something else with one.
    #[error("a picture, and nothing else, has a size of 1 to {PIXELS_MAX} pixels")]
    PixelsOutOfRange,
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for FileRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "file_unknown",
            Self::Exists => "file_exists",
            Self::Attached => "file_attached",
            Self::NotAttached => "file_not_attached",
            Self::InUse => "file_in_use",
            Self::NotForPurpose(..) => "file_type_not_for_purpose",
            Self::NotForOwner(_) => "file_purpose_not_taken",
            Self::BytesOutOfRange => "file_bytes_out_of_range",
            Self::NoDigest => "file_digest_invalid",
            Self::PixelsOutOfRange => "file_pixels_out_of_range",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown | Self::NotAttached => RefusalKind::Unknown,
            Self::Exists | Self::Attached | Self::InUse => RefusalKind::Conflict,
            Self::NotForPurpose(..)
            | Self::NotForOwner(_)
            | Self::BytesOutOfRange
            | Self::NoDigest
            | Self::PixelsOutOfRange
            | Self::Text(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NotForPurpose(..) => Some("/purpose"),
            Self::NotForOwner(_) => Some("/file"),
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}
