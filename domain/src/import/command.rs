//! What can be asked of an import.

use super::ImportReceived;

/// What can be asked of an import.
#[derive(Clone, Debug)]
pub enum ImportCommand {
    /// Take a file that was read and staged.
    Receive(ImportReceived),
    /// Carry its rows out.
    Commit,
    /// Say that all of them were.
    Finish {
        /// How many were accepted.
        accepted: u64,
        /// How many were kept out.
        refused: u64,
    },
    /// Carry out none, or no more.
    Cancel,
}
