//! The lots of a building.

use axum::extract::State;
use domain::id::{BuildingId, LotId};
use projections::buildings;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{LotFields, NewLot};
use super::require_to_see;
use super::view::LotView;
use crate::answer::{Changed, Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Ids, unknown};
use crate::json::Nothing;
use crate::problem::Problem;
use crate::query::{Filter, Items, Least, Page, Paged, Whole};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, add))
        .routes(routes!(show, change, remove))
}

/// Lists the lots of a building, by label.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/lots", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<LotView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BuildingId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<LotView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let query = format!("lots of {id}");
    let page = app.page(&query, &[buildings::NAME], &paged).await?;
    let found = buildings::lots(app.journal.readers(), id, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Adds a lot to a building.
#[utoipa::path(post, path = "/api/v1/buildings/{id}/lots", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewLot,
    responses((status = 201, body = Done)))]
async fn add(
    State(app): State<App>,
    Id(id): Id<BuildingId>,
    Asked { body, context, .. }: Asked<NewLot>,
) -> Result<Created, Problem> {
    let lot = LotId(app.edge.mint.id());
    let done = app.commands.add_lot(&context, id, lot, body.into()).await?;
    Ok(Created(format!("buildings/{id}/lots"), done))
}

/// Shows one lot.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/lots/{lot}", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("lot" = Uuid, Path), Least),
    responses((status = 200, body = LotView)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Ids(id, lot): Ids<BuildingId, LotId>,
    Filter(least): Filter<Least>,
) -> Result<Json<LotView>, Problem> {
    require_to_see(&app, &actor, id).await?;
    app.reach(&[buildings::NAME], least.min_position).await?;
    let found = buildings::lot(app.journal.readers(), id, lot).await?;
    let found = found.ok_or_else(|| unknown("lot"))?;
    Ok(Json(found.into()))
}

/// Changes named fields of a lot; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/buildings/{id}/lots/{lot}", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("lot" = Uuid, Path)),
    request_body = LotFields, responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Ids(id, lot): Ids<BuildingId, LotId>,
    Asked { body, context, .. }: Asked<LotFields>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands
            .change_lot(&context, id, lot, body.into())
            .await?,
    ))
}

/// Takes a lot out of a building.
#[utoipa::path(delete, path = "/api/v1/buildings/{id}/lots/{lot}", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("lot" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn remove(
    State(app): State<App>,
    Ids(id, lot): Ids<BuildingId, LotId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.remove_lot(&context, id, lot).await?))
}
