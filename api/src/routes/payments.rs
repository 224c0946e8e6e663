//! Payments: asked for, taken, given back.

mod view;

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::Money;
use domain::id::{BookingId, PaymentId, RefundId};
use domain::payment::{Payment, PaymentEvent};
use domain::permission::{Permission, Scope};
use projections::bookings;
use projections::payments::{self, PaymentFilter};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bookings::View;
use super::past::{Happened, Moment, event_at, history, state_at};
use crate::answer::{Changed, Created, Done, Json, created, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, unknown};
use crate::json::bodies;
use crate::problem::Problem;
use crate::query::{Filter, Items, Least, Page, Paged, Whole, parameters};
use crate::view::{Amount, Seen};

use view::{PaymentInFull, PaymentView, RefundView, StatsView};

/// The read models that a list of payments rests on: a host's are found by the bookings.
const READ: [&str; 2] = [payments::NAME, bookings::NAME];

/// The routes below `/payments`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(intend))
        .routes(routes!(confirm))
        .routes(routes!(cancel))
        .routes(routes!(refund))
        .routes(routes!(list))
        .routes(routes!(stats))
        .routes(routes!(show))
        .routes(routes!(story))
}

bodies! {
    /// A booking that is to be paid.
    pub struct Intent {
        /// Which booking.
        #[schema(value_type = Uuid)]
        pub booking: BookingId,
    }

    /// What the money is taken from.
    pub struct Method {
        /// What the provider calls it; the sandbox knows `sandbox`, `sandbox_declined`,
        /// `sandbox_slow`, `sandbox_twice`, `sandbox_unreachable`, `sandbox_refund_declined` and
        /// `sandbox_silent`.
        #[schema(example = "sandbox")]
        pub method: String,
    }

    /// Why a payment is asked for no more.
    pub struct Withdrawal {
        /// Why.
        pub reason: Option<String>,
    }

    /// Money that is to go back.
    pub struct NewRefund {
        /// Of which payment.
        #[schema(value_type = Uuid)]
        pub payment: PaymentId,
        /// How much; all that is left where it is not said.
        #[schema(value_type = Option<Amount>)]
        pub amount: Option<Money>,
        /// Why.
        pub reason: String,
    }
}

parameters! {
    /// Which payments.
    pub struct PaymentParameters {
        /// `guest` for those that one pays (where it is not said), `host` for those of one's
        /// listings, `all` for who may see everyone's.
        #[param(value_type = Option<String>)]
        pub role: Option<View>,
        /// What is paid for.
        #[param(value_type = Option<Uuid>)]
        pub booking: Option<BookingId>,
        /// `created`, `succeeded`, `failed` or `cancelled`.
        pub status: Option<String>,
        /// Asked for at this instant or later.
        pub from: Option<DateTime<Utc>>,
        /// Asked for before this instant.
        pub until: Option<DateTime<Utc>>,
    }
}

/// A refund that was asked for.
#[derive(Serialize, ToSchema)]
struct RefundAsked {
    /// The payment that it is of.
    id: String,
    /// The refund, as the payment lists it.
    #[schema(value_type = Uuid)]
    refund: RefundId,
    /// The version of the payment after the command; `If-Match` takes it.
    version: i64,
    /// The position to give as `min_position` to queries that shall see it.
    position: i64,
}

/// Asks for the money of a booking.
#[utoipa::path(post, path = "/api/v1/payments/intent", tag = "payments",
    security(("bearer" = [])), request_body = Intent, responses((status = 201, body = Done)))]
async fn intend(
    State(app): State<App>,
    Asked { body, context, .. }: Asked<Intent>,
) -> Result<Created, Problem> {
    let id = PaymentId(app.edge.mint.id());
    let done = app
        .commands
        .create_payment(&context, id, body.booking)
        .await?;
    Ok(Created("payments".to_owned(), done))
}

/// Lets the provider take the money, and waits a moment for what it says.
#[utoipa::path(post, path = "/api/v1/payments/{id}/confirm", tag = "payments",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Method,
    responses((status = 200, body = Done)))]
async fn confirm(
    State(app): State<App>,
    Id(id): Id<PaymentId>,
    Asked { body, context, .. }: Asked<Method>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands
            .confirm_payment(&context, id, &body.method)
            .await?,
    ))
}

/// Asks for the money no more.
#[utoipa::path(post, path = "/api/v1/payments/{id}/cancel", tag = "payments",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Option<Withdrawal>,
    responses((status = 200, body = Done)))]
async fn cancel(
    State(app): State<App>,
    Id(id): Id<PaymentId>,
    Asked { body, context, .. }: Asked<Option<Withdrawal>>,
) -> Result<Changed, Problem> {
    let reason = body.and_then(|why| why.reason);
    Ok(Changed(
        app.commands.cancel_payment(&context, id, reason).await?,
    ))
}

/// Sets money aside that is to go back; never more than is there.
#[utoipa::path(post, path = "/api/v1/payments/refund", tag = "payments",
    security(("bearer" = [])), request_body = NewRefund,
    responses((status = 201, body = RefundAsked)))]
async fn refund(
    State(app): State<App>,
    Asked { body, context, .. }: Asked<NewRefund>,
) -> Result<Response, Problem> {
    let refund = RefundId(app.edge.mint.id());
    let NewRefund {
        payment,
        amount,
        reason,
    } = body;
    let done = app
        .commands
        .refund_payment(&context, payment, refund, amount, reason)
        .await?;
    let asked = RefundAsked {
        refund: asked_for(&app, payment, done.version).await?,
        version: done.version,
        position: done.position,
        id: done.id,
    };
    let location = format!("/api/v1/payments/{payment}");
    Ok(created(location, versioned(asked.version, Json(asked))))
}

/// The refund that the event at `version` of `payment` asks for. A repeated command appends
/// nothing, so that only the journal knows how the first one called it.
async fn asked_for(app: &App, payment: PaymentId, version: i64) -> Result<RefundId, Problem> {
    match event_at::<Payment>(app, payment, version).await? {
        PaymentEvent::RefundRequested(asked) => Ok(asked.refund),
        _ => Err(Problem::broken()),
    }
}

/// Lists payments, the latest first.
#[utoipa::path(get, path = "/api/v1/payments", tag = "payments", security(("bearer" = [])),
    params(Page, PaymentParameters), responses((status = 200, body = Items<PaymentView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<PaymentParameters>,
) -> Result<Json<Items<PaymentView>>, Problem> {
    let asked = &paged.filter;
    let view = asked.role.unwrap_or(View::Guest);
    actor.require(Permission::PaymentShow(match view {
        View::All => Scope::Any,
        View::Guest | View::Host => Scope::Own,
    }))?;
    let page = app.page("payments", &READ, &paged).await?;
    let filter = PaymentFilter {
        payer: (view == View::Guest).then(|| actor.user()),
        host: (view == View::Host).then(|| actor.user()),
        booking: asked.booking,
        status: asked.status.clone(),
        from: asked.from,
        until: asked.until,
    };
    let found = payments::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("payments", &paged, found)))
}

/// Sums up payments per currency: of one's own listings, or of all for who may see them.
#[utoipa::path(get, path = "/api/v1/payments/stats", tag = "payments",
    security(("bearer" = [])), params(Least),
    responses((status = 200, body = Items<StatsView>)))]
pub async fn stats(
    State(app): State<App>,
    actor: Actor,
    Filter(least): Filter<Least>,
) -> Result<Json<Items<StatsView>>, Problem> {
    actor.require(Permission::PaymentStats(Scope::Own))?;
    let host = (!actor.over_any(Permission::PaymentStats)).then(|| actor.user());
    app.reach(&READ, least.min_position).await?;
    let items = payments::stats(app.journal.readers(), host).await?;
    Ok(Json(Items {
        items: items.into_iter().map(StatsView::from).collect(),
        next_cursor: None,
        stale: false,
    }))
}

/// Who may see the booking may see its payments, with the right to see payments.
async fn require_to_see(app: &App, actor: &Actor, id: PaymentId) -> Result<(), Problem> {
    let (payment, _) = app.commands.dispatch().peek::<Payment>(id).await?;
    let booking = payment.charge().map(|charge| charge.booking);
    let booking = app
        .commands
        .booking(booking.ok_or_else(|| unknown("payment"))?)
        .await?;
    let parties = booking.reservation().map_or_else(Vec::new, |made| {
        made.request
            .party
            .user()
            .into_iter()
            .chain([made.request.host])
            .collect()
    });
    actor.require_to_see("payment", Permission::PaymentShow, &parties)
}

/// Shows one payment with its refunds, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/payments/{id}", tag = "payments",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<PaymentInFull>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<PaymentId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_see(&app, &actor, id).await?;
    if moment.is_past() {
        return state_at::<Payment>(&app, id, &moment).await;
    }
    app.reach(&[payments::NAME], moment.min_position).await?;
    let payment = payments::show(app.journal.readers(), id).await?;
    let payment = payment.ok_or_else(|| unknown("payment"))?;
    let refunds = payments::refunds(app.journal.readers(), id).await?;
    Ok(versioned(
        payment.version,
        Json(PaymentInFull {
            payment: payment.into(),
            refunds: refunds.into_iter().map(RefundView::from).collect(),
        }),
    ))
}

/// Tells what happened to a payment.
#[utoipa::path(get, path = "/api/v1/payments/{id}/history", tag = "payments",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<PaymentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    history::<Payment>(&app, id, &paged).await
}
