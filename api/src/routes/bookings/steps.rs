//! The steps of a booking, each a command.

use axum::extract::State;
use domain::id::{BookingId, ContactId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{NewBooking, Why};
use crate::answer::{Changed, Created, Done};
use crate::app::App;
use crate::extract::{Asked, Id};
use crate::json::Nothing;
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(cancel))
        .routes(routes!(complete))
        .routes(routes!(no_show))
        .routes(routes!(adopt))
}

/// Asks for nights and holds them until they are paid, declined or expired.
#[utoipa::path(post, path = "/api/v1/bookings", tag = "bookings", security(("bearer" = [])),
    request_body = NewBooking, responses((status = 201, body = Done)))]
pub(super) async fn request(
    State(app): State<App>,
    Asked { body, context, .. }: Asked<NewBooking>,
) -> Result<Created, Problem> {
    let id = BookingId(app.edge.mint.id());
    let ask = body.into_ask(ContactId(app.edge.mint.id()));
    let done = app.commands.request_booking(&context, id, &ask).await?;
    Ok(Created("bookings".to_owned(), done))
}

/// Says yes, as the host.
#[utoipa::path(post, path = "/api/v1/bookings/{id}/accept", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn accept(
    State(app): State<App>,
    Id(id): Id<BookingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.accept_booking(&context, id).await?))
}

/// Says no, as the host.
#[utoipa::path(post, path = "/api/v1/bookings/{id}/decline", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Option<Why>,
    responses((status = 200, body = Done)))]
async fn decline(
    State(app): State<App>,
    Id(id): Id<BookingId>,
    Asked { body, context, .. }: Asked<Option<Why>>,
) -> Result<Changed, Problem> {
    let reason = body.and_then(|why| why.reason);
    Ok(Changed(
        app.commands.decline_booking(&context, id, reason).await?,
    ))
}

/// Calls a booking off; what goes back is decided by its policy and by who calls it off.
#[utoipa::path(post, path = "/api/v1/bookings/{id}/cancel", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Option<Why>,
    responses((status = 200, body = Done)))]
async fn cancel(
    State(app): State<App>,
    Id(id): Id<BookingId>,
    Asked { body, context, .. }: Asked<Option<Why>>,
) -> Result<Changed, Problem> {
    let reason = body.and_then(|why| why.reason);
    Ok(Changed(
        app.commands.cancel_booking(&context, id, reason).await?,
    ))
}

/// Says that the guests have been and gone, as the host.
#[utoipa::path(post, path = "/api/v1/bookings/{id}/complete", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn complete(
    State(app): State<App>,
    Id(id): Id<BookingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.complete_booking(&context, id).await?))
}

/// Says that the guests never came, as the host.
#[utoipa::path(post, path = "/api/v1/bookings/{id}/no-show", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn no_show(
    State(app): State<App>,
    Id(id): Id<BookingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.record_no_show(&context, id).await?))
}

/// Hands an imported booking to the live processes.
#[utoipa::path(post, path = "/api/v1/bookings/{id}/adopt", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn adopt(
    State(app): State<App>,
    Id(id): Id<BookingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.adopt_booking(&context, id).await?))
}
