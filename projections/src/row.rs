//! Rows as structs: loaded for the touched keys in one query, folded in memory, written in one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::projector::ApplyError;

/// A table of a projection.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name, without a schema.
    pub name: &'static str,
    /// The columns of its primary key.
    pub key: &'static [&'static str],
    /// The column by which the rows of one projector's key are found.
    pub group: &'static str,
    /// The SQL type of that column.
    pub group_type: &'static str,
}

impl Table {
    /// A table whose rows are found by their one key column, a UUID.
    pub const fn by_id(name: &'static str, key: &'static [&'static str]) -> Self {
        Self::grouped(name, key, key[0], "uuid")
    }

    /// A table whose rows are found by `group`.
    pub const fn grouped(
        name: &'static str,
        key: &'static [&'static str],
        group: &'static str,
        group_type: &'static str,
    ) -> Self {
        Self {
            name,
            key,
            group,
            group_type,
        }
    }
}

/// A row of a table: one field per column, in JSON as Postgres has it.
pub trait Row:
    Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + Unpin + 'static
{
    /// Where it lives.
    const TABLE: Table;
    /// What the columns of its primary key hold.
    type Key: Ord + Clone + Send + Sync;

    /// Its own key.
    fn key(&self) -> Self::Key;
}

/// The rows that a batch touches, by key.
pub struct Rows<R: Row> {
    now: BTreeMap<R::Key, R>,
    before: BTreeMap<R::Key, R>,
}

impl<R: Row> Default for Rows<R> {
    fn default() -> Self {
        Self {
            now: BTreeMap::new(),
            before: BTreeMap::new(),
        }
    }
}

impl<R: Row> Rows<R> {
    /// Loads the rows of `groups` in one query.
    pub async fn load(conn: &mut PgConnection, groups: &[String]) -> Result<Self, ApplyError> {
        let Table {
            name,
            group,
            group_type,
            ..
        } = R::TABLE;
        let sql = format!(
            "select to_jsonb(t) from {name} t where {group} = any($1::text[]::{group_type}[])"
        );
        let found: Vec<(Json<R>,)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(groups)
            .fetch_all(conn)
            .await?;
        let now: BTreeMap<_, _> = found
            .into_iter()
            .map(|(Json(row),)| (row.key(), row))
            .collect();
        Ok(Self {
            before: now.clone(),
            now,
        })
    }

    /// Loads the rows with `keys` in one query; each names the columns of the primary key.
    pub async fn load_keys<K: Serialize + Sync>(
        conn: &mut PgConnection,
        keys: &[K],
    ) -> Result<Self, ApplyError> {
        let Table { name, key, .. } = R::TABLE;
        let sql = format!(
            "select to_jsonb(t) from {name} t \
             join json_populate_recordset(null::{name}, $1::json) k using ({})",
            key.join(", ")
        );
        let found: Vec<(Json<R>,)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(Json(keys))
            .fetch_all(conn)
            .await?;
        Ok(Self::from(found))
    }

    fn from(found: Vec<(Json<R>,)>) -> Self {
        let now: BTreeMap<_, _> = found
            .into_iter()
            .map(|(Json(row),)| (row.key(), row))
            .collect();
        Self {
            before: now.clone(),
            now,
        }
    }

    /// The row with `key`.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.now.get(key)
    }

    /// The row with `key`, to be changed; a fault if there is none.
    pub fn expect(&mut self, key: &R::Key) -> Result<&mut R, ApplyError> {
        self.now.get_mut(key).ok_or_else(|| {
            ApplyError::Fold(format!(
                "there is no row in `{}` that could change",
                R::TABLE.name
            ))
        })
    }

    /// Puts `row` in, in the place of one with the same key.
    pub fn put(&mut self, row: R) {
        self.now.insert(row.key(), row);
    }

    /// Takes the row with `key` out.
    pub fn remove(&mut self, key: &R::Key) {
        self.now.remove(key);
    }

    /// Takes out all rows that are not wanted.
    pub fn retain(&mut self, wanted: impl Fn(&R) -> bool) {
        self.now.retain(|_, row| wanted(row));
    }

    /// The rows that are new or different.
    pub fn changed(&self) -> impl Iterator<Item = &R> {
        let changed = |(key, row): &(&R::Key, &R)| self.before.get(*key) != Some(*row);
        self.now.iter().filter(changed).map(|(_, row)| row)
    }

    /// The rows as they are now.
    pub fn values(&self) -> impl Iterator<Item = &R> {
        self.now.values()
    }

    /// Writes what has changed since the rows were loaded: one statement for what is gone, one
    /// for what is new or different.
    pub async fn store(&self, conn: &mut PgConnection) -> Result<(), ApplyError> {
        let gone: Vec<&R> = self
            .before
            .iter()
            .filter(|(key, _)| !self.now.contains_key(key))
            .map(|(_, row)| row)
            .collect();
        if !gone.is_empty() {
            delete(conn, &gone).await?;
        }
        let changed: Vec<&R> = self.changed().collect();
        if !changed.is_empty() {
            upsert(conn, &changed).await?;
        }
        Ok(())
    }
}

async fn delete<R: Row>(conn: &mut PgConnection, rows: &[&R]) -> Result<(), ApplyError> {
    let Table { name, key, .. } = R::TABLE;
    let same: Vec<String> = key
        .iter()
        .map(|column| format!("t.{column} = r.{column}"))
        .collect();
    let sql = format!(
        "delete from {name} t using json_populate_recordset(null::{name}, $1::json) r where {}",
        same.join(" and ")
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(Json(rows))
        .execute(conn)
        .await?;
    Ok(())
}

async fn upsert<R: Row>(conn: &mut PgConnection, rows: &[&R]) -> Result<(), ApplyError> {
    let Table { name, key, .. } = R::TABLE;
    let columns = columns(rows)?;
    let list = columns.join(", ");
    let sets: Vec<String> = columns
        .iter()
        .filter(|column| !key.contains(&column.as_str()))
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let action = if sets.is_empty() {
        "nothing".to_owned()
    } else {
        format!("update set {}", sets.join(", "))
    };
    let sql = format!(
        "insert into {name} ({list}) \
         select {list} from json_populate_recordset(null::{name}, $1::json) \
         on conflict ({}) do {action}",
        key.join(", ")
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(Json(rows))
        .execute(conn)
        .await?;
    Ok(())
}

/// The columns of a row, which are the names of its struct's fields.
fn columns<R: Row>(rows: &[&R]) -> Result<Vec<String>, ApplyError> {
    match serde_json::to_value(rows.first()) {
        Ok(serde_json::Value::Object(fields)) => Ok(fields.keys().cloned().collect()),
        Ok(_) => Err(ApplyError::Fold(format!(
            "a row of `{}` is no object",
            R::TABLE.name
        ))),
        Err(error) => Err(ApplyError::Fold(error.to_string())),
    }
}
