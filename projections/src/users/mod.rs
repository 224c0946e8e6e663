//! The users and their log-ins, as administrators and users themselves see them.

mod fold;
mod query;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::AnyEvent;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{UserFilter, list, sessions, show};

/// The name of the projection.
pub const NAME: &str = "users";

crate::row! {
    /// A user, as others may see one.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Profile {
        /// The user.
        pub id: Uuid,
        /// The normalised address.
        pub email: String,
        /// How the user wants to be called.
        pub name: String,
        /// What the user may do, in alphabetical order.
        pub roles: Vec<String>,
        /// `active`, `suspended` or `deactivated`.
        pub status: String,
        /// Whether a password is set.
        pub has_password: bool,
        /// A language tag.
        pub locale: Option<String>,
        /// Where the user's clock stands.
        pub time_zone: Option<String>,
        /// In which currency the user wants to see prices.
        pub currency: Option<String>,
        /// How often all sessions of the user were ended at once.
        pub credential_epoch: i64,
        /// When the user signed up.
        pub created_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of the user's stream.
        pub version: i64,
    }
}

impl Row for Profile {
    const TABLE: Table = Table::by_id("profile", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// A log-in of a user.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Session {
        /// The session.
        pub id: Uuid,
        /// Who logged in.
        pub user_id: Uuid,
        /// `live` or `ended`; a live one may have lapsed, which `expires_at` says.
        pub status: String,
        /// What the user calls the device.
        pub device: Option<String>,
        /// Where the user logged in from.
        pub ip: Option<String>,
        /// What the client called itself.
        pub user_agent: Option<String>,
        /// When.
        pub started_at: DateTime<Utc>,
        /// When its token was last replaced.
        pub refreshed_at: Option<DateTime<Utc>>,
        /// How often all sessions of the user had been ended at once when it began.
        pub credential_epoch: i64,
        /// From when on it cannot be refreshed.
        pub expires_at: DateTime<Utc>,
        /// When it ended.
        pub ended_at: Option<DateTime<Utc>>,
        /// Why it ended.
        pub end_reason: Option<String>,
        /// The version of the session's stream.
        pub version: i64,
    }
}

impl Row for Session {
    const TABLE: Table = Table::by_id("session", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// All sessions of a user but one were ended at once.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct CredentialChange {
        /// The user.
        pub user_id: Uuid,
        /// The how manieth time it was.
        pub epoch: i64,
        /// When.
        pub at: DateTime<Utc>,
        /// By what: `password_changed`, `logged_out_everywhere` or `suspended`.
        pub reason: String,
        /// The session that went on.
        pub kept_session: Option<Uuid>,
    }
}

impl Row for CredentialChange {
    const TABLE: Table = Table::grouped(
        "credential_change",
        &["user_id", "epoch"],
        "user_id",
        "uuid",
    );
    type Key = (Uuid, i64);

    fn key(&self) -> (Uuid, i64) {
        (self.user_id, self.epoch)
    }
}

/// Projects users and sessions.
#[derive(Clone, Copy, Debug)]
pub struct Users;

impl Projector for Users {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        3
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const { &[Profile::TABLE, Session::TABLE, CredentialChange::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::User(_) | AnyEvent::Session(_))
            .then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let users = known(batch, |event| matches!(event, AnyEvent::User(_)));
            let mut profiles = Rows::<Profile>::load(conn, &users).await?;
            let sessions = known(batch, |event| matches!(event, AnyEvent::Session(_)));
            let mut sessions = Rows::<Session>::load(conn, &sessions).await?;
            // Each is new: nothing of what was there before is read.
            let mut changes = Rows::<CredentialChange>::default();
            for event in batch {
                match &event.event {
                    AnyEvent::User(what) => fold::user(&mut profiles, &mut changes, event, what)?,
                    AnyEvent::Session(what) => fold::session(&mut sessions, event, what)?,
                    _ => {}
                }
            }
            profiles.store(conn).await?;
            changes.store(conn).await?;
            sessions.store(conn).await
        })
    }
}
