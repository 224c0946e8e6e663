//! Failed log-ins and refused access.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use projections::security::{self, SecurityFilter};
use uuid::Uuid;

use super::view::SecurityEventView;
use crate::answer::Json;
use crate::app::App;
use crate::extract::Actor;
use crate::problem::Problem;
use crate::query::{Items, Page, Paged, parameters};

parameters! {
    /// Which refusals.
    pub struct SecurityParameters {
        /// `login_failed`, `login_held_back`, `sign_up_repeated` or `access_refused`.
        pub kind: Option<String>,
        /// The code of the problem that was answered, such as `permission_missing`.
        pub code: Option<String>,
        /// Who asked, or whose account it was tried on.
        pub user: Option<Uuid>,
        /// The account that was tried, by the keyed hash of its address.
        pub account: Option<String>,
        /// The address of the client.
        pub ip: Option<String>,
        /// At this instant or later.
        pub from: Option<DateTime<Utc>>,
        /// Before this instant.
        pub until: Option<DateTime<Utc>>,
    }
}

/// Lists what was refused to whom, the latest first.
#[utoipa::path(get, path = "/api/v1/audit/security-events", tag = "audit",
    security(("bearer" = [])), params(Page, SecurityParameters),
    responses((status = 200, body = Items<SecurityEventView>)))]
pub async fn security_events(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<SecurityParameters>,
) -> Result<Json<Items<SecurityEventView>>, Problem> {
    actor.require(Permission::AuditRead)?;
    let page = app.page("security events", &[], &paged).await?;
    let asked = paged.filter.clone();
    let filter = SecurityFilter {
        kind: asked.kind,
        code: asked.code,
        user: asked.user,
        account: asked.account,
        ip: asked.ip,
        from: asked.from,
        until: asked.until,
    };
    let found = security::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("security events", &paged, found)))
}
