//! Equipment: its tree, its down times, and what is told of how it runs.

mod body;
pub mod meters;
pub mod orders;
pub mod plans;
mod reliability;
mod trigger;
mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::Personal;
use domain::building::Building;
use domain::equipment::{
    ChangeEquipment, ComeUp, DownKind, Equipment, EquipmentStatus, GoDown, MoveEquipment, Piece,
    RegisterEquipment,
};
use domain::id::{BuildingId, EquipmentId, UserId};
use domain::permission::{Permission, Scope};
use projections::equipment::{self, EquipmentFilter};
use serde::Serialize;
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

use body::{Down, EquipmentFields, EquipmentPlace, NewEquipment, Up};
use view::{DowntimeView, EquipmentView};

/// The routes below `/equipment`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, register))
        .routes(routes!(show, change, delete))
        .routes(routes!(down))
        .routes(routes!(up))
        .routes(routes!(put))
        .routes(routes!(story))
        .routes(routes!(downtimes))
        .merge(orders::router())
        .merge(plans::router())
        .merge(meters::router())
        .merge(reliability::router())
}

parameters! {
    /// Which pieces.
    pub struct EquipmentParameters {
        /// The building that they stand in.
        #[param(value_type = Option<uuid::Uuid>)]
        pub building: Option<BuildingId>,
        /// The piece that they are parts of.
        #[param(value_type = Option<uuid::Uuid>)]
        pub parent: Option<EquipmentId>,
        /// What kind of thing they are.
        pub category: Option<String>,
        /// Their model.
        pub model: Option<String>,
        /// Whether they run with all their parts.
        #[param(value_type = Option<String>)]
        pub status: Option<EquipmentStatus>,
        /// A part of the name or of the serial number, in any case.
        pub search: Option<String>,
    }
}

/// The word under which a value is kept.
fn word(value: &impl Serialize) -> Option<String> {
    let json = serde_json::to_value(value).ok()?;
    json.as_str().map(str::to_owned)
}

/// Lists the equipment that one may see.
#[utoipa::path(get, path = "/api/v1/equipment", tag = "equipment", security(("bearer" = [])),
    params(Page, EquipmentParameters), responses((status = 200, body = Items<EquipmentView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<EquipmentParameters>,
) -> Result<Json<Items<EquipmentView>>, Problem> {
    actor.require(Permission::EquipmentShow(Scope::Own))?;
    let page = app.page("equipment", &[equipment::NAME], &paged).await?;
    let asked = &paged.filter;
    let filter = EquipmentFilter {
        owner: (!actor.over_any(Permission::EquipmentShow)).then(|| actor.user()),
        building: asked.building,
        parent: asked.parent,
        category: asked.category.clone(),
        model: asked.model.clone(),
        status: asked.status.as_ref().and_then(word),
        search: asked.search.clone(),
    };
    let found = equipment::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("equipment", &paged, found)))
}

/// Puts a piece of equipment into the books of its building.
#[utoipa::path(post, path = "/api/v1/equipment", tag = "equipment", security(("bearer" = [])),
    request_body = NewEquipment, responses((status = 201, body = Done)))]
async fn register(
    State(app): State<App>,
    Asked {
        body,
        caller,
        context,
    }: Asked<NewEquipment>,
) -> Result<Created, Problem> {
    let id = EquipmentId(app.edge.mint.id());
    let register = RegisterEquipment {
        owner: caller.user,
        building: body.building,
        lot: body.lot,
        parent: body.parent,
        name: body.name,
        category: body.category,
        model: body.model,
        serial: body.serial,
        status: body.status.unwrap_or(EquipmentStatus::Operational),
        in_service_since: body.in_service_since,
        at: context.at,
    };
    let done = app
        .commands
        .register_equipment(&context, id, &register)
        .await?;
    Ok(Created("equipment".to_owned(), done))
}

/// A piece that one may see, by its own stream and that of its building.
struct Found(Arc<Equipment>);

impl Found {
    fn piece(&self) -> Result<&Piece, Problem> {
        self.0.standing().ok_or_else(|| unknown("equipment"))
    }

    fn building(&self) -> Result<BuildingId, Problem> {
        Ok(self.piece()?.building)
    }
}

/// The piece, to one who may see it; to others there is none.
async fn require_to_see(app: &App, actor: &Actor, id: EquipmentId) -> Result<Found, Problem> {
    let (state, _) = app.commands.dispatch().peek::<Equipment>(id).await?;
    let found = Found(state);
    let building = found.building()?;
    let (building, _) = app.commands.dispatch().peek::<Building>(building).await?;
    let owner = building.standing().map(|standing| standing.owner);
    let owners: Vec<UserId> = owner.into_iter().collect();
    actor.require_to_see("equipment", Permission::EquipmentShow, &owners)?;
    Ok(found)
}

/// Shows one piece, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/equipment/{id}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<EquipmentView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<EquipmentId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    let building = require_to_see(&app, &actor, id).await?.building()?;
    if moment.is_past() {
        return state_at::<Equipment>(&app, id, &moment).await;
    }
    app.reach(&[equipment::NAME], moment.min_position).await?;
    let found = equipment::show(app.journal.readers(), building, id).await?;
    let found = found.ok_or_else(|| unknown("equipment"))?;
    Ok(versioned(found.version, Json(EquipmentView::from(found))))
}

/// Tells what happened to a piece.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/history", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<EquipmentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    history::<Equipment>(&app, id, &paged).await
}

/// Lists the times during which a piece did not run by itself, the first one first.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/downtimes", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<DowntimeView>)))]
pub async fn downtimes(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<EquipmentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<DowntimeView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let query = format!("downtimes of {id}");
    let page = app.page(&query, &[equipment::NAME], &paged).await?;
    let found = equipment::downtimes(app.journal.readers(), id, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Changes named fields of a piece; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/equipment/{id}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = EquipmentFields,
    responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked { body, context, .. }: Asked<EquipmentFields>,
) -> Result<Changed, Problem> {
    let change = ChangeEquipment {
        name: body.name,
        category: body.category,
        model: body.model,
        serial: body.serial,
        status: body.status,
    };
    Ok(Changed(
        app.commands.change_equipment(&context, id, change).await?,
    ))
}

/// Takes a piece out of the books. Its history stays.
#[utoipa::path(delete, path = "/api/v1/equipment/{id}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn delete(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.delete_equipment(&context, id).await?))
}

/// Says that a piece does not run. All that it is a part of is down with it.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/down", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Down,
    responses((status = 200, body = Done)))]
async fn down(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked {
        body,
        caller,
        context,
    }: Asked<Down>,
) -> Result<Changed, Problem> {
    let down = GoDown {
        status: body.status.unwrap_or(EquipmentStatus::Down),
        kind: body.kind.unwrap_or(DownKind::Failure),
        since: body.since,
        reason: body.reason.map(|reason| Personal::new(caller.user, reason)),
        at: context.at,
    };
    Ok(Changed(
        app.commands.take_equipment_down(&context, id, down).await?,
    ))
}

/// Says that a piece runs again.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/up", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Up,
    responses((status = 200, body = Done)))]
async fn up(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked { body, context, .. }: Asked<Up>,
) -> Result<Changed, Problem> {
    let up = ComeUp {
        until: body.until,
        status: body.status,
        at: context.at,
    };
    Ok(Changed(
        app.commands.bring_equipment_up(&context, id, up).await?,
    ))
}

/// Puts a piece elsewhere in its building, with all its parts: under another piece or none, and
/// into another lot or none.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/move", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = EquipmentPlace,
    responses((status = 200, body = Done)))]
async fn put(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked { body, context, .. }: Asked<EquipmentPlace>,
) -> Result<Changed, Problem> {
    let to = MoveEquipment {
        parent: body.parent,
        lot: body.lot,
    };
    Ok(Changed(
        app.commands.move_equipment(&context, id, to).await?,
    ))
}
