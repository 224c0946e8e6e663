//! What happened to a session.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::personal::Personal;
use crate::secret::Secret;

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over so"
)]
fn is_first(epoch: &u64) -> bool {
    *epoch == 0
}

/// A user logged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionStarted {
    /// Who logged in.
    pub user: UserId,
    /// The SHA-256 of the first refresh token, in hex.
    pub refresh_hash: Secret<String>,
    /// From when on it cannot be refreshed.
    pub expires_at: DateTime<Utc>,
    /// The epoch of the user's credentials; once it is over, so is the session.
    #[serde(default, skip_serializing_if = "is_first")]
    pub credential_epoch: u64,
    /// What the user calls the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Personal<String>>,
    /// Where the user logged in from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<Personal<String>>,
    /// What the client called itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Personal<String>>,
}

/// Why a refresh token was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// The current token was presented.
    InTurn,
    /// An earlier one was presented again because the answer to it was lost.
    AnswerLost,
}

/// The refresh token was replaced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRefreshed {
    /// The SHA-256 of the token that holds from now on, in hex.
    pub refresh_hash: Secret<String>,
    /// Whether the current token was presented, or one whose answer was lost.
    pub rotation: Rotation,
    /// When; the next decision measures from it.
    pub refreshed_at: DateTime<Utc>,
    /// From when on it cannot be refreshed.
    pub expires_at: DateTime<Utc>,
}

/// A token of the last refresh was used: its answer arrived, and whoever comes with an earlier one
/// after that is a thief or was robbed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionConfirmed {}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The user logged out of it.
    LoggedOut,
    /// The user logged out everywhere.
    LoggedOutEverywhere,
    /// The user, or an administrator, ended it from another session.
    Revoked,
    /// The password was changed.
    PasswordChanged,
    /// The user was suspended.
    Suspended,
    /// The user left.
    Deactivated,
    /// A refresh token was used again after its successor was.
    RefreshReuse,
}

/// The session is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionEnded {
    /// Why.
    pub reason: EndReason,
}

events! {
    /// What happened to a session.
    pub enum SessionEvent {
        /// A user logged in.
        Started(SessionStarted) = "session.started" v 1,
        /// The refresh token was replaced.
        Refreshed(SessionRefreshed) = "session.refreshed" v 1,
        /// A token of the last refresh was used.
        Confirmed(SessionConfirmed) = "session.confirmed" v 1,
        /// The session is over.
        Ended(SessionEnded) = "session.ended" v 1,
    }
}
