//! What users may do: roles, and being suspended.

use axum::extract::{Path, State};
use domain::id::UserId;
use domain::permission::Role;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Changed, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, unknown};
use crate::json::{Nothing, bodies};
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(permissions))
        .routes(routes!(grant))
        .routes(routes!(revoke))
        .routes(routes!(suspend))
        .routes(routes!(reactivate))
}

bodies! {
    /// A role to be given.
    pub struct Grant {
        /// Which.
        #[schema(value_type = String, example = "host")]
        pub role: Role,
    }

    /// Why something is done to a user.
    pub struct Reason {
        /// Why.
        pub reason: String,
    }
}

/// A role, and what it lets one do.
#[derive(Serialize, ToSchema)]
struct RoleRights {
    /// The role.
    role: &'static str,
    /// What it lets one do.
    permissions: Vec<String>,
}

/// All roles.
#[derive(Serialize, ToSchema)]
struct Rights {
    /// Each role.
    items: Vec<RoleRights>,
}

/// Lists the roles, and what each lets one do.
#[utoipa::path(get, path = "/api/v1/permissions", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = Rights)))]
async fn permissions(_: Actor) -> Json<Rights> {
    let rights = |role: Role| RoleRights {
        role: role.as_str(),
        permissions: role.permissions().iter().map(|p| p.to_string()).collect(),
    };
    Json(Rights {
        items: Role::ALL.into_iter().map(rights).collect(),
    })
}

/// Lets a user do more.
#[utoipa::path(post, path = "/api/v1/users/{id}/roles", tag = "users",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Grant,
    responses((status = 200, body = Done)))]
async fn grant(
    State(app): State<App>,
    Id(id): Id<UserId>,
    Asked { body, context, .. }: Asked<Grant>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands.grant_role(&context, id, body.role).await?,
    ))
}

/// Lets a user do less. The last administrator stays one.
#[utoipa::path(delete, path = "/api/v1/users/{id}/roles/{role}", tag = "users",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("role" = String, Path)),
    responses((status = 200, body = Done)))]
async fn revoke(
    State(app): State<App>,
    Path((id, role)): Path<(String, String)>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let id = id.parse().map(UserId).map_err(|_| unknown("user"))?;
    let role: Role = role.parse().map_err(|_| unknown("role"))?;
    Ok(Changed(app.commands.revoke_role(&context, id, role).await?))
}

/// Lets a user do nothing until reactivated.
#[utoipa::path(post, path = "/api/v1/users/{id}/suspend", tag = "users",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Reason,
    responses((status = 200, body = Done)))]
async fn suspend(
    State(app): State<App>,
    Id(id): Id<UserId>,
    Asked { body, context, .. }: Asked<Reason>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands.suspend_user(&context, id, body.reason).await?,
    ))
}

/// Lets a suspended user act again.
#[utoipa::path(post, path = "/api/v1/users/{id}/reactivate", tag = "users",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Reason,
    responses((status = 200, body = Done)))]
async fn reactivate(
    State(app): State<App>,
    Id(id): Id<UserId>,
    Asked { body, context, .. }: Asked<Reason>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands
            .reactivate_user(&context, id, body.reason)
            .await?,
    ))
}
