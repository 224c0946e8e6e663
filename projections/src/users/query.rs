//! Who is there.

use chrono::{DateTime, Utc};
use domain::id::UserId;
use eventstore::Readers;
use uuid::Uuid;

use super::{NAME, Profile, Session};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// Which users are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// A part of the name or of the address, in any case.
    pub search: Option<String>,
    /// `active`, `suspended` or `deactivated`.
    pub status: Option<String>,
    /// One of the roles.
    pub role: Option<String>,
}

/// The users that match, in the order in which they signed up.
pub async fn list(
    readers: &Readers,
    filter: &UserFilter,
    page: &Page,
) -> Result<List<Profile>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("users.profile")
        .containing("t.name || ' ' || t.email", filter.search.as_deref())
        .filter("t.status =", filter.status.clone())
        .filter("t.roles @>", filter.role.clone().map(|role| vec![role]))
        .after("(t.created_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at, t.id",
            |row: &Profile| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One user.
pub async fn show(readers: &Readers, user: UserId) -> Result<Option<Profile>, QueryError> {
    One::by_id(NAME, "users.profile")
        .find(readers, user.0)
        .await
}

/// The log-ins of one user, the latest first; with `live_at`, only those that still hold then.
pub async fn sessions(
    readers: &Readers,
    user: UserId,
    live_at: Option<DateTime<Utc>>,
    page: &Page,
) -> Result<List<Session>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("users.log_in")
        .filter("t.user_id =", Some(user.0))
        .filter("t.status = 'live' and t.expires_at >", live_at)
        .after("(t.started_at, t.id) <", place)
        .page(
            readers,
            (NAME, page),
            "t.started_at desc, t.id desc",
            |row: &Session| vec![row.started_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}
