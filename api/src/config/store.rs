//! Where the data is.

use std::path::PathBuf;

use clap::Args;

use super::secret::secrets;

/// Where the data is, and the secret that its keys are derived from. Shared by every subcommand
/// that opens the platform.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Data")]
pub struct Store {
    /// The folder of the embedded Postgres, of the secret and of the lock. It is made when it is
    /// not there. Postgres runs under its own user, who must be able to enter the folder.
    #[arg(
        long,
        env = "CADASTRE_DATA",
        value_name = "FOLDER",
        default_value = "./data"
    )]
    pub data: PathBuf,
    /// What nobody else may know.
    #[command(flatten)]
    pub secrets: StoreSecrets,
}

secrets! {
    /// Where the data is, as far as nobody else may know it, and from what its keys are derived.
    pub struct StoreSecrets {
        /// A Postgres 15 or newer of your own, such as `postgres://user:password@host/database`.
        /// Unset, a private one is kept under the data folder.
        pub database_url: env = "DATABASE_URL",
        /// At least 32 characters, from which the keys of tokens and of unique values are derived.
        /// Unset, one is made at first start and kept in `<data>/secret`. Keep it: data written
        /// with one secret cannot be used with another.
        pub secret: env = "CADASTRE_SECRET",
    }
}
