//! Rows of every table, as many as one likes, made by Postgres itself.

use projections::Projector;
use sqlx::{AssertSqlSafe, PgPool};

/// Fills every table of `projector` with `count` rows, and lets Postgres count what is in them.
pub async fn fill(pool: &PgPool, projector: &dyn Projector, count: u32) {
    for table in projector.tables() {
        let columns: Vec<(String, String)> = sqlx::query_as(
            "select column_name::text, udt_name::text from information_schema.columns
             where table_schema = $1 and table_name = $2 order by ordinal_position",
        )
        .bind(projector.name())
        .bind(table.name)
        .fetch_all(pool)
        .await
        .unwrap();
        let values: Vec<String> = columns
            .iter()
            .map(|(name, kind)| value(kind, table.key.last() == Some(&name.as_str())))
            .collect();
        let sql = format!(
            "insert into \"{schema}\".\"{table}\" select {values}
             from generate_series(1, {count}) i on conflict do nothing",
            schema = projector.name(),
            table = table.name,
            values = values.join(", "),
        );
        let inserted = sqlx::query(AssertSqlSafe(sql.clone())).execute(pool).await;
        assert!(inserted.is_ok(), "{sql}: {inserted:?}");
    }
    sqlx::query("analyze").execute(pool).await.unwrap();
}

/// A value of a column; one that tells the rows apart if it has to.
fn value(kind: &str, is_own: bool) -> String {
    let number = if is_own { "i" } else { "i % 997" };
    match kind {
        "uuid" => format!("md5(({number})::text)::uuid"),
        "text" if is_own => "'word ' || i".to_owned(),
        "text" => "'word ' || i % 13".to_owned(),
        "timestamptz" => format!("timestamptz '2026-01-01' + ({number}) * interval '1 minute'"),
        "date" => format!("date '2020-01-01' + ({number})"),
        "time" => "time '15:00'".to_owned(),
        "bool" => "i % 2 = 0".to_owned(),
        "jsonb" | "json" => "'[]'".to_owned(),
        "_uuid" => format!("array[md5(({number})::text)::uuid]"),
        "_text" => "array['word']".to_owned(),
        "int2" => "i % 31".to_owned(),
        "int4" | "int8" | "numeric" | "float8" => number.to_owned(),
        other => panic!("a column of type {other}: say here how one is made up"),
    }
}
