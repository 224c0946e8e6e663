//! The attachments of an incident: files that follow who may see it.

use axum::extract::State;
use domain::file::FileOwner;
use domain::id::{FileId, IncidentId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::files::{FileView, of_owner};
use super::incidents::require_to_see;
use crate::answer::{Changed, Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Ids};
use crate::json::{Nothing, bodies};
use crate::problem::Problem;
use crate::query::{Items, Page, Paged, Whole};

/// The routes below `/incidents/{id}/attachments`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, add))
        .routes(routes!(remove))
}

bodies! {
    /// A file to be put to an incident.
    pub struct NewAttachment {
        /// A photo or document of one's own that belongs to nothing.
        #[schema(value_type = Uuid)]
        pub file: FileId,
    }
}

/// Lists what was put to an incident, in the order of its upload.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/attachments", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<FileView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<IncidentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<FileView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let owner = Some(FileOwner::Incident(id));
    of_owner(&app, &actor, owner, None, &paged).await
}

/// Puts an uploaded file to an incident. It is private from then on.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/attachments", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewAttachment,
    responses((status = 201, body = Done)))]
async fn add(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<NewAttachment>,
) -> Result<Created, Problem> {
    let done = app.commands.add_attachment(&context, id, body.file).await?;
    Ok(Created(format!("incidents/{id}/attachments"), done))
}

/// Takes a file away from an incident; it then belongs to nothing.
#[utoipa::path(delete, path = "/api/v1/incidents/{id}/attachments/{file}", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("file" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn remove(
    State(app): State<App>,
    Ids(id, file): Ids<IncidentId, FileId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands.remove_attachment(&context, id, file).await?,
    ))
}
