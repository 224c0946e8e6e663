//! Files, as queries tell them.

use chrono::{DateTime, Utc};
use projections::files::FileRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::view::views;

/// What a file belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileOwnerView {
    /// A noun, such as `building`.
    kind: String,
    /// The thing.
    id: Uuid,
}

views! {
    /// What is known of a file.
    #[schema(as = File)]
    pub struct FileView of row: FileRow {
        /// The file.
        id: Uuid,
        /// Who uploaded it.
        uploader: Uuid,
        /// What it is called.
        name: String,
        /// `photo`, `document` or `message`.
        purpose: String,
        /// `private` or `public`.
        visibility: String,
        /// What its bytes are.
        content_type: String,
        /// How many there are.
        bytes: u64,
        /// SHA-256 of them.
        sha256: String,
        /// Pixels of a picture from left to right, as it is shown.
        width: Option<u32>,
        /// Pixels of a picture from top to bottom, as it is shown.
        height: Option<u32>,
        /// What it belongs to.
        owner: Option<FileOwnerView> = row
            .owner_kind
            .zip(row.owner_id)
            .map(|(kind, id)| FileOwnerView { kind, id }),
        /// `kept` or `deleted`.
        status: String,
        /// Since when it belongs to nothing.
        loose_since: Option<DateTime<Utc>>,
        /// When it was uploaded.
        created_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }
}
