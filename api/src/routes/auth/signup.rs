//! Becoming a user.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use commands::Context;
use commands::secrets::normalise_email;
use commands::user::{NewUser, may_create};
use domain::id::UserId;
use domain::permission::Role;
use serde::Serialize;
use utoipa::ToSchema;

use super::{hashing_failed, kept};
use crate::answer::Json;
use crate::app::App;
use crate::config::Secret;
use crate::extract::Anonymous;
use crate::json::{Fault, bodies};
use crate::problem::Problem;
use crate::security::{Kind, Refusal};

bodies! {
    /// Who wants to become a user.
    pub struct SignUp {
        /// The e-mail address, by which the user logs in.
        #[schema(example = "ana@example.org")]
        pub email: String,
        /// At least 12 characters, or 8 that are hard to guess; none that is tried first.
        #[schema(value_type = String, format = Password)]
        pub password: Secret,
        /// How the user wants to be called.
        pub name: String,
        /// `member`, `host` or both; `member` where nothing is said.
        #[schema(value_type = Option<Vec<String>>)]
        pub roles: Option<BTreeSet<Role>>,
    }
}

/// What whoever signs up is told, whether there was an account with this address or not.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedUp {
    /// The normalised address. Log in with it; if it had an account before, its password is the one
    /// of that account.
    email: String,
}

/// Makes a user of whoever asks. The answer does not say whether the address had an account: only
/// who can read its mail may know.
#[utoipa::path(post, path = "/api/v1/auth/signup", tag = "auth", request_body = SignUp,
    responses((status = 202, body = SignedUp)))]
pub(super) async fn sign_up(
    State(app): State<App>,
    Anonymous { body, context }: Anonymous<SignUp>,
) -> Result<(StatusCode, Json<SignedUp>), Problem> {
    let roles = body.roles.unwrap_or_else(|| BTreeSet::from([Role::Member]));
    // Before a password is hashed, which costs more than all else.
    may_create(None, &roles)?;
    refuse_weak(&app, &body.password, &body.email, "/password").await?;
    let hash = app
        .edge
        .passwords
        .hash(body.password)
        .await
        .map_err(|e| hashing_failed(&e))?;
    let new = NewUser {
        user: UserId(app.edge.mint.id()),
        email: body.email,
        name: body.name,
        roles,
        password_hash: Some(kept(hash)),
        password_temporary: false,
    };
    match app.commands.sign_up(&context, &new).await {
        Ok(_) => {}
        Err(error) if error.code() == Some("email_taken") => repeated(&app, &context, &new).await?,
        Err(error) => return Err(error.into()),
    }
    let email = normalise_email(&new.email);
    Ok((StatusCode::ACCEPTED, Json(SignedUp { email })))
}

/// Takes note that an address was signed up with that has an account.
async fn repeated(app: &App, context: &Context, new: &NewUser) -> Result<(), Problem> {
    let user = app.commands.user_by_email(&new.email).await?;
    let refusal = Refusal {
        kind: Kind::SignUpRepeated,
        code: "email_taken".to_owned(),
        user: user.map(|user| user.0),
        account: Some(app.commands.account_key(&new.email)),
        method: "POST".to_owned(),
        route: "/api/v1/auth/signup".to_owned(),
    };
    app.edge.security.note(refusal, context.into());
    Ok(())
}

/// Refuses a password that does not keep anyone out.
pub async fn refuse_weak(
    app: &App,
    password: &Secret,
    email: &str,
    pointer: &str,
) -> Result<(), Problem> {
    let judged = app
        .edge
        .passwords
        .weakness(password.clone(), email.to_owned());
    match judged.await.map_err(|error| hashing_failed(&error))? {
        Some((code, detail)) => Err(Problem::faults(
            "body_invalid",
            vec![Fault::at(pointer, code, detail)],
        )),
        None => Ok(()),
    }
}
