//! Maintenance plans.

use std::collections::HashMap;

use axum::extract::State;
use chrono_tz::Tz;
use domain::building::Building;
use domain::equipment::{Equipment, METERS_MAX, Plan, PlanChange};
use domain::id::{EquipmentId, PlanId};
use projections::List;
use projections::equipment::{self, PlanRow};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::{NewPlan, PlanFields, tasks};
use super::require_to_see;
use super::view::{PlanView, total};
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

/// Plans of one piece, each with what its meter has counted.
async fn counted(
    app: &App,
    piece: EquipmentId,
    plans: Vec<PlanRow>,
) -> Result<Vec<(PlanRow, Option<i64>)>, Problem> {
    let all = projections::Page::first(u32::try_from(METERS_MAX).unwrap_or(u32::MAX));
    let meters = equipment::meters(app.journal.readers(), piece, &all).await?;
    let totals: HashMap<Uuid, Option<i64>> = meters
        .items
        .iter()
        .map(|row| (row.id, total(row)))
        .collect();
    let with_total = |plan: PlanRow| {
        let meter = plan.trigger.meter();
        let total = meter.and_then(|meter| *totals.get(&meter.0)?);
        (plan, total)
    };
    Ok(plans.into_iter().map(with_total).collect())
}

/// Lists the plans of a piece, by title.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/plans", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<PlanView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<EquipmentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<PlanView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let query = format!("plans of {id}");
    let page = app.page(&query, &[equipment::NAME], &paged).await?;
    let found = equipment::plans(app.journal.readers(), id, &page).await?;
    let found = List {
        items: counted(&app, id, found.items).await?,
        next: found.next,
        stale: found.stale,
    };
    Ok(Json(app.items(&query, &paged, found)))
}

/// Where the clock stands that the plans of a piece go by: that of its building, else UTC.
async fn zone(app: &App, id: EquipmentId) -> Result<Tz, Problem> {
    let dispatch = app.commands.dispatch();
    let (state, _) = dispatch.peek::<Equipment>(id).await?;
    let Some(piece) = state.standing() else {
        return Ok(Tz::UTC);
    };
    let (building, _) = dispatch.peek::<Building>(piece.building).await?;
    let zone = building.standing().and_then(|standing| standing.time_zone);
    Ok(zone.unwrap_or(Tz::UTC))
}

/// Adds a plan to a piece.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/plans", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewPlan,
    responses((status = 201, body = Done)))]
async fn add(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked { body, context, .. }: Asked<NewPlan>,
) -> Result<Created, Problem> {
    let plan_id = PlanId(app.edge.mint.id());
    let zone = zone(&app, id).await?;
    let plan = Plan {
        title: body.title,
        priority: body.priority.unwrap_or_default(),
        takes_down: body.takes_down.unwrap_or_default(),
        needs_signature: body.needs_signature.unwrap_or_default(),
        tasks: body.tasks.map(tasks).unwrap_or_default(),
        trigger: body.trigger.in_zone(zone, context.at),
    };
    let done = app.commands.add_plan(&context, id, plan_id, plan).await?;
    Ok(Created(format!("equipment/{id}/plans"), done))
}

/// Shows one plan.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/plans/{plan}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("plan" = Uuid, Path), Least),
    responses((status = 200, body = PlanView)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Ids(id, plan): Ids<EquipmentId, PlanId>,
    Filter(least): Filter<Least>,
) -> Result<Json<PlanView>, Problem> {
    require_to_see(&app, &actor, id).await?;
    app.reach(&[equipment::NAME], least.min_position).await?;
    let found = equipment::plan(app.journal.readers(), id, plan).await?;
    let counted = counted(&app, id, found.into_iter().collect()).await?;
    let found = counted.into_iter().next().ok_or_else(|| unknown("plan"))?;
    Ok(Json(found.into()))
}

/// Changes named fields of a plan; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/equipment/{id}/plans/{plan}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("plan" = Uuid, Path)),
    request_body = PlanFields, responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Ids(id, plan): Ids<EquipmentId, PlanId>,
    Asked { body, context, .. }: Asked<PlanFields>,
) -> Result<Changed, Problem> {
    let zone = zone(&app, id).await?;
    let change = PlanChange {
        title: body.title,
        priority: body.priority,
        takes_down: body.takes_down,
        needs_signature: body.needs_signature,
        tasks: body.tasks.map(tasks),
        trigger: body
            .trigger
            .map(|trigger| trigger.in_zone(zone, context.at)),
        active: body.active,
    };
    Ok(Changed(
        app.commands.change_plan(&context, id, plan, change).await?,
    ))
}

/// Takes a plan out.
#[utoipa::path(delete, path = "/api/v1/equipment/{id}/plans/{plan}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("plan" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn remove(
    State(app): State<App>,
    Ids(id, plan): Ids<EquipmentId, PlanId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.remove_plan(&context, id, plan).await?))
}
