//! The photos of a listing: files that anyone may see while it is published.

use axum::extract::State;
use domain::id::{FileId, ListingId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Changed, Created, Done};
use crate::app::App;
use crate::extract::{Asked, Id, Ids};
use crate::json::{Nothing, bodies};
use crate::problem::Problem;

/// The routes below `/listings/{id}/photos`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(add, order))
        .routes(routes!(remove))
}

bodies! {
    /// A file to be shown.
    pub struct NewPhoto {
        /// A file of one's own that was uploaded as a photo and belongs to nothing.
        #[schema(value_type = Uuid)]
        pub file: FileId,
    }

    /// In which order photos are shown.
    pub struct PhotoOrder {
        /// All photos of the listing, the first one first.
        #[schema(value_type = Vec<Uuid>)]
        pub photos: Vec<FileId>,
    }
}

/// Shows an uploaded photo with a listing, after those that are there; at most ten. It is public
/// from then on.
#[utoipa::path(post, path = "/api/v1/listings/{id}/photos", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewPhoto,
    responses((status = 201, body = Done)))]
async fn add(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { body, context, .. }: Asked<NewPhoto>,
) -> Result<Created, Problem> {
    let done = app.commands.add_photo(&context, id, body.file).await?;
    Ok(Created(format!("listings/{id}/photos"), done))
}

/// Shows the photos of a listing in another order.
#[utoipa::path(patch, path = "/api/v1/listings/{id}/photos", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = PhotoOrder,
    responses((status = 200, body = Done)))]
async fn order(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { body, context, .. }: Asked<PhotoOrder>,
) -> Result<Changed, Problem> {
    let ordered = app.commands.order_photos(&context, id, body.photos).await?;
    Ok(Changed(ordered))
}

/// Shows a photo with a listing no more; it then belongs to nothing.
#[utoipa::path(delete, path = "/api/v1/listings/{id}/photos/{file}", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("file" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn remove(
    State(app): State<App>,
    Ids(id, file): Ids<ListingId, FileId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands.remove_photo(&context, id, file).await?,
    ))
}
