//! A list as a query: filters that were given, a place to go on from, and a limit.

use std::marker::PhantomData;

use eventstore::Readers;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::{Encode, QueryBuilder, Type};

use crate::column::{Cells, ColumnError, Columns};
use crate::page::{Ground, List, Page, QueryError};

/// What can be bound to a parameter.
pub(crate) trait Value:
    for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static
{
}
impl<T: for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static> Value for T {}

/// Selects the rows of one table. Names come from the code, values are bound. What is selected is
/// called `t`.
pub(crate) struct Select<R> {
    query: QueryBuilder<Postgres>,
    rows: PhantomData<fn() -> R>,
}

impl<R: Columns> Select<R> {
    /// All rows of `table`.
    pub(crate) fn of(table: &'static str) -> Self {
        let mut query = QueryBuilder::new("with t as (select t.*, true as there from ");
        query.push(table).push(" t where true");
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

    /// Those for which one of two conditions holds.
    pub(crate) fn either(
        mut self,
        (first, one): (&'static str, impl Value),
        (second, other): (&'static str, impl Value),
    ) -> Self {
        self.query.push(" and (").push(first).push(" ");
        self.query.push_bind(one).push(" or ").push(second);
        self.query.push(" ").push_bind(other).push(")");
        self
    }

    /// Those whose `column` is one of `values`.
    pub(crate) fn among<V>(mut self, column: &'static str, values: Vec<V>) -> Self
    where
        Vec<V>: Value,
    {
        self.query.push(" and ").push(column).push(" = any (");
        self.query.push_bind(values).push(")");
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

    /// Those whose `column` has every word of `text`, by its index.
    pub(crate) fn with_words(mut self, column: &'static str, text: Option<&str>) -> Self {
        if let Some(text) = text {
            self.query
                .push(" and to_tsvector('simple', ")
                .push(column)
                .push(") @@ plainto_tsquery('simple', ")
                .push_bind(text.to_owned())
                .push(")");
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
        readers: &Readers,
        sort: &'static str,
        limit: u32,
    ) -> Result<Vec<R>, QueryError> {
        self.limit(sort, limit);
        self.query.push(") select ");
        push_columns::<R>(&mut self.query);
        self.query.push(" from t order by ").push(sort);
        let rows = self.query.build().fetch_all(readers).await?;
        let read = |row: &PgRow| R::read(&mut Cells::of(row));
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// A page of a list of `projection`, in the order of `sort`, after those that were left out
    /// before. How the projection stands is asked in the same breath.
    pub(crate) async fn page(
        mut self,
        readers: &Readers,
        (projection, page): (&'static str, &Page),
        sort: &'static str,
        sort_values: impl Fn(&R) -> Vec<String>,
    ) -> Result<List<R>, QueryError> {
        self.limit(sort, page.limit);
        self.query
            .push(") select g.generation, g.stale, t.there is not null, ");
        push_columns::<R>(&mut self.query);
        self.query
            .push(" from (select generation, state = 'stopped' or exists (select from \"")
            .push(projection)
            .push("\".parked) as stale from \"")
            .push(projection)
            .push("\".checkpoint) g left join t on true order by ")
            .push(sort);
        let found = self.query.build().fetch_all(readers).await?;
        let mut ground = None;
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            let mut cells = Cells::of(row);
            ground = Some((cells.take()?, cells.take()?));
            if cells.take::<bool>()? {
                rows.push(R::read(&mut cells)?);
            }
        }
        let (generation, stale) = ground.ok_or(sqlx::Error::RowNotFound)?;
        page.list(&Ground { generation, stale }, rows, sort_values)
    }

    /// The limit is no parameter: a plan for any limit looks dearer than one for this, so that
    /// Postgres would plan each question anew.
    fn limit(&mut self, sort: &str, limit: u32) {
        self.query
            .push(" order by ")
            .push(sort)
            .push(" limit ")
            .push(u64::from(limit) + 1);
    }
}

pub(crate) fn push_columns<R: Columns>(query: &mut QueryBuilder<Postgres>) {
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
