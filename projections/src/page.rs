//! Lists by keyset: a page begins after the sort values of the last row of the one before.

use eventstore::Readers;
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

/// Where a page begins: the sort values of the row before it, as text. The API signs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// Which build of the tables the values were read from.
    pub generation: i64,
    /// The sort values, in the order of the sort.
    pub values: Vec<String>,
}

/// What part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many rows at most.
    pub limit: u32,
    /// Where it begins; at the start of the list if nothing is said.
    pub after: Option<After>,
}

impl Page {
    /// The first `limit` rows.
    pub fn first(limit: u32) -> Self {
        Self { limit, after: None }
    }

    /// The page of `limit` rows that follows `after`.
    pub fn following(limit: u32, after: After) -> Self {
        Self {
            limit,
            after: Some(after),
        }
    }

    /// The sort values after which it begins, read as what they must be.
    pub(crate) fn place<T>(
        &self,
        read: impl Fn(&[String]) -> Option<T>,
    ) -> Result<Option<T>, QueryError> {
        let after = self.after.as_ref();
        after
            .map(|after| read(&after.values).ok_or(QueryError::CursorInvalid))
            .transpose()
    }

    /// This page of a list: its `rows`, of which one more than wanted was fetched.
    pub(crate) fn list<T>(
        &self,
        ground: &Ground,
        mut rows: Vec<T>,
        sort_values: impl Fn(&T) -> Vec<String>,
    ) -> Result<List<T>, QueryError> {
        let &Ground { generation, stale } = ground;
        let after = self.after.as_ref();
        if after.is_some_and(|after| after.generation != generation) {
            return Err(QueryError::CursorInvalid);
        }
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = if more { rows.last() } else { None };
        let next = last.map(|row| After {
            generation,
            values: sort_values(row),
        });
        Ok(List {
            items: rows,
            next,
            stale,
        })
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<After>,
    /// Whether some rows may be behind because events are parked or the projection has stopped.
    pub stale: bool,
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The place where the page was to begin is of another list or of a former build.
    #[error(
        "this cursor is of another list, or from before the list was built anew: start at the \
             first page"
    )]
    CursorInvalid,
    /// Events of this very thing are set aside until somebody has looked at them.
    #[error(
        "what is known of `{key}` is behind: an event of it in `{projection}` waits for repair"
    )]
    Parked {
        /// The projection.
        projection: &'static str,
        /// The key whose events are parked.
        key: String,
    },
    /// Postgres said no.
    #[error("the read model cannot be asked at the moment: {0}")]
    Unavailable(#[from] sqlx::Error),
}

impl QueryError {
    /// Whether the read model has not been built yet, as at the first start.
    pub fn is_unbuilt(&self) -> bool {
        matches!(self, Self::Unavailable(sqlx::Error::Database(error))
            if error.code().as_deref() == Some("42P01"))
    }
}

/// What a list needs to know of its projection.
pub(crate) struct Ground {
    pub(crate) generation: i64,
    pub(crate) stale: bool,
}

/// Refuses to answer for one thing of which an event is parked.
pub(crate) async fn refuse_parked(
    readers: &Readers,
    projection: &'static str,
    key: &str,
) -> Result<(), QueryError> {
    let sql = format!("select exists (select from \"{projection}\".parked where key = $1)");
    let parked: bool = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(key)
        .fetch_one(readers)
        .await?;
    if parked {
        Err(QueryError::Parked {
            projection,
            key: key.to_owned(),
        })
    } else {
        Ok(())
    }
}
