//! The rows that a batch touches: loaded in one query, folded in memory, stored in two statements.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::RangeBounds;

use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::column::{Cells, ColumnError, Lines};
use crate::projector::ApplyError;
use crate::row::{Row, Table};

/// Where a row lies in its table. Nobody else writes there while its batch is taken in.
type Place = String;

/// A row as it was and as it is to be.
struct Slot<R> {
    place: Option<Place>,
    /// The row as it was loaded, once it is touched.
    before: Option<R>,
    now: Option<R>,
}

impl<R: Row> Slot<R> {
    fn loaded(place: Place, row: R) -> Self {
        Self {
            place: Some(place),
            before: None,
            now: Some(row),
        }
    }

    fn new(row: R) -> Self {
        Self {
            place: None,
            before: None,
            now: Some(row),
        }
    }

    /// Gives the row to be changed, and keeps what it was.
    fn touch(&mut self) -> Option<&mut R> {
        if self.place.is_some() && self.before.is_none() {
            self.before.clone_from(&self.now);
        }
        self.now.as_mut()
    }

    /// Puts another in its place, or none.
    fn replace(&mut self, row: Option<R>) {
        let now = std::mem::replace(&mut self.now, row);
        if self.place.is_some() && self.before.is_none() {
            self.before = now;
        }
    }

    fn is_changed(&self) -> bool {
        match self.place {
            Some(_) => self.before.is_some() && self.before != self.now,
            None => true,
        }
    }
}

/// The rows that a batch touches, by key.
pub struct Rows<R: Row>(BTreeMap<R::Key, Slot<R>>);

impl<R: Row> Default for Rows<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: Row> Rows<R> {
    /// Loads the rows of `groups` in one query. Every row that is stored later must be of one of
    /// these groups, or of a group that has no rows yet.
    pub async fn load(conn: &mut PgConnection, groups: &[String]) -> Result<Self, ApplyError> {
        if groups.is_empty() {
            return Ok(Self::default());
        }
        let Table {
            name,
            group,
            group_type,
            ..
        } = R::TABLE;
        let sql = format!(
            "select ctid::text, {} from {name} where {group} = any($1::text[]::{group_type}[])",
            R::NAMES.join(", ")
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(groups);
        Self::read(&query.fetch_all(conn).await?)
    }

    /// Loads the rows with `keys` in one query; each names the columns of the primary key.
    pub async fn load_keys<K: Serialize + Sync>(
        conn: &mut PgConnection,
        keys: &[K],
    ) -> Result<Self, ApplyError> {
        if keys.is_empty() {
            return Ok(Self::default());
        }
        let Table { name, key, .. } = R::TABLE;
        let sql = format!(
            "select t.ctid::text, {} from {name} t \
             join json_populate_recordset(null::{name}, $1::json) k using ({})",
            R::NAMES
                .iter()
                .map(|column| format!("t.{column}"))
                .collect::<Vec<_>>()
                .join(", "),
            key.join(", ")
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(Json(keys));
        Self::read(&query.fetch_all(conn).await?)
    }

    fn read(found: &[PgRow]) -> Result<Self, ApplyError> {
        let slot = |row: &PgRow| -> Result<_, ColumnError> {
            let mut cells = Cells::of(row);
            let place = cells.take()?;
            let row: R = R::read(&mut cells)?;
            Ok((row.key(), Slot::loaded(place, row)))
        };
        let slots: Result<_, ColumnError> = found.iter().map(slot).collect();
        Ok(Self(slots?))
    }

    /// Takes the rows of `more` in beside these, with which they have none in common.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// The row with `key`.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.0.get(key)?.now.as_ref()
    }

    /// The row with `key`, to be changed; a fault if there is none.
    pub fn expect(&mut self, key: &R::Key) -> Result<&mut R, ApplyError> {
        self.0.get_mut(key).and_then(Slot::touch).ok_or_else(|| {
            ApplyError::Fold(format!(
                "there is no row in `{}` that could change",
                R::TABLE.name
            ))
        })
    }

    /// Puts `row` in, in the place of one with the same key.
    pub fn put(&mut self, row: R) {
        match self.0.entry(row.key()) {
            Entry::Occupied(mut slot) => slot.get_mut().replace(Some(row)),
            Entry::Vacant(slot) => {
                slot.insert(Slot::new(row));
            }
        }
    }

    /// Takes the row with `key` out.
    pub fn remove(&mut self, key: &R::Key) {
        if let Some(slot) = self.0.get_mut(key) {
            slot.replace(None);
        }
    }

    /// Takes out the rows with keys in `range`, as long as they are `wanted` there.
    pub fn remove_while(
        &mut self,
        range: impl RangeBounds<R::Key>,
        wanted: impl Fn(&R::Key) -> bool,
    ) {
        let slots = self.0.range_mut(range);
        slots
            .take_while(|(key, _)| wanted(key))
            .for_each(|(_, slot)| slot.replace(None));
    }

    /// The rows with keys in `range`.
    pub fn range(&self, range: impl RangeBounds<R::Key>) -> impl Iterator<Item = &R> {
        self.0
            .range(range)
            .filter_map(|(_, slot)| slot.now.as_ref())
    }

    /// What has changed since the rows were loaded: each row as it was and as it is.
    pub fn changes(&self) -> impl Iterator<Item = (Option<&R>, Option<&R>)> {
        let changed = self.0.values().filter(|slot| slot.is_changed());
        changed.map(|slot| (slot.before.as_ref(), slot.now.as_ref()))
    }

    /// Writes what has changed since the rows were loaded: one statement takes out what is gone
    /// or different, one puts in what is new or different.
    pub async fn store(&self, conn: &mut PgConnection) -> Result<(), ApplyError> {
        let changed = self.0.values().filter(|slot| slot.is_changed());
        let gone = changed.clone().filter_map(|slot| slot.place.as_deref());
        let gone: Vec<&str> = gone.collect();
        if !gone.is_empty() {
            delete(conn, R::TABLE.name, &gone).await?;
        }
        let new: Vec<&R> = changed.filter_map(|slot| slot.now.as_ref()).collect();
        if !new.is_empty() {
            insert(conn, &new).await?;
        }
        Ok(())
    }
}

async fn delete(conn: &mut PgConnection, table: &str, gone: &[&str]) -> Result<(), ApplyError> {
    let sql = format!("delete from {table} where ctid = any($1::text[]::tid[])");
    sqlx::query(AssertSqlSafe(sql))
        .bind(gone)
        .execute(conn)
        .await?;
    Ok(())
}

async fn insert<R: Row>(conn: &mut PgConnection, rows: &[&R]) -> Result<(), ApplyError> {
    let (name, columns) = (R::TABLE.name, R::NAMES.join(", "));
    let sql = format!("copy {name} ({columns}) from stdin (format binary)");
    let mut lines = Lines::default();
    for row in rows {
        row.write(&mut lines)?;
    }
    let mut copy = conn.copy_in_raw(&sql).await?;
    copy.send(lines.end()).await?;
    copy.finish().await?;
    Ok(())
}
