//! One row as a query.

use std::fmt::Display;

use eventstore::Readers;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::column::{Cells, Columns};
use crate::page::QueryError;
use crate::select::push_columns;

/// Where one row of what a projection knows of one key is found, unless an event of that key is
/// parked. Both are asked at once, and together with what others ask of the same table.
#[derive(Clone, Copy)]
pub(crate) struct One {
    /// The projection.
    pub(crate) projection: &'static str,
    /// The table, called `t`.
    pub(crate) table: &'static str,
    /// Which of its rows is that of the key and the id of `one`.
    pub(crate) on: &'static str,
}

impl One {
    /// The row with the id that is the key as well.
    pub(crate) const fn by_id(projection: &'static str, table: &'static str) -> Self {
        Self {
            projection,
            table,
            on: "t.id = one.id",
        }
    }

    /// The row of `id`, if there is any.
    pub(crate) async fn find<R: Columns>(
        self,
        readers: &Readers,
        id: Uuid,
    ) -> Result<Option<R>, QueryError> {
        self.find_of(readers, id, id).await
    }

    /// The row of `id` below `key`, if there is any.
    pub(crate) async fn find_of<R: Columns>(
        self,
        readers: &Readers,
        key: impl Display,
        id: Uuid,
    ) -> Result<Option<R>, QueryError> {
        let (projection, key) = (self.projection, key.to_string());
        let statement = || self.statement::<R>();
        let row = readers.row(self.table, statement, key.clone(), id).await?;
        let mut cells = Cells::of(&row);
        let _place: i64 = cells.take()?;
        if cells.take::<bool>()? {
            return Err(QueryError::Parked { projection, key });
        }
        let is_there: bool = cells.take()?;
        Ok(is_there.then(|| R::read(&mut cells)).transpose()?)
    }

    /// The limit makes Postgres look each row up, however many it expects to be asked for.
    fn statement<R: Columns>(self) -> String {
        let Self {
            projection,
            table,
            on,
        } = self;
        let mut text = QueryBuilder::new(format!(
            "select one.place, exists (select from \"{projection}\".parked p where p.key = one.key),
                t.there is not null, "
        ));
        push_columns::<R>(&mut text);
        text.push(format_args!(
            " from unnest($1::text[], $2::uuid[]) with ordinality one (key, id, place)
            left join lateral (select true as there, t.* from {table} t where {on} limit 1) t on true"
        ));
        text.into_string()
    }
}
