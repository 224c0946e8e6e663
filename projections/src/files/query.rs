//! Which files there are, and which belong to nothing.

use chrono::{DateTime, Utc};
use domain::file::FileOwner;
use domain::id::{FileId, UserId};
use eventstore::Readers;
use uuid::Uuid;

use super::{FileRow, NAME};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// Which files are asked for; what is absent does not matter. Deleted ones are none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFilter {
    /// What they belong to.
    pub owner: Option<FileOwner>,
    /// Who uploaded them.
    pub uploader: Option<UserId>,
    /// `photo`, `document` or `message`.
    pub purpose: Option<String>,
}

/// The files that match, in the order in which they were uploaded.
pub async fn list(
    readers: &Readers,
    filter: &FileFilter,
    page: &Page,
) -> Result<List<FileRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    let owner = filter.owner.map(FileOwner::parts);
    Select::of("files.file")
        .filter("t.owner_kind =", owner.map(|(noun, _)| noun.to_owned()))
        .filter("t.owner_id =", owner.map(|(_, id)| id))
        .filter("t.uploader =", filter.uploader.map(|user| user.0))
        .filter("t.purpose =", filter.purpose.clone())
        .only("t.status = 'kept'")
        .after("(t.created_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at, t.id",
            |row: &FileRow| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One file; a deleted one too, which its status says.
pub async fn show(readers: &Readers, file: FileId) -> Result<Option<FileRow>, QueryError> {
    One::by_id(NAME, "files.file").find(readers, file.0).await
}

/// Files that have belonged to nothing since `until` or longer, the longest first, at most `limit`.
pub async fn loose(
    readers: &Readers,
    until: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<FileId>, QueryError> {
    let found = sqlx::query_scalar(
        "select id from files.file where status = 'kept' and loose_since <= $1
         order by loose_since, id limit $2",
    );
    let found: Vec<Uuid> = found
        .bind(until)
        .bind(i64::from(limit))
        .fetch_all(readers)
        .await?;
    Ok(found.into_iter().map(FileId).collect())
}

/// Those of `files` that are not deleted.
pub async fn kept_among(readers: &Readers, files: &[FileId]) -> Result<Vec<FileId>, QueryError> {
    let ids: Vec<Uuid> = files.iter().map(|file| file.0).collect();
    let found: Vec<Uuid> =
        sqlx::query_scalar("select id from files.file where id = any($1) and status = 'kept'")
            .bind(ids)
            .fetch_all(readers)
            .await?;
    Ok(found.into_iter().map(FileId).collect())
}
