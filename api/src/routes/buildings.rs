//! Buildings and their lots.

mod body;
pub mod lots;
pub mod occupants;
pub mod shares;
mod view;

use axum::extract::State;
use axum::response::Response;
use domain::building::{Building, ChangeBuilding, RegisterBuilding};
use domain::id::{BuildingId, UserId};
use domain::permission::{Permission, Scope};
use projections::buildings::{self, BuildingFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::past::{Happened, Moment, history, state_at};
use crate::answer::{Changed, Created, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, unknown};
use crate::json::Nothing;
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::view::Seen;

use body::{BuildingChange, NewBuilding};
pub(super) use occupants::word;
use view::BuildingView;
pub(super) use view::OccupantView;

/// The routes below `/buildings`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, register))
        .routes(routes!(show, change, delete))
        .routes(routes!(story))
        .merge(lots::router())
        .merge(occupants::router())
        .merge(shares::router())
}

parameters! {
    /// Which buildings.
    pub struct BuildingParameters {
        /// A part of the name or of the city, in any case.
        pub search: Option<String>,
        /// ISO 3166-1 alpha-2, in upper case.
        pub country: Option<String>,
    }
}

/// Lists the buildings that one may see.
#[utoipa::path(get, path = "/api/v1/buildings", tag = "buildings", security(("bearer" = [])),
    params(Page, BuildingParameters), responses((status = 200, body = Items<BuildingView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<BuildingParameters>,
) -> Result<Json<Items<BuildingView>>, Problem> {
    let own = Permission::BuildingShow(Scope::Own);
    actor.require(own)?;
    let page = app.page("buildings", &[buildings::NAME], &paged).await?;
    let filter = BuildingFilter {
        owner: (!actor.over_any(Permission::BuildingShow)).then(|| actor.user()),
        search: paged.filter.search.clone(),
        country: paged.filter.country.clone(),
    };
    let found = buildings::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("buildings", &paged, found)))
}

/// Puts a building into the books.
#[utoipa::path(post, path = "/api/v1/buildings", tag = "buildings", security(("bearer" = [])),
    request_body = NewBuilding, responses((status = 201, body = Done)))]
async fn register(
    State(app): State<App>,
    Asked {
        body,
        caller,
        context,
    }: Asked<NewBuilding>,
) -> Result<Created, Problem> {
    let id = BuildingId(app.edge.mint.id());
    let register = RegisterBuilding {
        owner: body.owner.unwrap_or(caller.user),
        name: body.name,
        address: body.address.into(),
        time_zone: body.time_zone,
        sections: body
            .sections
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect(),
        attributes: body.attributes.unwrap_or_default(),
    };
    let done = app
        .commands
        .register_building(&context, id, &register)
        .await?;
    Ok(Created("buildings".to_owned(), done))
}

/// Who manages a building, by its own stream; to one who may not see it there is none.
pub async fn require_to_see(app: &App, actor: &Actor, id: BuildingId) -> Result<(), Problem> {
    let (state, _) = app.commands.dispatch().peek::<Building>(id).await?;
    let owners: Vec<UserId> = state
        .standing()
        .map(|standing| standing.owner)
        .into_iter()
        .collect();
    actor.require_to_see("building", Permission::BuildingShow, &owners)
}

/// Shows one building, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/buildings/{id}", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<BuildingView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BuildingId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_see(&app, &actor, id).await?;
    if moment.is_past() {
        return state_at::<Building>(&app, id, &moment).await;
    }
    app.reach(&[buildings::NAME], moment.min_position).await?;
    let found = buildings::show(app.journal.readers(), id).await?;
    let found = found.ok_or_else(|| unknown("building"))?;
    Ok(versioned(found.version, Json(BuildingView::from(found))))
}

/// Tells what happened to a building and its lots.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/history", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BuildingId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    history::<Building>(&app, id, &paged).await
}

/// Changes named fields of a building; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/buildings/{id}", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = BuildingChange,
    responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Id(id): Id<BuildingId>,
    Asked { body, context, .. }: Asked<BuildingChange>,
) -> Result<Changed, Problem> {
    let change = ChangeBuilding {
        name: body.name,
        address: body.address.map(Into::into),
        time_zone: body.time_zone,
        sections: body
            .sections
            .map(|all| all.into_iter().map(Into::into).collect()),
        attributes: body.attributes,
    };
    Ok(Changed(
        app.commands.change_building(&context, id, change).await?,
    ))
}

/// Takes a building out of the books. Its history stays.
#[utoipa::path(delete, path = "/api/v1/buildings/{id}", tag = "buildings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn delete(
    State(app): State<App>,
    Id(id): Id<BuildingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.delete_building(&context, id).await?))
}
