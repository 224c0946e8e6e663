//! Creating and changing listings.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::id::{ListingId, UserId};
use domain::listing::{
    ChangeListing, CreateListing, ListingKind, Place, ProposedOffer, ProposedStay,
};

use super::body::{ListingChange, NewListing, Pricing};
use crate::answer::{Changed, Created, Done};
use crate::app::App;
use crate::extract::{Asked, Id};
use crate::json::Nothing;
use crate::problem::Problem;

/// Describes something that can be booked. Nobody sees it before it is published.
#[utoipa::path(post, path = "/api/v1/listings", tag = "listings", security(("bearer" = [])),
    request_body = NewListing, responses((status = 201, body = Done)))]
pub(super) async fn create(
    State(app): State<App>,
    Asked {
        body,
        caller,
        context,
    }: Asked<NewListing>,
) -> Result<Created, Problem> {
    let id = ListingId(app.edge.mint.id());
    let create = create_of(body, caller.user, context.at);
    let done = app.commands.create_listing(&context, id, &create).await?;
    Ok(Created("listings".to_owned(), done))
}

fn create_of(body: NewListing, caller: UserId, at: DateTime<Utc>) -> CreateListing {
    let stay = ProposedStay {
        units: body.units,
        max_guests: body.max_guests,
        pricing: body.pricing.into(),
        policy: body.policy,
        zone: body.time_zone,
        check_in: body.check_in,
        check_out: body.check_out,
        instant: body.instant.unwrap_or_default(),
        min_nights: body.min_nights,
        max_nights: body.max_nights,
    };
    CreateListing {
        host: body.host.unwrap_or(caller),
        title: body.title,
        description: body.description.unwrap_or_default(),
        place: Place {
            building: body.building,
            lot: body.lot,
        },
        offer: match body.kind {
            None | Some(ListingKind::Stay) => ProposedOffer::Stay(stay),
            Some(other) => ProposedOffer::Other(other),
        },
        at,
    }
}

/// Changes named fields of a listing; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/listings/{id}", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ListingChange,
    responses((status = 200, body = Done)))]
pub(super) async fn change(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { body, context, .. }: Asked<ListingChange>,
) -> Result<Changed, Problem> {
    let change = ChangeListing {
        title: body.title,
        description: body.description,
        place: body.place.map(Into::into),
        units: body.units,
        max_guests: body.max_guests,
        policy: body.policy,
        check_in: body.check_in,
        check_out: body.check_out,
        instant: body.instant,
        min_nights: body.min_nights,
        max_nights: body.max_nights,
        at: context.at,
    };
    Ok(Changed(
        app.commands.change_listing(&context, id, &change).await?,
    ))
}

/// Replaces the prices of a listing as a whole; bookings keep theirs.
#[utoipa::path(put, path = "/api/v1/listings/{id}/pricing", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Pricing,
    responses((status = 200, body = Done)))]
pub(super) async fn price(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { body, context, .. }: Asked<Pricing>,
) -> Result<Changed, Problem> {
    let priced = app.commands.price_listing(&context, id, body.into()).await;
    // The house names a field by its place in a whole listing; here the prices are the body.
    priced
        .map(Changed)
        .map_err(|error| Problem::from(error).below("/pricing"))
}

/// Lets a listing be found and booked.
#[utoipa::path(post, path = "/api/v1/listings/{id}/publish", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
pub(super) async fn publish(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.publish_listing(&context, id).await?))
}

/// Lets a listing be booked no more; its bookings stand.
#[utoipa::path(post, path = "/api/v1/listings/{id}/unpublish", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
pub(super) async fn unpublish(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.unpublish_listing(&context, id).await?))
}

/// Removes a listing for good, if no night from today on is taken. Its history stays.
#[utoipa::path(delete, path = "/api/v1/listings/{id}", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
pub(super) async fn delete(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.delete_listing(&context, id).await?))
}
