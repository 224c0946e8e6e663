//! Rows as structs, and the tables they live in.

use crate::column::Columns;

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
    /// Whether its rows rest on those of many keys.
    pub derived: bool,
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
            derived: false,
        }
    }

    /// A table whose rows are derived from the rows of many keys.
    pub const fn derived(name: &'static str, key: &'static [&'static str]) -> Self {
        Self {
            derived: true,
            ..Self::grouped(name, key, key[0], "text")
        }
    }
}

/// A row of a table: one field per column. [`row!`](crate::row!) declares its struct.
pub trait Row: Columns + Clone + PartialEq + Send + Sync + 'static {
    /// Where it lives.
    const TABLE: Table;
    /// What the columns of its primary key hold.
    type Key: Ord + Clone + Send + Sync;

    /// Its own key.
    fn key(&self) -> Self::Key;
}
