//! Sessions, as queries tell them.

use chrono::{DateTime, Utc};
use projections::users::Session;
use uuid::Uuid;

use crate::view::views;

views! {
    /// A log-in of a user.
    #[schema(as = Session)]
    pub struct SessionView of row: Session {
        /// The session.
        id: Uuid,
        /// Who logged in.
        user_id: Uuid,
        /// `live` or `ended`; a live one may have lapsed, which `expires_at` says.
        status: String,
        /// What the user calls the device.
        device: Option<String>,
        /// Where the user logged in from.
        ip: Option<String>,
        /// What the client called itself.
        user_agent: Option<String>,
        /// When.
        started_at: DateTime<Utc>,
        /// When its token was last replaced.
        refreshed_at: Option<DateTime<Utc>>,
        /// From when on it cannot be refreshed.
        expires_at: DateTime<Utc>,
        /// When it ended.
        ended_at: Option<DateTime<Utc>>,
        /// Why it ended.
        end_reason: Option<String>,
        /// The version of the session's stream.
        version: i64,
    }
}
