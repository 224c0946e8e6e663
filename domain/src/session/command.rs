//! What can be asked of a session.

use chrono::{DateTime, Utc};

use super::EndReason;
use crate::id::UserId;
use crate::personal::Personal;
use crate::secret::Secret;

/// Log a user in, whose password was found right.
#[derive(Clone, Debug)]
pub struct StartSession {
    /// Who logs in.
    pub user: UserId,
    /// The epoch of the user's credentials, as the user's own stream has it.
    pub credential_epoch: u64,
    /// The SHA-256 of a new refresh token, in lower-case hex.
    pub refresh_hash: Secret<String>,
    /// From when on it cannot be refreshed.
    pub expires_at: DateTime<Utc>,
    /// What the user calls the device.
    pub device: Option<Personal<String>>,
    /// Where the user logs in from.
    pub ip: Option<Personal<String>>,
    /// What the client calls itself.
    pub user_agent: Option<Personal<String>>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Replace the refresh token by a new one.
///
/// Where this answers with [`SessionEvent::Ended`](super::SessionEvent::Ended), a token was used
/// again: the append is made, and the one who asked gets no tokens.
#[derive(Clone, Debug)]
pub struct RefreshSession {
    /// The SHA-256 of the token presented, in lower-case hex.
    pub presented: Secret<String>,
    /// The SHA-256 of the token to hold from now on, in lower-case hex.
    pub next: Secret<String>,
    /// From when on that one cannot be refreshed.
    pub expires_at: DateTime<Utc>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Take note that a token which came with the current refresh token was used, so that the answer
/// arrived.
#[derive(Clone, Debug)]
pub struct ConfirmSession {
    /// The hash of the refresh token that it came with.
    pub refresh_hash: Secret<String>,
}

/// End the session.
#[derive(Clone, Debug)]
pub struct EndSession {
    /// Why.
    pub reason: EndReason,
}

/// What can be asked of a session.
#[derive(Clone, Debug)]
pub enum SessionCommand {
    /// Log a user in.
    Start(StartSession),
    /// Replace the refresh token by a new one.
    Refresh(RefreshSession),
    /// Take note that the answer to the last refresh arrived.
    Confirm(ConfirmSession),
    /// End the session.
    End(EndSession),
}
