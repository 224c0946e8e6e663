//! Why a projection could not be worked on.

use eventstore::JournalError;

use crate::comparison::Comparison;
use crate::redrive::RedriveError;

/// Why a projection could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// Postgres said no.
    #[error("the database cannot be worked with: {0}")]
    Sql(#[from] sqlx::Error),
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another process is at the same projection.
    #[error("another process is rebuilding or comparing `{0}`; wait for it or stop it")]
    Busy(&'static str),
    /// The tables that the last rebuild replaced are still in use.
    #[error(
        "the tables that the last rebuild of `{0}` replaced are still read by somebody, or \
             somebody has built on them; end that transaction, or drop what was built, and try \
             again"
    )]
    OldInUse(&'static str),
    /// Others have built on the tables, which would go with them.
    #[error(
        "`{name}` was left as it is, because others have built on it: {}; drop or move that, \
             rebuild, and make it again on the new tables",
        .built.join(", ")
    )]
    BuiltOn {
        /// The projection.
        name: &'static str,
        /// What they have built, and whose it is.
        built: Vec<String>,
    },
    /// The replay itself failed.
    #[error("the replay of `{name}` stopped: {reason}")]
    Replay {
        /// The projection.
        name: &'static str,
        /// Why.
        reason: String,
    },
    /// The rebuilt tables are not the live ones, and nobody said that this is as it should be.
    #[error(
        "the rebuilt `{name}` differs from the live one, which was left as it is; look at the \
             differences, then rebuild with `--accept`"
    )]
    Differs {
        /// The projection.
        name: &'static str,
        /// What differs.
        comparison: Comparison,
    },
    /// Parked events could not be driven again.
    #[error(transparent)]
    Redrive(#[from] RedriveError),
}
