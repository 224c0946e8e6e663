//! Work orders: what is to be done to a piece, and what came of it.

use axum::extract::State;
use axum::response::Response;
use commands::equipment::{NewWorkOrder, OrderStep};
use domain::Personal;
use domain::id::{EquipmentId, PlanId, WorkOrderId};
use domain::work_order::{ChangeWorkOrder, Priority, WorkKind, WorkOrder, WorkStatus};
use projections::equipment::{self, OrderFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{
    NewWorkOrderBody, PartUsed, Signature, TaskDone, WorkOrderFields, tasks as tasks_of,
};
use super::view::WorkOrderView;
use super::{require_to_see, word};
use crate::answer::{Changed, Created, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Ids, unknown};
use crate::json::Nothing;
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::routes::past::{Happened, Moment, history, state_at};
use crate::view::Seen;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, open))
        .routes(routes!(show, change))
        .routes(routes!(story))
        .routes(routes!(start))
        .routes(routes!(hold))
        .routes(routes!(complete))
        .routes(routes!(cancel))
        .routes(routes!(reopen))
        .routes(routes!(do_task))
        .routes(routes!(use_part))
        .routes(routes!(sign))
}

parameters! {
    /// Which work orders.
    pub struct OrderParameters {
        /// Where they stand.
        #[param(value_type = Option<String>)]
        pub status: Option<WorkStatus>,
        /// How urgent they are.
        #[param(value_type = Option<String>)]
        pub priority: Option<Priority>,
        /// The plan that asked for them.
        #[param(value_type = Option<uuid::Uuid>)]
        pub plan: Option<PlanId>,
    }
}

/// Lists the work orders of a piece, in the order in which they were opened.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/work-orders", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page, OrderParameters),
    responses((status = 200, body = Items<WorkOrderView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<EquipmentId>,
    paged: Paged<OrderParameters>,
) -> Result<Json<Items<WorkOrderView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let query = format!("work orders of {id}");
    let page = app.page(&query, &[equipment::NAME], &paged).await?;
    let filter = OrderFilter {
        status: paged.filter.status.as_ref().and_then(word),
        priority: paged.filter.priority.as_ref().and_then(word),
        plan: paged.filter.plan,
    };
    let found = equipment::orders(app.journal.readers(), id, &filter, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Opens a work order for a piece.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewWorkOrderBody,
    responses((status = 201, body = Done)))]
async fn open(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked { body, context, .. }: Asked<NewWorkOrderBody>,
) -> Result<Created, Problem> {
    let order = WorkOrderId(app.edge.mint.id());
    let new = NewWorkOrder {
        title: body.title,
        description: body.description,
        kind: body.kind.unwrap_or(WorkKind::Corrective),
        priority: body.priority.unwrap_or_default(),
        takes_down: body.takes_down.unwrap_or_default(),
        needs_signature: body.needs_signature.unwrap_or_default(),
        tasks: body.tasks.map(tasks_of).unwrap_or_default(),
        due_at: body.due_at,
        assignee: body.assignee,
    };
    let done = app
        .commands
        .open_work_order(&context, id, order, new)
        .await?;
    Ok(Created(format!("equipment/{id}/work-orders"), done))
}

/// Asks that the order is one of the piece, which one may see.
async fn require_order(
    app: &App,
    actor: &Actor,
    id: EquipmentId,
    order: WorkOrderId,
) -> Result<domain::id::BuildingId, Problem> {
    let building = require_to_see(app, actor, id).await?.building()?;
    let (state, _) = app.commands.dispatch().peek::<WorkOrder>(order).await?;
    match state.work() {
        Some(work) if work.equipment == id => Ok(building),
        _ => Err(unknown("work_order")),
    }
}

/// Shows one work order, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/work-orders/{work_order}", tag = "equipment",
    security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<WorkOrderView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    let building = require_order(&app, &actor, id, order).await?;
    if moment.is_past() {
        return state_at::<WorkOrder>(&app, order, &moment).await;
    }
    app.reach(&[equipment::NAME], moment.min_position).await?;
    let found = equipment::order(app.journal.readers(), building, order).await?;
    let found = found.ok_or_else(|| unknown("work_order"))?;
    Ok(versioned(found.version, Json(WorkOrderView::from(found))))
}

/// Tells what happened to a work order.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/work-orders/{work_order}/history",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_order(&app, &actor, id, order).await?;
    history::<WorkOrder>(&app, order, &paged).await
}

/// Changes named fields of a work order; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/equipment/{id}/work-orders/{work_order}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("work_order" = Uuid, Path)),
    request_body = WorkOrderFields, responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked {
        body,
        caller,
        context,
    }: Asked<WorkOrderFields>,
) -> Result<Changed, Problem> {
    let own = |text| Personal::new(caller.user, text);
    let change = ChangeWorkOrder {
        title: body.title,
        description: body.description.map(own),
        priority: body.priority,
        due_at: body.due_at,
        assignee: body.assignee,
    };
    step(&app, &context, (id, order), OrderStep::Change(change)).await
}

async fn step(
    app: &App,
    context: &commands::Context,
    (id, order): (EquipmentId, WorkOrderId),
    step: OrderStep,
) -> Result<Changed, Problem> {
    let done = app.commands.step_work_order(context, id, order, &step);
    Ok(Changed(done.await?))
}

/// Begins the work, or goes on with it. A piece that it takes down goes down.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/start",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn start(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    step(&app, &context, (id, order), OrderStep::Start).await
}

/// Leaves the work for a while.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/hold",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn hold(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    step(&app, &context, (id, order), OrderStep::Hold).await
}

/// Says that the work is done. The piece comes up with the last work that kept it down.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/complete",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn complete(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    step(&app, &context, (id, order), OrderStep::Complete).await
}

/// Calls the work off.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/cancel",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn cancel(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    step(&app, &context, (id, order), OrderStep::Cancel).await
}

/// Asks for the work again after its end.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/reopen",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn reopen(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    step(&app, &context, (id, order), OrderStep::Reopen).await
}

/// Says what came of a task.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/tasks",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)), request_body = TaskDone,
    responses((status = 200, body = Done)))]
async fn do_task(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { body, context, .. }: Asked<TaskDone>,
) -> Result<Changed, Problem> {
    let next = OrderStep::Task(body.task, body.answer);
    step(&app, &context, (id, order), next).await
}

/// Says what was used, or paid for.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/parts",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)), request_body = PartUsed,
    responses((status = 200, body = Done)))]
async fn use_part(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { body, context, .. }: Asked<PartUsed>,
) -> Result<Changed, Problem> {
    let next = OrderStep::Part {
        name: body.name,
        quantity: body.quantity,
        unit_cost: body.unit_cost,
    };
    step(&app, &context, (id, order), next).await
}

/// Signs for the work.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/work-orders/{work_order}/sign",
    tag = "equipment", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("work_order" = Uuid, Path)), request_body = Signature,
    responses((status = 200, body = Done)))]
async fn sign(
    State(app): State<App>,
    Ids(id, order): Ids<EquipmentId, WorkOrderId>,
    Asked { body, context, .. }: Asked<Signature>,
) -> Result<Changed, Problem> {
    let next = OrderStep::Sign(body.name);
    step(&app, &context, (id, order), next).await
}
