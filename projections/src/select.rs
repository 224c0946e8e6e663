//! A list as a query: filters that were given, a place to go on from, and a limit.

use std::fmt::Display;
use std::marker::PhantomData;

use sqlx::postgres::{PgRow, Postgres};
use sqlx::{Encode, PgPool, QueryBuilder, Type};

use crate::column::{Cells, ColumnError, Columns};
use crate::page::QueryError;

/// What can be bound to a parameter.
pub(crate) trait Value:
    for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static
{
}
impl<T: for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static> Value for T {}

/// Selects the rows of one table. Names come from the code, values are bound.
pub(crate) struct Select<R> {
    query: QueryBuilder<Postgres>,
    rows: PhantomData<fn() -> R>,
}

impl<R: Columns> Select<R> {
    /// All rows of `table`.
    pub(crate) fn of(table: &'static str) -> Self {
        let mut query = QueryBuilder::new("select ");
        push_columns::<R>(&mut query);
        query.push(" from ").push(table).push(" t where true");
        Self {
            query,
            rows: PhantomData,
        }
    }

    /// Those where `condition`, such as `t.status =`, holds of `value`, if there is one.
    pub(crate) fn filter(mut self, condition: &'static str, value: Option<impl Value>) -> Self {
        if let Some(value) = value {
            self.query
                .push(" and ")
                .push(condition)
                .push(" ")
                .push_bind(value);
        }
        self
    }

    /// Those that fulfil `condition`.
    pub(crate) fn only(mut self, condition: &'static str) -> Self {
        self.query.push(" and ").push(condition);
        self
    }

    /// Those whose `column` contains `text`, whatever the case.
    pub(crate) fn containing(mut self, column: &'static str, text: Option<&str>) -> Self {
        if let Some(text) = text {
            self.query
                .push(" and position(lower(")
                .push_bind(text.to_owned());
            self.query.push(") in lower(").push(column).push(")) > 0");
        }
        self
    }

    /// Those that come after a pair of sort values: `pair` names the columns and the comparison.
    pub(crate) fn after<A: Value, B: Value>(
        mut self,
        pair: &'static str,
        place: Option<(A, B)>,
    ) -> Self {
        if let Some((first, second)) = place {
            self.query
                .push(" and ")
                .push(pair)
                .push(" (")
                .push_bind(first)
                .push(", ");
            self.query.push_bind(second).push(")");
        }
        self
    }

    /// The first `limit` in the order of `sort`, and one more if there is one.
    pub(crate) async fn fetch(
        mut self,
        pool: &PgPool,
        sort: impl Display,
        limit: u32,
    ) -> Result<Vec<R>, QueryError> {
        self.query
            .push(" order by ")
            .push(sort)
            .push(" limit ")
            .push_bind(i64::from(limit) + 1);
        let rows = self.query.build().fetch_all(pool).await?;
        let read = |row: &PgRow| R::read(&mut Cells::of(row));
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// Selects one row of what a projection knows of one key, unless an event of that key is parked.
/// Both are asked at once.
pub(crate) struct SelectOne<R> {
    select: Select<R>,
    projection: &'static str,
    key: String,
}

impl<R: Columns> SelectOne<R> {
    /// The one row of `table`; `key` is that of its events in `projection`.
    pub(crate) fn of(projection: &'static str, key: impl Display, table: &'static str) -> Self {
        let key = key.to_string();
        let mut query = QueryBuilder::new("select exists (select from \"");
        query
            .push(projection)
            .push("\".parked where key = ")
            .push_bind(key.clone())
            .push("), t.ctid is not null, ");
        push_columns::<R>(&mut query);
        // The left side is there even where no row of the table is.
        query
            .push(" from (select) one left join ")
            .push(table)
            .push(" t on true");
        let rows = PhantomData;
        Self {
            select: Select { query, rows },
            projection,
            key,
        }
    }

    /// That where `condition`, such as `t.id =`, holds of `value`.
    pub(crate) fn filter(self, condition: &'static str, value: impl Value) -> Self {
        let select = self.select.filter(condition, Some(value));
        Self { select, ..self }
    }

    /// The row, if there is any.
    pub(crate) async fn fetch(mut self, pool: &PgPool) -> Result<Option<R>, QueryError> {
        let row = self.select.query.build().fetch_one(pool).await?;
        let mut cells = Cells::of(&row);
        if cells.take::<bool>()? {
            return Err(QueryError::Parked {
                projection: self.projection,
                key: self.key,
            });
        }
        let is_there: bool = cells.take()?;
        Ok(is_there.then(|| R::read(&mut cells)).transpose()?)
    }
}

fn push_columns<R: Columns>(query: &mut QueryBuilder<Postgres>) {
    for (place, name) in R::NAMES.iter().enumerate() {
        let before = if place == 0 { "t.\"" } else { ", t.\"" };
        query.push(before).push(name).push("\"");
    }
}

impl From<ColumnError> for QueryError {
    fn from(error: ColumnError) -> Self {
        Self::Unavailable(sqlx::Error::Decode(Box::new(error)))
    }
}

/// Two sort values, read from the text of a cursor.
pub(crate) fn pair<A: std::str::FromStr, B: std::str::FromStr>(
    values: &[String],
) -> Option<(A, B)> {
    match values {
        [first, second] => Some((first.parse().ok()?, second.parse().ok()?)),
        _ => None,
    }
}
