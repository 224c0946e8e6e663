//! The documents of a building: files that follow who may see it.

use axum::extract::State;
use domain::file::FileOwner;
use domain::id::{BuildingId, FileId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::buildings::require_to_see;
use super::files::{FileView, of_owner};
use crate::answer::{Changed, Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Ids};
use crate::json::{Nothing, bodies};
use crate::problem::Problem;
use crate::query::{Items, Page, Paged, Whole};

/// The routes below `/buildings/{id}/documents`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, add))
        .routes(routes!(remove))
}

bodies! {
    /// A file to be made a document.
    pub struct NewDocument {
        /// A file of one's own that was uploaded as a document and belongs to nothing.
        #[schema(value_type = Uuid)]
        pub file: FileId,
    }
}

/// Lists the documents of a building, in the order of their upload.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/documents", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<FileView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BuildingId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<FileView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let owner = Some(FileOwner::Building(id));
    of_owner(&app, &actor, owner, None, &paged).await
}

/// Makes an uploaded file a document of a building.
#[utoipa::path(post, path = "/api/v1/buildings/{id}/documents", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewDocument,
    responses((status = 201, body = Done)))]
async fn add(
    State(app): State<App>,
    Id(id): Id<BuildingId>,
    Asked { body, context, .. }: Asked<NewDocument>,
) -> Result<Created, Problem> {
    let done = app.commands.add_document(&context, id, body.file).await?;
    Ok(Created(format!("buildings/{id}/documents"), done))
}

/// Makes a file no document of a building any more; it then belongs to nothing.
#[utoipa::path(delete, path = "/api/v1/buildings/{id}/documents/{file}", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("file" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn remove(
    State(app): State<App>,
    Ids(id, file): Ids<BuildingId, FileId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands.remove_document(&context, id, file).await?,
    ))
}
