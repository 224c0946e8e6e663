//! Becoming a user.

use std::collections::BTreeSet;

use axum::extract::State;
use commands::user::{NewUser, may_create};
use domain::id::UserId;
use domain::permission::Role;

use super::{hashing_failed, kept};
use crate::answer::{Created, Done};
use crate::app::App;
use crate::config::Secret;
use crate::extract::Anonymous;
use crate::json::{Fault, bodies};
use crate::problem::Problem;

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

/// Makes a user of whoever asks.
#[utoipa::path(post, path = "/api/v1/auth/signup", tag = "auth", request_body = SignUp,
    responses((status = 201, body = Done)))]
pub(super) async fn sign_up(
    State(app): State<App>,
    Anonymous { body, context }: Anonymous<SignUp>,
) -> Result<Created, Problem> {
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
    Ok(Created(
        "users".to_owned(),
        app.commands.sign_up(&context, &new).await?,
    ))
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
