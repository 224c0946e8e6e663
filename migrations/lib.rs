//! The SQL schema of Cadastre, in order. `MIGRATOR` applies it.

/// Applies every migration of this folder, once, in the order of their numbers.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");
