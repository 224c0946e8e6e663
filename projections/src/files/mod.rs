//! The files that were uploaded, and what they belong to.

mod fold;
mod query;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::AnyEvent;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{FileFilter, kept_among, list, loose, show};

/// The name of the projection.
pub const NAME: &str = "files";

crate::row! {
    /// A file, also one that is gone.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct FileRow {
        /// The file.
        pub id: Uuid,
        /// Who uploaded it.
        pub uploader: Uuid,
        /// What it is called.
        pub name: String,
        /// `photo`, `document` or `message`.
        pub purpose: String,
        /// `private` or `public`.
        pub visibility: String,
        /// What its bytes are.
        pub content_type: String,
        /// How many there are.
        pub bytes: u64,
        /// SHA-256 of them.
        pub sha256: String,
        /// Pixels of a picture from left to right.
        pub width: Option<u32>,
        /// Pixels of a picture from top to bottom.
        pub height: Option<u32>,
        /// The noun of what it belongs to.
        pub owner_kind: Option<String>,
        /// The id of what it belongs to.
        pub owner_id: Option<Uuid>,
        /// `kept` or `deleted`.
        pub status: String,
        /// Since when it belongs to nothing.
        pub loose_since: Option<DateTime<Utc>>,
        /// When it was uploaded.
        pub created_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for FileRow {
    const TABLE: Table = Table::by_id("file", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

/// Projects files.
#[derive(Clone, Copy, Debug)]
pub struct Files;

impl Projector for Files {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const { &[FileRow::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::File(_)).then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let keys = known(batch, |event| matches!(event, AnyEvent::File(_)));
            let mut files = Rows::<FileRow>::load(conn, &keys).await?;
            for event in batch {
                if let AnyEvent::File(what) = &event.event {
                    fold::file(&mut files, event, what)?;
                }
            }
            files.store(conn).await
        })
    }
}
