//! Changing the password.

use axum::extract::State;
use axum::http::StatusCode;

use super::signup::refuse_weak;
use super::{hashing_failed, kept};
use crate::app::App;
use crate::auth::Attempt;
use crate::config::Secret;
use crate::extract::Entering;
use crate::json::{Fault, bodies};
use crate::problem::Problem;

bodies! {
    /// The old password, to be sure who asks, and the new one.
    pub struct PasswordChange {
        /// The password so far.
        #[schema(value_type = String, format = Password)]
        pub current_password: Secret,
        /// The password from now on.
        #[schema(value_type = String, format = Password)]
        pub new_password: Secret,
    }
}

/// Lets another password hold, and ends the user's other sessions.
#[utoipa::path(post, path = "/api/v1/auth/change-password", tag = "auth",
    request_body = PasswordChange, security(("bearer" = [])), responses((status = 204)))]
pub(super) async fn change_password(
    State(app): State<App>,
    Entering {
        body,
        caller,
        context,
    }: Entering<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let user = app.commands.user(caller.user).await?;
    let account = user.account().ok_or_else(Problem::broken)?;
    let email = &account.email.value;
    refuse_weak(&app, &body.new_password, email, "/new_password").await?;
    let hash = account
        .password_hash
        .as_ref()
        .map(|hash| hash.reveal().clone());
    let current = body.current_password.clone();
    let route = "/api/v1/auth/change-password";
    let attempt = Attempt::take(&app, &context, email, route).await?;
    let proved = app.edge.passwords.verify(current, hash).await;
    if !proved.map_err(|error| hashing_failed(&error))? {
        attempt.failed(&app, &context, Some(caller.user.0), "password_wrong");
        let wrong = "This is not the present password.";
        let fault = Fault::at("/current_password", "password_wrong", wrong);
        return Err(Problem::faults("body_invalid", vec![fault]));
    }
    attempt.succeeded(&app).await?;
    if body.new_password == body.current_password {
        let same = "This is the present password; choose another.";
        let fault = Fault::at("/new_password", "password_unchanged", same);
        return Err(Problem::faults("body_invalid", vec![fault]));
    }
    let hash = app
        .edge
        .passwords
        .hash(body.new_password)
        .await
        .map_err(|e| hashing_failed(&e))?;
    app.commands
        .change_password(
            &context,
            caller.user,
            account.password_hash.clone(),
            kept(hash),
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
