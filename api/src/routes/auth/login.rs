//! Logging in, and staying logged in.

use axum::extract::State;
use commands::session::LogIn;
use commands::{CommandError, Context};
use domain::RefusalKind;
use domain::id::{SessionId, UserId};
use domain::secret::Secret as Kept;
use domain::session::RefreshSession;
use domain::user::User;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{TokenPair, hashing_failed, kept};
use crate::answer::Json;
use crate::app::App;
use crate::auth::{Attempt, Refresh, RefreshToken};
use crate::config::Secret;
use crate::extract::{Anonymous, Trail, note_use};
use crate::json::bodies;
use crate::problem::Problem;

bodies! {
    /// Who wants to come in.
    pub struct Credentials {
        /// The e-mail address.
        pub email: String,
        /// The password.
        #[schema(value_type = String, format = Password)]
        pub password: Secret,
        /// What the user calls the device, to know the session by.
        pub device: Option<String>,
    }

    /// Who wants to stay.
    pub struct Renewal {
        /// The refresh token of the last pair.
        #[schema(value_type = String, format = Password)]
        pub refresh_token: Secret,
    }

    /// A token that someone was shown.
    pub struct Shown {
        /// The access token.
        #[schema(value_type = String, format = Password)]
        pub token: Secret,
    }
}

/// What a token is worth at this moment.
#[derive(Serialize, ToSchema)]
pub(super) struct Verified {
    /// Whether it is genuine and its session alive.
    active: bool,
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<Uuid>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    /// When it ends, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// What the user is.
    roles: Vec<String>,
    /// What the user may do.
    permissions: Vec<String>,
}

/// Gives one who proves who he is a session and its first tokens.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = Credentials,
    responses((status = 200, body = TokenPair)))]
pub(super) async fn log_in(
    State(app): State<App>,
    Anonymous { body, context }: Anonymous<Credentials>,
) -> Result<Json<TokenPair>, Problem> {
    let attempt = Attempt::take(&app, &context, &body.email, "/api/v1/auth/login").await?;
    let (user, proved) = match prove(&app, &body).await {
        Ok(proved) => proved,
        Err((user, problem)) => {
            if problem.status().is_client_error() {
                attempt.failed(&app, &context, user.map(|user| user.0), problem.code());
            }
            return Err(problem);
        }
    };
    attempt.succeeded(&app).await?;
    let session = SessionId(app.edge.mint.id());
    let refresh = RefreshToken::mint(session.0);
    let start = LogIn {
        session,
        user,
        proved,
        refresh_hash: kept(refresh.hash.clone()),
        expires_at: context.at + app.edge.refresh_life,
        device: body.device,
    };
    app.commands.log_in(&context, &start).await?;
    TokenPair::new(&app, user, session.0, &refresh, context.at)
        .await
        .map(Json)
}

/// Which user has these credentials, or whose they were tried on. Whatever is wrong, the answer is
/// one and takes as long; that an account is suspended is told only to who knows its password.
async fn prove(
    app: &App,
    credentials: &Credentials,
) -> Result<(UserId, Option<Kept<String>>), (Option<UserId>, Problem)> {
    let user = app.commands.user_by_email(&credentials.email).await;
    let user = user.map_err(|error| (None, error.into()))?;
    let account = match user {
        Some(user) => Some(app.commands.user(user).await),
        None => None,
    };
    let account = account.transpose().map_err(|error| (user, error.into()))?;
    let hash = account
        .as_ref()
        .and_then(|user| user.account()?.password_hash.clone());
    let held_against = hash.clone();
    let hash = hash.map(|hash| hash.reveal().clone());
    let proved = app
        .edge
        .passwords
        .verify(credentials.password.clone(), hash)
        .await;
    let proved = proved.map_err(|error| (user, hashing_failed(&error)))?;
    let problem = match (user.filter(|_| proved), account.as_deref()) {
        (Some(user), Some(User::Active(_))) => return Ok((user, held_against)),
        (Some(_), Some(User::Suspended(_))) => Problem::forbidden(
            "user_suspended",
            "This account is suspended; ask an administrator to reactivate it.",
        ),
        _ => Problem::unauthenticated(
            "credentials_invalid",
            "The e-mail address or the password is wrong.",
        ),
    };
    Err((user, problem))
}

/// Gives the next pair of tokens for a refresh token, which is used up by it.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", request_body = Renewal,
    responses((status = 200, body = TokenPair)))]
pub(super) async fn refresh(
    State(app): State<App>,
    Anonymous { body, context }: Anonymous<Renewal>,
) -> Result<Json<TokenPair>, Problem> {
    let presented = Refresh::read(&body.refresh_token).ok_or_else(invalid_refresh)?;
    let session = SessionId(presented.session);
    let next = RefreshToken::mint(session.0);
    let ask = RefreshSession {
        presented: kept(presented.hash),
        next: kept(next.hash.clone()),
        expires_at: context.at + app.edge.refresh_life,
        at: context.at,
    };
    let user = renew(&app, &context, session, &ask).await?;
    TokenPair::new(&app, user, session.0, &next, context.at)
        .await
        .map(Json)
}

/// One answer for whatever is wrong with a refresh token.
async fn renew(
    app: &App,
    context: &Context,
    session: SessionId,
    ask: &RefreshSession,
) -> Result<UserId, Problem> {
    match app.commands.refresh_session(context, session, ask).await {
        Ok((_, user)) => Ok(user),
        Err(CommandError::Unauthenticated) => Err(invalid_refresh()),
        Err(CommandError::Refused(refused)) if refused.kind != RefusalKind::Invalid => {
            Err(invalid_refresh())
        }
        Err(error) => Err(error.into()),
    }
}

fn invalid_refresh() -> Problem {
    Problem::unauthenticated(
        "refresh_token_invalid",
        "The refresh token is not valid any more; log in again.",
    )
}

/// Says what a token is worth, for services that were shown one.
#[utoipa::path(post, path = "/api/v1/auth/verify", tag = "auth", request_body = Shown,
    responses((status = 200, body = Verified)))]
pub(super) async fn verify(
    State(app): State<App>,
    trail: Trail,
    Anonymous { body, context }: Anonymous<Shown>,
) -> Result<Json<Verified>, Problem> {
    let worthless = Verified {
        active: false,
        sub: None,
        sid: None,
        exp: None,
        roles: Vec::new(),
        permissions: Vec::new(),
    };
    let Ok(claims) = app.edge.tokens.verify(body.token.reveal(), context.at) else {
        return Ok(Json(worthless));
    };
    let (user, session) = (UserId(claims.sub), SessionId(claims.sid));
    match app.commands.authenticate(user, session, context.at).await {
        Ok(caller) => {
            note_use(&app, &caller, &claims, &trail).await;
            Ok(Json(Verified {
                active: true,
                sub: Some(claims.sub),
                sid: Some(claims.sid),
                exp: Some(claims.exp),
                roles: caller.roles.iter().map(ToString::to_string).collect(),
                permissions: caller.permissions.iter().map(|p| p.to_string()).collect(),
            }))
        }
        Err(CommandError::Unauthenticated) => Ok(Json(worthless)),
        Err(error) => Err(error.into()),
    }
}
