//! A list as a query: filters that were given, a place to go on from, and a limit.

use std::fmt::Display;

use serde::de::DeserializeOwned;
use sqlx::postgres::Postgres;
use sqlx::types::Json;
use sqlx::{Encode, PgPool, QueryBuilder, Type};

use crate::page::QueryError;

/// What can be bound to a parameter.
pub(crate) trait Value:
    for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static
{
}
impl<T: for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static> Value for T {}

/// Selects the rows of one table as JSON. Names come from the code, values are bound.
pub(crate) struct Select(QueryBuilder<Postgres>);

impl Select {
    /// All rows of `table`.
    pub(crate) fn of(table: &'static str) -> Self {
        let mut query = QueryBuilder::new("select to_jsonb(t) from ");
        query.push(table).push(" t where true");
        Self(query)
    }

    /// Those where `condition`, such as `t.status =`, holds of `value`, if there is one.
    pub(crate) fn filter(mut self, condition: &'static str, value: Option<impl Value>) -> Self {
        if let Some(value) = value {
            self.0
                .push(" and ")
                .push(condition)
                .push(" ")
                .push_bind(value);
        }
        self
    }

    /// Those that fulfil `condition`.
    pub(crate) fn only(mut self, condition: &'static str) -> Self {
        self.0.push(" and ").push(condition);
        self
    }

    /// Those whose `column` contains `text`, whatever the case.
    pub(crate) fn containing(mut self, column: &'static str, text: Option<&str>) -> Self {
        if let Some(text) = text {
            self.0
                .push(" and position(lower(")
                .push_bind(text.to_owned());
            self.0.push(") in lower(").push(column).push(")) > 0");
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
            self.0
                .push(" and ")
                .push(pair)
                .push(" (")
                .push_bind(first)
                .push(", ");
            self.0.push_bind(second).push(")");
        }
        self
    }

    /// The first `limit` in the order of `sort`, and one more if there is one.
    pub(crate) async fn fetch<R: DeserializeOwned + Send + Unpin + 'static>(
        mut self,
        pool: &PgPool,
        sort: impl Display,
        limit: u32,
    ) -> Result<Vec<R>, QueryError> {
        self.0
            .push(" order by ")
            .push(sort)
            .push(" limit ")
            .push_bind(i64::from(limit) + 1);
        let rows: Vec<(Json<R>,)> = self.0.build_query_as().fetch_all(pool).await?;
        Ok(rows.into_iter().map(|(Json(row),)| row).collect())
    }

    /// The one row, if there is any.
    pub(crate) async fn one<R: DeserializeOwned + Send + Unpin + 'static>(
        self,
        pool: &PgPool,
    ) -> Result<Option<R>, QueryError> {
        Ok(self.fetch(pool, "1", 0).await?.into_iter().next())
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
