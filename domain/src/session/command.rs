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
    /// Whether an access token that came with the current refresh token is known to have been
    /// used. Where the edge cannot know (after a restart), false: it only delays detection until
    /// the rightful client presents its replaced token.
    pub current_in_use: bool,
    /// When.
    pub at: DateTime<Utc>,
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
    /// End the session.
    End(EndSession),
}
