//! What is done about an incident, step by step.

use axum::extract::State;
use chrono::TimeDelta;
use domain::id::IncidentId;
use domain::incident::Step;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Assignment, Declining, Deferral, Reopening, Resolution};
use crate::answer::{Changed, Done};
use crate::app::App;
use crate::extract::{Asked, Id};
use crate::json::Nothing;
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(assign))
        .routes(routes!(start))
        .routes(routes!(release))
        .routes(routes!(defer))
        .routes(routes!(resume))
        .routes(routes!(complete))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(decline))
        .routes(routes!(withdraw))
}

/// Lets a user do something about an incident, who has to be active and allowed to; or nobody.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/assign", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Assignment,
    responses((status = 200, body = Done)))]
async fn assign(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<Assignment>,
) -> Result<Changed, Problem> {
    let done = app.commands.assign_incident(&context, id, body.assignee);
    Ok(Changed(done.await?))
}

/// Takes an incident in charge.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/start", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn start(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let step = Step::Start;
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Lets an incident go that one has taken in charge.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/release", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn release(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let step = Step::Release;
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Puts an incident off.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/defer", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Deferral,
    responses((status = 200, body = Done)))]
async fn defer(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<Deferral>,
) -> Result<Changed, Problem> {
    let step = Step::Defer {
        until: Some(body.until),
        reason: body.reason,
    };
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Ends the wait of an incident before its time.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/resume", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn resume(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let step = Step::Resume;
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Says what was done about an incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/complete", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Resolution,
    responses((status = 200, body = Done)))]
async fn complete(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<Resolution>,
) -> Result<Changed, Problem> {
    let step = Step::Complete {
        resolution: body.resolution,
    };
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Says that an incident is over.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/close", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn close(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let step = Step::Close;
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Says that it was not done after all.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/reopen", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Reopening,
    responses((status = 200, body = Done)))]
async fn reopen(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<Reopening>,
) -> Result<Changed, Problem> {
    // How long that is possible, and who can go on, is known to the command.
    let step = Step::Reopen {
        window: TimeDelta::zero(),
        assignee_fit: false,
        reason: body.reason,
    };
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Says that nothing will be done.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/decline", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Declining,
    responses((status = 200, body = Done)))]
async fn decline(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<Declining>,
) -> Result<Changed, Problem> {
    let step = Step::Decline {
        reason: body.reason,
    };
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}

/// Takes an incident back that one has reported.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/withdraw", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn withdraw(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let step = Step::Withdraw;
    Ok(Changed(
        app.commands.move_incident(&context, id, step).await?,
    ))
}
