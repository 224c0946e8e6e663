//! Two builds of a projection held against each other, row for row and column for column.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::row::Table;

/// The most differences that are told.
const DIFFERENCES_MAX: usize = 10;

/// A row that is not the same in both builds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// The primary key of the row.
    pub key: Value,
    /// What differs of it, by column: the live value and the other. A row that is missing from
    /// one of them has `null` in its place.
    pub columns: Vec<(String, Value, Value)>,
    /// Whether the live table has the row.
    pub in_live: bool,
    /// Whether the other table has it.
    pub in_other: bool,
}

/// What a comparison has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// The position at which both stood.
    pub position: i64,
    /// How many rows the live tables have.
    pub rows: i64,
    /// The first differences.
    pub differences: Vec<Difference>,
    /// Tables and columns that only one of the builds has.
    pub notes: Vec<String>,
}

impl Comparison {
    /// Whether there is no difference.
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty()
    }

    /// Takes over what was found later, at the same place or a part of it.
    pub(crate) fn absorb(&mut self, later: Self) {
        self.rows = later.rows;
        self.differences.extend(later.differences);
        self.differences.truncate(DIFFERENCES_MAX);
    }
}

/// Which rows are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// All.
    All,
    /// Those of these keys, and those that rest on many.
    Keys(&'a BTreeSet<String>),
}

impl<'a> Scope<'a> {
    /// The keys by which rows of `table` are found; nothing if all are wanted.
    fn keys(self, table: &Table) -> Option<Vec<&'a str>> {
        let Self::Keys(keys) = self else { return None };
        let keys = keys.iter().map(String::as_str);
        // What is no UUID is the key of no row here.
        let fits = |key: &&str| table.group_type != "uuid" || uuid::Uuid::parse_str(key).is_ok();
        (!table.derived).then(|| keys.filter(fits).collect())
    }
}

/// Compares the `tables` of two schemas.
pub(crate) async fn compare(
    conn: &mut PgConnection,
    live: &str,
    other: &str,
    tables: &[Table],
    scope: Scope<'_>,
) -> Result<Comparison, sqlx::Error> {
    let mut found = Comparison::default();
    for table in tables {
        let shared = shared_columns(conn, live, other, table, &mut found.notes).await?;
        if !table
            .key
            .iter()
            .all(|column| shared.iter().any(|shared| shared == column))
        {
            found.notes.push(format!(
                "`{}` has no common key and was not compared",
                table.name
            ));
            continue;
        }
        let count = format!("select count(*) from \"{live}\".{}", table.name);
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .fetch_one(&mut *conn)
            .await?;
        found.rows += rows;
        found
            .differences
            .extend(differences(conn, live, other, table, &shared, scope).await?);
    }
    found.differences.truncate(DIFFERENCES_MAX);
    Ok(found)
}

/// The columns that both have, of one type; the others are noted.
async fn shared_columns(
    conn: &mut PgConnection,
    live: &str,
    other: &str,
    table: &Table,
    notes: &mut Vec<String>,
) -> Result<Vec<String>, sqlx::Error> {
    let columns: Vec<(String, i64)> = sqlx::query_as(
        "select attname::text, count(*) from pg_attribute \
         join pg_class on pg_class.oid = attrelid \
         join pg_namespace on pg_namespace.oid = relnamespace \
         where nspname in ($1, $2) and relname = $3 and attnum > 0 and not attisdropped \
         group by attname, atttypid order by min(attnum)",
    )
    .bind(live)
    .bind(other)
    .bind(table.name)
    .fetch_all(conn)
    .await?;
    let (shared, single): (Vec<_>, Vec<_>) = columns.into_iter().partition(|(_, n)| *n == 2);
    for (column, _) in single {
        notes.push(format!(
            "`{}.{column}` is not in both builds, or of another type",
            table.name
        ));
    }
    Ok(shared.into_iter().map(|(column, _)| column).collect())
}

async fn differences(
    conn: &mut PgConnection,
    live: &str,
    other: &str,
    table: &Table,
    columns: &[String],
    scope: Scope<'_>,
) -> Result<Vec<Difference>, sqlx::Error> {
    let name = table.name;
    let list = |side: &str| {
        columns
            .iter()
            .map(|column| format!("{side}.{column}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let on: Vec<String> = table
        .key
        .iter()
        .map(|key| format!("l.{key} = o.{key}"))
        .collect();
    let order: Vec<String> = table
        .key
        .iter()
        .map(|key| format!("coalesce(l.{key}, o.{key})"))
        .collect();
    let keys = scope.keys(table);
    let (group, kind) = (table.group, table.group_type);
    let some = keys.as_ref().map_or_else(String::new, |_| {
        format!(" where {group} = any($1::text[]::{kind}[])")
    });
    let sql = format!(
        "select to_jsonb(l), to_jsonb(o) from (select * from \"{live}\".{name}{some}) l \
         full join (select * from \"{other}\".{name}{some}) o on {} \
         where row({}) is distinct from row({}) order by {} limit {DIFFERENCES_MAX}",
        on.join(" and "),
        list("l"),
        list("o"),
        order.join(", ")
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql));
    if let Some(keys) = keys {
        query = query.bind(keys);
    }
    let rows: Vec<(Option<Value>, Option<Value>)> = query.fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(l, o)| difference(table, columns, l.as_ref(), o.as_ref()))
        .collect())
}

fn difference(
    table: &Table,
    columns: &[String],
    live: Option<&Value>,
    other: Option<&Value>,
) -> Difference {
    let at = |row: Option<&Value>, column: &str| {
        row.and_then(|row| row.get(column))
            .cloned()
            .unwrap_or(Value::Null)
    };
    let either = live.or(other);
    let key = table
        .key
        .iter()
        .map(|key| ((*key).to_owned(), at(either, key)))
        .collect();
    let columns = columns
        .iter()
        .map(|column| (column.clone(), at(live, column), at(other, column)))
        .filter(|(_, live, other)| live != other)
        .collect();
    Difference {
        table: table.name.to_owned(),
        key: Value::Object(key),
        columns,
        in_live: live.is_some(),
        in_other: other.is_some(),
    }
}
