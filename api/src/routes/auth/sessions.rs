//! Sessions: who am I, where am I logged in, and out again.

use axum::extract::State;
use axum::http::StatusCode;
use domain::id::SessionId;
use domain::session::EndReason;
use projections::users;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::SessionView;
use crate::answer::{Changed, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Entering, Entrant, Id, Leaving, NoKey, Now};
use crate::json::Nothing;
use crate::problem::Problem;
use crate::query::{Items, Page, Paged, parameters};

/// Who asks.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// The user.
    id: Uuid,
    /// The e-mail address.
    email: String,
    /// How the user wants to be called.
    name: String,
    /// What the user is.
    roles: Vec<String>,
    /// What the user may do.
    permissions: Vec<String>,
    /// The session of the token.
    session: Uuid,
    /// Whether the password was given out by someone else, so that nothing is open but its change.
    password_change_required: bool,
}

parameters! {
    /// Which sessions.
    pub struct SessionParameters {
        /// Those that are over, too.
        pub ended: Option<bool>,
    }
}

/// Says who asks, by the state that decisions rest on.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", security(("bearer" = [])),
    responses((status = 200, body = Me)))]
pub(super) async fn me(
    State(app): State<App>,
    Entrant(caller): Entrant,
) -> Result<Json<Me>, Problem> {
    let user = app.commands.user(caller.user).await?;
    let account = user.account().ok_or_else(Problem::broken)?;
    Ok(Json(Me {
        id: caller.user.0,
        email: account.email.value.clone(),
        name: account.name.value.clone(),
        roles: caller.roles.iter().map(ToString::to_string).collect(),
        permissions: caller.permissions.iter().map(|p| p.to_string()).collect(),
        session: caller.session.0,
        password_change_required: caller.must_change_password,
    }))
}

/// Ends the session of the token; one that is over already is no fault.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 204)))]
pub(super) async fn log_out(
    State(app): State<App>,
    Leaving { session, context }: Leaving,
) -> Result<StatusCode, Problem> {
    app.commands
        .end_session(&context, session, EndReason::LoggedOut)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of the user, this one too.
#[utoipa::path(post, path = "/api/v1/auth/logout-all", tag = "auth", security(("bearer" = [])),
    responses((status = 204)))]
pub(super) async fn log_out_everywhere(
    State(app): State<App>,
    Entering { context, .. }: Entering<Nothing>,
) -> Result<StatusCode, Problem> {
    app.commands.log_out_everywhere(&context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the sessions of the user, the latest first.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "auth", security(("bearer" = [])),
    params(Page, SessionParameters), responses((status = 200, body = Items<SessionView>)))]
pub async fn list(
    State(app): State<App>,
    Now(now): Now,
    actor: Actor,
    paged: Paged<SessionParameters>,
) -> Result<Json<Items<SessionView>>, Problem> {
    let page = app.page("sessions", &[users::NAME], &paged).await?;
    let live_at = (paged.filter.ended != Some(true)).then_some(now);
    let found = users::sessions(app.journal.readers(), actor.user(), live_at, &page).await?;
    Ok(Json(app.items("sessions", &paged, found)))
}

/// Ends one session.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "auth",
    params(("id" = Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, body = Done)))]
pub(super) async fn end(
    State(app): State<App>,
    Id(id): Id<SessionId>,
    _: NoKey,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands
            .end_session(&context, id, EndReason::Revoked)
            .await?,
    ))
}
