//! The indexes of a build: it does without most of them until its rows are there, because an index
//! over all rows is made in less time than one that grows with each.

use sqlx::{AssertSqlSafe, PgConnection};

use crate::row::Table;

/// An index that a build does without.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Index {
    of: String,
    name: String,
    first_column: String,
    definition: String,
}

/// Drops the indexes of `schema` by which nothing is kept unique and no rows are found here.
pub(super) async fn drop(
    conn: &mut PgConnection,
    schema: &str,
    tables: &[Table],
) -> Result<Vec<Index>, sqlx::Error> {
    let found: Vec<Index> = sqlx::query_as(
        "select t.relname::text as of, c.relname::text as name, \
                coalesce(attname::text, '') as first_column, pg_get_indexdef(c.oid) as definition \
         from pg_index i \
         join pg_class c on c.oid = indexrelid join pg_class t on t.oid = indrelid \
         left join pg_attribute on attrelid = indrelid and attnum = indkey[0] \
         where t.relnamespace = to_regnamespace(quote_ident($1)) and not indisunique order by 1, 2",
    )
    .bind(schema)
    .fetch_all(&mut *conn)
    .await?;
    let needless = |index: &Index| {
        let table = tables.iter().find(|table| table.name == index.of);
        table.is_some_and(|table| {
            table.key.first() == Some(&table.group) || index.first_column != table.group
        })
    };
    let needless: Vec<Index> = found.into_iter().filter(needless).collect();
    for Index { name, .. } in &needless {
        let sql = format!("drop index \"{schema}\".\"{name}\"");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    Ok(needless)
}

/// Makes them again.
pub(super) async fn restore(conn: &mut PgConnection, indexes: &[Index]) -> Result<(), sqlx::Error> {
    for Index { definition, .. } in indexes {
        sqlx::query(AssertSqlSafe(definition.clone()))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
