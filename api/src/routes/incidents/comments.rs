//! What is said about an incident.

use axum::extract::State;
use domain::id::{CommentId, IncidentId};
use domain::incident::Visibility;
use projections::incidents;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::NewComment;
use super::require_to_see;
use super::view::CommentView;
use crate::answer::{Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id};
use crate::problem::Problem;
use crate::query::{Items, Page, Paged, Whole};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default().routes(routes!(list, say))
}

/// Lists what was said about an incident, in order; what is internal only for who works on it.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/comments", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<CommentView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<IncidentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<CommentView>>, Problem> {
    let works = require_to_see(&app, &actor, id).await?;
    let query = format!("comments on {id}");
    let page = app.page(&query, &[incidents::NAME], &paged).await?;
    let found = incidents::comments(app.journal.readers(), id, works, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Says something about an incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/comments", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewComment,
    responses((status = 201, body = Done)))]
async fn say(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<NewComment>,
) -> Result<Created, Problem> {
    let comment = CommentId(app.edge.mint.id());
    let visibility = body.visibility.unwrap_or(Visibility::Public);
    let done = app
        .commands
        .comment_incident(&context, id, comment, &body.text, visibility);
    Ok(Created(format!("incidents/{id}/comments"), done.await?))
}
