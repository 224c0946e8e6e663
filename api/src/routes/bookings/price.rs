//! What a booking would cost, and what would go back. Neither changes anything.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::booking::{Canceller, Party, quote_stay};
use domain::id::BookingId;
use domain::inventory::Inventory;
use domain::listing::Listing;
use domain::payment::Payment;
use domain::{Money, Span};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::PriceQuestion;
use super::require_to_see;
use super::sums::{QuoteView, RefundLineView, refund_lines};
use crate::answer::Json;
use crate::app::App;
use crate::extract::{Actor, Anyone, Id, NoKey, Now, unknown};
use crate::json::Body;
use crate::problem::Problem;
use crate::refused::refusal;
use crate::view::Amount;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(calculate_price))
        .routes(routes!(preview_refund))
}

/// What a stay would cost, line by line.
#[derive(Serialize, ToSchema)]
struct Priced {
    /// Whether so many units are free in every night at this moment.
    available: bool,
    /// The sum of all lines.
    total: Amount,
    /// Each line.
    quote: QuoteView,
}

/// What would go back if a booking were cancelled now.
#[derive(Serialize, ToSchema)]
struct Refundable {
    /// The policy that would be applied.
    policy: String,
    /// The wording of the policy.
    policy_version: u16,
    /// Which of its rules.
    tier: String,
    /// From when on guests are let in.
    check_in_at: DateTime<Utc>,
    /// What would be kept.
    kept: Amount,
    /// What would go back.
    refunded: Amount,
    /// The same line by line.
    lines: Vec<RefundLineView>,
    /// What the host would owe the platform for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    host_fee: Option<Amount>,
}

/// Says what a stay would cost, after the same checks as a request for it.
#[utoipa::path(post, path = "/api/v1/bookings/calculate-price", tag = "bookings",
    request_body = PriceQuestion, responses((status = 200, body = Priced)))]
async fn calculate_price(
    State(app): State<App>,
    Now(now): Now,
    Anyone(caller): Anyone,
    _: NoKey,
    Body(ask): Body<PriceQuestion>,
) -> Result<Json<Priced>, Problem> {
    crate::routes::listings::require_to_see(&app, caller.as_ref(), ask.listing).await?;
    let (listing, _) = app.commands.dispatch().peek::<Listing>(ask.listing).await?;
    let mut stay = listing
        .stay_terms(ask.listing)
        .ok_or_else(|| unknown("listing"))?;
    stay.published &= crate::routes::listings::is_active(&app, stay.host).await?;
    let (settings, _) = app.commands.platform_settings().await?;
    let stay = stay.with_service_fee(settings.service_fee_basis_points);
    let (span, units) = (Span::new(ask.from, ask.until), ask.units.unwrap_or(1));
    let quote = quote_stay(&stay, span, units, ask.guests.into(), now).map_err(refusal)?;
    let (inventory, _) = app
        .commands
        .dispatch()
        .peek::<Inventory>(ask.listing)
        .await?;
    let free = inventory
        .stock()
        .map(|stock| stock.free(span, now))
        .unwrap_or_default();
    let available = !free.is_empty() && free.iter().all(|(_, free)| *free >= units);
    Ok(Json(Priced {
        available,
        total: quote.total().into(),
        quote: quote.into(),
    }))
}

/// Says what would go back if the one who asks cancelled now.
#[utoipa::path(get, path = "/api/v1/bookings/{id}/refund-preview", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Refundable)))]
async fn preview_refund(
    State(app): State<App>,
    Now(now): Now,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Result<Json<Refundable>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let booking = app.commands.booking(id).await?;
    let made = booking.reservation().ok_or_else(|| unknown("booking"))?;
    let paid = match made.payment {
        Some(payment) => {
            let (payment, _) = app.commands.dispatch().peek::<Payment>(payment).await?;
            payment.charge().map(domain::payment::Charge::remaining)
        }
        None => None,
    };
    let paid = paid.unwrap_or_else(|| Money::zero(made.request.quote.currency));
    let by = match &made.request.party {
        _ if actor.user() == made.request.host => Canceller::Host,
        Party::User { user } if *user == actor.user() => Canceller::Guest,
        _ => Canceller::Admin,
    };
    let preview = made.refund_preview(by, paid, now).map_err(refusal)?;
    let (settings, _) = app.commands.platform_settings().await?;
    let host_fee = made.host_fee(by, &settings.host_cancellation, now);
    Ok(Json(Refundable {
        policy: word(&preview.policy.id)?,
        policy_version: preview.policy.version,
        tier: word(&preview.tier)?,
        check_in_at: preview.check_in_at,
        kept: preview.kept.into(),
        refunded: preview.refunded.into(),
        lines: refund_lines(&preview.lines, preview.refunded.currency),
        host_fee: host_fee.map_err(refusal)?.map(Amount::from),
    }))
}

/// The word under which a choice is recorded.
fn word(choice: &impl Serialize) -> Result<String, Problem> {
    let value = serde_json::to_value(choice).map_err(|error| Problem::internal(&error))?;
    value
        .as_str()
        .map(ToOwned::to_owned)
        .ok_or_else(Problem::broken)
}
