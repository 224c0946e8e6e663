//! The user who asks.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use commands::authorize::password_change_required;
use commands::{Caller, Who};
use domain::id::{SessionId, UserId};
use domain::permission::{Permission, Scope};

use super::{Trail, context};
use crate::app::App;
use crate::auth::{Claims, token_id};
use crate::middleware::Presented;
use crate::problem::Problem;

/// How long a request waits until the use of its token is recorded.
const NOTE_USE_MAX: Duration = Duration::from_secs(2);

/// A user who proved who he is, in a session that is alive, with what he may do: by his own
/// streams, never by a read model.
#[derive(Clone, Debug)]
pub struct Actor(pub Caller);

/// The same, also one who has to change the password before anything else.
#[derive(Clone, Debug)]
pub struct Entrant(pub Caller);

/// What a genuine token says, whatever has become of its session.
#[derive(Clone, Debug)]
pub struct Bearer(pub Arc<Claims>);

/// The user who asks, where one does: a token that is shown has to be a good one.
#[derive(Clone, Debug)]
pub struct Anyone(pub Option<Caller>);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Presented>() {
            Some(Presented(Ok(claims))) => Ok(Self(Arc::clone(claims))),
            Some(Presented(Err(fault))) => {
                Err(Problem::unauthenticated(fault.code(), fault.to_string()))
            }
            None => Err(Problem::unauthenticated(
                "token_missing",
                "Log in and send `Authorization: Bearer <access token>`.",
            )),
        }
    }
}

impl<S> FromRequestParts<S> for Entrant
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Bearer(claims) = Bearer::from_request_parts(parts, state).await?;
        let app = App::from_ref(state);
        let now = app.edge.clock.now();
        let (user, session) = (UserId(claims.sub), SessionId(claims.sid));
        let caller = app.commands.authenticate(user, session, now).await?;
        if let Some(trail) = parts.extensions.get::<Trail>() {
            note_use(&app, &caller, &claims, trail).await;
        }
        Ok(Self(caller))
    }
}

impl<S> FromRequestParts<S> for Actor
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Entrant(caller) = Entrant::from_request_parts(parts, state).await?;
        if caller.must_change_password {
            return Err(password_change_required().into());
        }
        Ok(Self(caller))
    }
}

/// Records the first use of a token after each refresh: it proves that the answer to the refresh
/// arrived, so that an earlier refresh token that comes again is a stolen one. Once in the life of
/// an access token, and never a reason to refuse: where it cannot be recorded now, the next use is.
pub async fn note_use(app: &App, caller: &Caller, claims: &Claims, trail: &Trail) {
    let Some(hash) = &caller.unconfirmed else {
        return;
    };
    if token_id(hash.reveal()) != claims.jti {
        return;
    }
    let who = Who::User {
        user: caller.user,
        session: caller.session,
    };
    let context = context(trail.clone(), who, &app.edge);
    let noted = app
        .commands
        .confirm_session(&context, caller.session, hash.clone());
    match tokio::time::timeout(NOTE_USE_MAX, noted).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the use of a token could not be recorded"),
        Err(_) => tracing::warn!("the use of a token could not be recorded in time"),
    }
}

impl<S> FromRequestParts<S> for Anyone
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.extensions.get::<Presented>().is_none() {
            return Ok(Self(None));
        }
        let Actor(caller) = Actor::from_request_parts(parts, state).await?;
        Ok(Self(Some(caller)))
    }
}

impl Actor {
    /// The user.
    pub fn user(&self) -> UserId {
        self.0.user
    }

    /// Refuses one who does not have `permission`.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.0.permissions.allows(permission) {
            Ok(())
        } else {
            Err(forbidden(permission))
        }
    }

    /// Whether `permission` is held over anyone's things.
    pub fn over_any(&self, permission: fn(Scope) -> Permission) -> bool {
        self.0.permissions.allows(permission(Scope::Any))
    }

    /// To one who may not see a thing of `owners`, there is no such `noun`.
    pub fn require_to_see(
        &self,
        noun: &str,
        permission: fn(Scope) -> Permission,
        owners: &[UserId],
    ) -> Result<(), Problem> {
        let is_own = owners.contains(&self.0.user);
        if self.0.permissions.allows_over(permission, is_own) {
            Ok(())
        } else {
            Err(unknown(noun))
        }
    }
}

/// 403 for one without `permission`.
fn forbidden(permission: Permission) -> Problem {
    let detail =
        format!("This needs the permission `{permission}`, which none of your roles gives.");
    Problem::forbidden("permission_missing", detail)
}

/// 404 for a `noun` that is not there, or is none of the caller's business.
pub fn unknown(noun: &str) -> Problem {
    Problem::unknown(
        format!("{noun}_unknown"),
        format!("There is no such {noun}."),
    )
}
