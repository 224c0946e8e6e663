//! Coming in, staying in, leaving.

mod login;
mod password;
pub mod sessions;
mod signup;
mod view;

pub use signup::refuse_weak;

use chrono::{DateTime, Utc};
use domain::id::UserId;
use domain::secret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{RefreshToken, token_id};
use crate::problem::Problem;

/// The routes below `/auth`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(signup::sign_up))
        .routes(routes!(login::log_in))
        .routes(routes!(login::refresh))
        .routes(routes!(login::verify))
        .routes(routes!(password::change_password))
        .routes(routes!(sessions::me))
        .routes(routes!(sessions::log_out))
        .routes(routes!(sessions::log_out_everywhere))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
}

/// What one who came in is given.
#[derive(Serialize, ToSchema)]
struct TokenPair {
    /// Proves who you are: `Authorization: Bearer <access_token>`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token lives, in seconds.
    expires_in: i64,
    /// Gets the next pair, once. Keep it where no page can read it.
    refresh_token: String,
    /// From when on the refresh token is no good.
    refresh_expires_at: DateTime<Utc>,
    /// The session that both belong to.
    session: uuid::Uuid,
    /// The user.
    user: uuid::Uuid,
    /// Whether the password was given out by someone else, so that nothing is open but its change.
    password_change_required: bool,
}

impl TokenPair {
    async fn new(
        app: &App,
        user: UserId,
        session: uuid::Uuid,
        refresh: &RefreshToken,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let edge = &app.edge;
        let state = app.commands.user(user).await?;
        let account = state.account();
        let access_token = edge
            .tokens
            .sign(user.0, session, token_id(&refresh.hash), now);
        Ok(Self {
            access_token: access_token.map_err(|error| Problem::internal(&error))?,
            token_type: "Bearer",
            expires_in: edge.tokens.life().num_seconds(),
            refresh_token: refresh.text.reveal().to_owned(),
            refresh_expires_at: now + edge.refresh_life,
            session,
            user: user.0,
            password_change_required: account
                .is_some_and(|account| account.credentials.password_temporary),
        })
    }
}

fn kept(hash: impl Into<String>) -> secret::Secret<String> {
    secret::Secret::new(hash.into())
}

fn hashing_failed(error: &crate::auth::PasswordError) -> Problem {
    Problem::internal(error)
}
