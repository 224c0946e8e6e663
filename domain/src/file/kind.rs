//! What a file is: its content, what it is for, who may see it, what it belongs to.

use serde::{Deserialize, Serialize};

use crate::id::{BuildingId, IncidentId, ListingId};

/// What is in a file, as its bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ContentType {
    /// A JPEG picture.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A PNG picture.
    #[serde(rename = "image/png")]
    Png,
    /// A GIF picture, moving or not.
    #[serde(rename = "image/gif")]
    Gif,
    /// A `WebP` picture, moving or not.
    #[serde(rename = "image/webp")]
    Webp,
    /// A PDF document.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// An Excel workbook.
    #[serde(rename = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    Xlsx,
    /// A table in plain text.
    #[serde(rename = "text/csv")]
    Csv,
    /// An MP4 video.
    #[serde(rename = "video/mp4")]
    Mp4,
    /// A `WebM` video.
    #[serde(rename = "video/webm")]
    Webm,
}

impl ContentType {
    /// Every one there is.
    pub const ALL: [Self; 9] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Pdf,
        Self::Xlsx,
        Self::Csv,
        Self::Mp4,
        Self::Webm,
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
        }
    }

    /// The endings of the names of such files; the first is the usual one.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Xlsx => &["xlsx"],
            Self::Csv => &["csv"],
            Self::Mp4 => &["mp4", "m4v"],
            Self::Webm => &["webm"],
        }
    }

    /// Whether it is a picture, which has a size in pixels and a thumbnail.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To be looked at.
    Photo,
    /// To be kept and read.
    Document,
    /// To go with what people write to each other.
    Message,
}

impl Purpose {
    /// What a file for this may be.
    pub fn takes(self, content: ContentType) -> bool {
        use ContentType::{Csv, Mp4, Pdf, Webm, Xlsx};
        match self {
            Self::Photo => content.is_picture(),
            Self::Document => matches!(content, Pdf | Xlsx | Csv),
            Self::Message => {
                content.is_picture() || matches!(content, Pdf | Xlsx | Csv | Mp4 | Webm)
            }
        }
    }
}

/// Who may see a file that is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Those who may see what it belongs to.
    Private,
    /// Anyone who knows its id.
    Public,
}

/// The size of a picture as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// What a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum FileOwner {
    /// It is a document of a building.
    Building(BuildingId),
    /// It was put to an incident.
    Incident(IncidentId),
    /// It is a photo of a listing.
    Listing(ListingId),
}

impl FileOwner {
    /// Its noun and its id.
    pub fn parts(self) -> (&'static str, uuid::Uuid) {
        match self {
            Self::Building(id) => ("building", id.0),
            Self::Incident(id) => ("incident", id.0),
            Self::Listing(id) => ("listing", id.0),
        }
    }

    /// The owner of this noun and id, if things of this noun own files.
    pub fn of(noun: &str, id: uuid::Uuid) -> Option<Self> {
        match noun {
            "building" => Some(Self::Building(id.into())),
            "incident" => Some(Self::Incident(id.into())),
            "listing" => Some(Self::Listing(id.into())),
            _ => None,
        }
    }

    /// Who may see what belongs to it, where that is not for the uploader to say: what is shown
    /// with a listing is shown to all, and an incident is the business of a few.
    pub fn visibility(self) -> Option<Visibility> {
        match self {
            Self::Building(_) => None,
            Self::Incident(_) => Some(Visibility::Private),
            Self::Listing(_) => Some(Visibility::Public),
        }
    }

    /// Whether it takes files for this purpose.
    pub fn takes(self, purpose: Purpose) -> bool {
        match self {
            Self::Building(_) => purpose == Purpose::Document,
            Self::Incident(_) => matches!(purpose, Purpose::Photo | Purpose::Document),
            Self::Listing(_) => purpose == Purpose::Photo,
        }
    }
}
