//! Where uploaded files lie, and how much of them.

use clap::{Args, ValueEnum};

use super::Period;
use super::secret::secrets;

/// Where uploaded files lie, and how much of them.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Files")]
pub struct Files {
    /// Where files lie: `s3://bucket/prefix`, or `file:///folder`. Unset, they lie in `files`
    /// under the data folder.
    #[arg(long, env = "CADASTRE_FILES_URL", value_name = "URL")]
    pub files_url: Option<String>,
    /// The most bytes that the files of one user may take together.
    #[arg(
        long,
        env = "CADASTRE_FILES_QUOTA",
        value_name = "BYTES",
        default_value_t = 1_000_000_000
    )]
    pub files_quota: u64,
    /// How long a file may belong to nothing before it is deleted.
    #[arg(
        long,
        env = "CADASTRE_FILES_UNATTACHED_LIFE",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(86_400)
    )]
    pub files_unattached_life: Period,
    /// How often files that belong to nothing are looked for.
    #[arg(
        long,
        env = "CADASTRE_FILES_CLEANUP_EVERY",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(3_600)
    )]
    pub files_cleanup_every: Period,
    /// Whether what is found is deleted, or only listed in the log.
    #[arg(
        long,
        env = "CADASTRE_FILES_CLEANUP",
        value_name = "HOW",
        default_value = "delete"
    )]
    pub files_cleanup: FilesCleanup,
    /// What opens the bucket.
    #[command(flatten)]
    pub secrets: FilesSecrets,
    /// The region of the bucket.
    #[arg(
        long,
        env = "AWS_REGION",
        value_name = "REGION",
        default_value = "us-east-1"
    )]
    pub aws_region: String,
    /// The address of a store that speaks S3 and is not Amazon's. The bucket is then part of the
    /// path.
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    pub aws_endpoint_url: Option<String>,
    /// Whether that address may be without TLS: what is sent can then be read on the way.
    #[arg(
        long,
        env = "AWS_ALLOW_HTTP",
        value_name = "BOOL",
        default_value_t = false,
        action = clap::ArgAction::Set
    )]
    pub aws_allow_http: bool,
}

secrets! {
    /// What opens the bucket. Unset, the machine's own role is asked for.
    pub struct FilesSecrets {
        /// Which key.
        pub aws_access_key_id: env = "AWS_ACCESS_KEY_ID",
        /// The key itself.
        pub aws_secret_access_key: env = "AWS_SECRET_ACCESS_KEY",
        /// What goes with a key that was lent for a while.
        pub aws_session_token: env = "AWS_SESSION_TOKEN",
    }
}

/// What is done with files that belong to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FilesCleanup {
    /// They are deleted.
    Delete,
    /// They are listed in the log.
    Dry,
}
