//! Who did what, when, from where, and why.

pub mod security;
mod view;

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use eventstore::StreamName;
use projections::audit::{self, AuditFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::past::{Told, told};
use crate::answer::Json;
use crate::app::App;
use crate::extract::{Actor, Id, unknown};
use crate::problem::Problem;
use crate::query::{Items, Page, Paged, Whole, parameters};

use view::EntryView;

/// The routes below `/audit`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(events))
        .routes(routes!(stream))
        .routes(routes!(trace))
        .routes(routes!(security::security_events))
}

parameters! {
    /// Which events.
    pub struct AuditParameters {
        /// The id of the user, or the name of the process, who did it.
        pub actor: Option<String>,
        /// The noun it was done to, such as `booking`.
        pub noun: Option<String>,
        /// The stream it was done to.
        pub stream: Option<String>,
        /// What kind of event it was, such as `booking.confirmed`.
        pub event_type: Option<String>,
        /// The command that led to it, such as `booking.request`.
        pub command: Option<String>,
        /// One id for all that follows from one cause outside.
        pub correlation_id: Option<Uuid>,
        /// The HTTP request.
        pub request_id: Option<String>,
        /// `live`, or `import:` and its id.
        pub origin: Option<String>,
        /// Recorded at this instant or later.
        pub from: Option<DateTime<Utc>>,
        /// Recorded before this instant.
        pub until: Option<DateTime<Utc>>,
    }
}

/// Lists who did what, the latest first.
#[utoipa::path(get, path = "/api/v1/audit/events", tag = "audit", security(("bearer" = [])),
    params(Page, AuditParameters), responses((status = 200, body = Items<EntryView>)))]
pub async fn events(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<AuditParameters>,
) -> Result<Json<Items<EntryView>>, Problem> {
    actor.require(Permission::AuditRead)?;
    let page = app.page("audit", &[audit::NAME], &paged).await?;
    let asked = paged.filter.clone();
    let filter = AuditFilter {
        actor: asked.actor,
        noun: asked.noun,
        stream: asked.stream,
        event_type: asked.event_type,
        command: asked.command,
        correlation_id: asked.correlation_id,
        request_id: asked.request_id,
        origin: asked.origin,
        from: asked.from,
        until: asked.until,
    };
    let found = audit::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("audit", &paged, found)))
}

/// Tells all that was recorded in one stream, as it stands in the journal.
#[utoipa::path(get, path = "/api/v1/audit/streams/{noun}/{id}", tag = "audit",
    security(("bearer" = [])),
    params(("noun" = String, Path), ("id" = String, Path), Page),
    responses((status = 200, body = Items<Told>)))]
pub async fn stream(
    State(app): State<App>,
    actor: Actor,
    Path((noun, id)): Path<(String, String)>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Told>>, Problem> {
    actor.require(Permission::AuditRead)?;
    let stream = StreamName::of(&noun, &id).map_err(|_| unknown("stream"))?;
    told(&app, &stream, &paged).await
}

/// Tells all that followed from one cause outside, in order.
#[utoipa::path(get, path = "/api/v1/audit/trace/{correlation}", tag = "audit",
    security(("bearer" = [])), params(("correlation" = Uuid, Path), Page),
    responses((status = 200, body = Items<EntryView>)))]
pub async fn trace(
    State(app): State<App>,
    actor: Actor,
    Id(correlation): Id<Uuid>,
    paged: Paged<Whole>,
) -> Result<Json<Items<EntryView>>, Problem> {
    actor.require(Permission::AuditRead)?;
    let query = format!("trace of {correlation}");
    let page = app.page(&query, &[audit::NAME], &paged).await?;
    let found = audit::trace(app.journal.readers(), correlation, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}
