//! Whether the data is of this version.

use std::collections::BTreeSet;

use migrations::MIGRATOR;
use sqlx::PgPool;
use sqlx::migrate::{Migrate, MigrateError};

use crate::fault::Fault;

/// Refuses data of another version than this program's.
pub async fn check(pool: &PgPool) -> Result<(), Fault> {
    let mut conn = pool
        .acquire()
        .await
        .map_err(|error| Fault::unreachable(format!("the database cannot be reached: {error}")))?;
    let applied = match conn.list_applied_migrations(&MIGRATOR.table_name).await {
        Ok(applied) => applied.iter().map(|one| one.version).collect(),
        Err(MigrateError::Execute(sqlx::Error::Database(error)))
            if error.code().as_deref() == Some("42P01") =>
        {
            BTreeSet::new()
        }
        Err(error) => {
            return Err(Fault::unreachable(format!(
                "the version of the data cannot be read: {error}"
            )));
        }
    };
    let known = MIGRATOR.iter().map(|one| one.version).collect();
    judge(&applied, &known)
}

fn judge(applied: &BTreeSet<i64>, known: &BTreeSet<i64>) -> Result<(), Fault> {
    if let Some(newer) = applied.difference(known).max() {
        return Err(Fault::unreachable(format!(
            "the data is of a newer version than this program (it has migration {newer}); use the \
             `replay` that came with the `cadastre` that wrote it"
        )));
    }
    match known.difference(applied).count() {
        0 => Ok(()),
        _ if applied.is_empty() => Err(Fault::unreachable(
            "this database has no journal yet; start `cadastre serve` on it once",
        )),
        missing => Err(Fault::unreachable(format!(
            "the data is of an older version ({} missing); start `cadastre serve` of this version \
             on it once",
            match missing {
                1 => "1 migration is".to_owned(),
                more => format!("{more} migrations are"),
            }
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_data_of_this_version_is_worked_on() {
        let judged = |applied: &[i64]| {
            let applied = applied.iter().copied().collect();
            judge(&applied, &BTreeSet::from([1, 2, 3])).map_err(|fault| fault.text())
        };
        assert_eq!(judged(&[1, 2, 3]), Ok(()));
        assert!(judged(&[1, 2, 3, 4]).unwrap_err().contains("newer version"));
        assert!(judged(&[1]).unwrap_err().contains("2 migrations"));
        assert!(judged(&[]).unwrap_err().contains("no journal yet"));
    }
}
