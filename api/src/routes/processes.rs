//! What the platform does by itself, and what an operator can do about it.

mod view;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::permission::Permission;
use projections::processes::{self, ProcessFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::past::{Moment, Told, told};
use crate::answer::{Changed, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, unknown};
use crate::json::Nothing;
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::view::Seen;

use view::{ProcessView, ProjectionView, StoredView};

/// The routes below `/processes` and `/projections`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(story))
        .routes(routes!(retry))
        .routes(routes!(end))
        .routes(routes!(all_projections))
}

parameters! {
    /// Which processes.
    pub struct ProcessParameters {
        /// Their kind, such as `booking_payment`.
        pub kind: Option<String>,
        /// `running`, `stuck` or `ended`.
        pub status: Option<String>,
    }
}

/// Lists processes, in the order in which they began.
#[utoipa::path(get, path = "/api/v1/processes", tag = "operations", security(("bearer" = [])),
    params(Page, ProcessParameters), responses((status = 200, body = Items<ProcessView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<ProcessParameters>,
) -> Result<Json<Items<ProcessView>>, Problem> {
    actor.require(Permission::ProcessOperate)?;
    let page = app.page("processes", &[processes::NAME], &paged).await?;
    let asked = paged.filter.clone();
    let filter = ProcessFilter {
        kind: asked.kind,
        status: asked.status,
    };
    let found = processes::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("processes", &paged, found)))
}

/// Shows one process, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/processes/{id}", tag = "operations",
    security(("bearer" = [])), params(("id" = String, Path), Moment),
    responses((status = 200, body = Seen<ProcessView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    actor.require(Permission::ProcessOperate)?;
    if moment.is_past() {
        return super::past::state_at::<domain::process::Process>(&app, id, &moment).await;
    }
    app.reach(&[processes::NAME], moment.min_position).await?;
    let found = processes::show(app.journal.readers(), &id).await?;
    let found = found.ok_or_else(|| unknown("process"))?;
    Ok(versioned(found.version, Json(ProcessView::from(found))))
}

/// Tells what a process did, step by step.
#[utoipa::path(get, path = "/api/v1/processes/{id}/history", tag = "operations",
    security(("bearer" = [])), params(("id" = String, Path), Page),
    responses((status = 200, body = Items<Told>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Told>>, Problem> {
    actor.require(Permission::ProcessOperate)?;
    let stream = eventstore::StreamName::of("process", &id).map_err(|_| unknown("process"))?;
    told(&app, &stream, &paged).await
}

/// Lets a stuck process try its refused step again.
#[utoipa::path(post, path = "/api/v1/processes/{id}/retry", tag = "operations",
    security(("bearer" = [])), params(("id" = String, Path)),
    responses((status = 200, body = Done)))]
async fn retry(
    State(app): State<App>,
    Path(id): Path<String>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.retry_process(&context, &id).await?))
}

/// Ends a process by hand.
#[utoipa::path(post, path = "/api/v1/processes/{id}/end", tag = "operations",
    security(("bearer" = [])), params(("id" = String, Path)),
    responses((status = 200, body = Done)))]
async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.end_process(&context, &id).await?))
}

/// Says how far each projection is, and what holds it up.
#[utoipa::path(get, path = "/api/v1/projections", tag = "operations",
    security(("bearer" = [])), responses((status = 200, body = Items<ProjectionView>)))]
pub async fn all_projections(
    State(app): State<App>,
    actor: Actor,
) -> Result<Json<Items<ProjectionView>>, Problem> {
    actor.require(Permission::ProcessOperate)?;
    let mut items = Vec::new();
    for here in app.projections.statuses() {
        let projector = projections::all()
            .into_iter()
            .find(|p| p.name() == here.name);
        let stored = match projector {
            Some(projector) => {
                let stored = projections::status::stored(app.journal.pool(), &*projector).await;
                stored.map_err(|error| Problem::away(&error))?
            }
            None => None,
        };
        items.push(ProjectionView {
            stored: stored.map(StoredView::from),
            ..here.into()
        });
    }
    Ok(Json(Items {
        items,
        next_cursor: None,
        stale: false,
    }))
}
