//! Users, as they see themselves and as administrators see them.

mod rights;
mod view;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use commands::user::{NewUser, may_create};
use domain::Personal;
use domain::id::{BookingId, UserId};
use domain::permission::{Permission, Role};
use domain::secret::Secret as Kept;
use domain::user::{ChangeUser, User};
use projections::bookings::{self, BookingFilter};
use projections::users::{self, UserFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::refuse_weak;
use super::past::{Happened, Moment, history, state_at};
use crate::answer::{Changed, Created, Done, Json, versioned};
use crate::app::App;
use crate::config::Secret;
use crate::extract::{Actor, Asked, Id, unknown};
use crate::json::{Nothing, bodies};
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::view::Seen;

use view::UserView;

/// How many bookings of each side are looked at before an account is closed.
const CANDIDATES: u32 = 20;

/// The routes below `/users`, and `/permissions`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, invite))
        .routes(routes!(show_me, change_me))
        .routes(routes!(show, change, deactivate))
        .routes(routes!(story))
        .merge(rights::router())
}

bodies! {
    /// Who is to become a user.
    pub struct Invitation {
        /// The e-mail address.
        pub email: String,
        /// How the user is called.
        pub name: String,
        /// What the user may do; `member` where nothing is said.
        #[schema(value_type = Option<Vec<String>>)]
        pub roles: Option<BTreeSet<Role>>,
        /// A first password, to be handed over and changed.
        #[schema(value_type = Option<String>, format = Password)]
        pub password: Option<Secret>,
    }

    /// Named fields of a profile; what is left out stays.
    pub struct UserChange {
        /// How the user wants to be called.
        pub name: Option<String>,
        /// A language tag, such as `fr` or `pt-BR`.
        pub locale: Option<String>,
        /// An IANA name, such as `Europe/Lisbon`.
        pub time_zone: Option<String>,
        /// A currency of ISO 4217.
        pub currency: Option<String>,
    }
}

parameters! {
    /// Which users.
    pub struct UserParameters {
        /// A part of the name or of the address, in any case.
        pub search: Option<String>,
        /// `active`, `suspended` or `deactivated`.
        pub status: Option<String>,
        /// One of the roles.
        #[param(value_type = Option<String>)]
        pub role: Option<Role>,
    }
}

/// Lists users.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", security(("bearer" = [])),
    params(Page, UserParameters), responses((status = 200, body = Items<UserView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<UserParameters>,
) -> Result<Json<Items<UserView>>, Problem> {
    actor.require(Permission::UserList)?;
    let page = app.page("users", &[users::NAME], &paged).await?;
    let filter = UserFilter {
        search: paged.filter.search.clone(),
        status: paged.filter.status.clone(),
        role: paged.filter.role.map(|role| role.to_string()),
    };
    let found = users::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("users", &paged, found)))
}

/// Makes a user of someone else.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", security(("bearer" = [])),
    request_body = Invitation, responses((status = 201, body = Done)))]
async fn invite(
    State(app): State<App>,
    Asked {
        body,
        caller,
        context,
    }: Asked<Invitation>,
) -> Result<Created, Problem> {
    let roles = body.roles.unwrap_or_else(|| BTreeSet::from([Role::Member]));
    // Before a password is hashed, which costs more than all else.
    may_create(Some(&caller.permissions), &roles)?;
    // Whoever invites knows the password.
    let password_temporary = body.password.is_some();
    let password_hash = match body.password {
        Some(password) => {
            refuse_weak(&app, &password, &body.email, "/password").await?;
            let hash = app.edge.passwords.hash(password).await;
            Some(Kept::new(hash.map_err(|error| Problem::internal(&error))?))
        }
        None => None,
    };
    let new = NewUser {
        user: UserId(app.edge.mint.id()),
        email: body.email,
        name: body.name,
        roles,
        password_hash,
        password_temporary,
    };
    Ok(Created(
        "users".to_owned(),
        app.commands.sign_up(&context, &new).await?,
    ))
}

/// Shows the user who asks.
#[utoipa::path(get, path = "/api/v1/users/me", tag = "users", security(("bearer" = [])),
    params(Moment), responses((status = 200, body = Seen<UserView>)))]
async fn show_me(
    State(app): State<App>,
    actor: Actor,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    show_user(&app, actor.user(), &moment).await
}

/// Shows one user, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<UserView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<UserId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    actor.require_to_see("user", Permission::UserShow, &[id])?;
    show_user(&app, id, &moment).await
}

async fn show_user(app: &App, id: UserId, moment: &Moment) -> Result<Response, Problem> {
    if moment.is_past() {
        return state_at::<User>(app, id, moment).await;
    }
    app.reach(&[users::NAME], moment.min_position).await?;
    let found = users::show(app.journal.readers(), id)
        .await?
        .ok_or_else(|| unknown("user"))?;
    Ok(versioned(found.version, Json(UserView::from(found))))
}

/// Tells what happened to a user.
#[utoipa::path(get, path = "/api/v1/users/{id}/history", tag = "users",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<UserId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    actor.require_to_see("user", Permission::UserShow, &[id])?;
    history::<User>(&app, id, &paged).await
}

/// Changes named fields of the profile of the user who asks.
#[utoipa::path(patch, path = "/api/v1/users/me", tag = "users", security(("bearer" = [])),
    request_body = UserChange, responses((status = 200, body = Done)))]
async fn change_me(
    State(app): State<App>,
    Asked {
        body,
        caller,
        context,
    }: Asked<UserChange>,
) -> Result<Changed, Problem> {
    let change = change_of(caller.user, body);
    Ok(Changed(
        app.commands
            .change_user(&context, caller.user, change)
            .await?,
    ))
}

/// Changes named fields of a profile.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = Uuid, Path)), request_body = UserChange,
    responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Id(id): Id<UserId>,
    Asked { body, context, .. }: Asked<UserChange>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands
            .change_user(&context, id, change_of(id, body))
            .await?,
    ))
}

fn change_of(id: UserId, body: UserChange) -> ChangeUser {
    ChangeUser {
        name: body.name.map(|name| Personal::new(id, name)),
        locale: body.locale,
        time_zone: body.time_zone,
        currency: body.currency,
    }
}

/// Closes an account for good. Its history stays.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = Uuid, Path)), responses((status = 200, body = Done)))]
async fn deactivate(
    State(app): State<App>,
    Id(id): Id<UserId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let candidates = confirmed_bookings(&app, id).await?;
    let done = app.commands.deactivate_user(&context, id, &candidates);
    Ok(Changed(done.await?))
}

/// Some confirmed bookings of a user on either side, as far as the read model knows: those that
/// were confirmed before there were streams of commitments stand nowhere else.
async fn confirmed_bookings(app: &App, id: UserId) -> Result<Vec<BookingId>, Problem> {
    let confirmed = BookingFilter {
        status: Some("confirmed".to_owned()),
        ..BookingFilter::default()
    };
    let sides = [
        BookingFilter {
            guest: Some(id),
            ..confirmed.clone()
        },
        BookingFilter {
            host: Some(id),
            ..confirmed
        },
    ];
    let mut found = BTreeSet::new();
    for side in &sides {
        let page = projections::Page::first(CANDIDATES);
        let list = bookings::list(app.journal.readers(), side, &page).await?;
        found.extend(list.items.into_iter().map(|row| BookingId(row.id)));
    }
    Ok(found.into_iter().collect())
}
