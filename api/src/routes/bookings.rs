//! Bookings: quoted, asked for, answered, called off.

mod body;
mod price;
mod steps;
mod sums;
mod view;

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use domain::booking::Booking;
use domain::id::{BookingId, BuildingId, ListingId, UserId};
use domain::permission::{Permission, Scope};
use projections::bookings::{self, BookingFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::past::{Happened, Moment, history, state_at};
use crate::answer::{Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Id, unknown};
use crate::problem::Problem;
use crate::query::{Filter, FromText, Items, Page, Paged, Whole, parameters};
use crate::view::Seen;

use view::BookingView;

/// The routes below `/bookings`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, steps::request))
        .routes(routes!(show))
        .routes(routes!(story))
        .merge(steps::router())
        .merge(price::router())
}

/// Whose view of bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Those that one has made.
    Guest,
    /// Those of one's listings.
    Host,
    /// Everyone's.
    All,
}

impl FromText for View {
    fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
        match text {
            "guest" => Ok(Self::Guest),
            "host" => Ok(Self::Host),
            "all" => Ok(Self::All),
            _ => Err((
                "unknown_word",
                "A view is `guest`, `host` or `all`.".to_owned(),
            )),
        }
    }
}

parameters! {
    /// Which bookings.
    pub struct BookingParameters {
        /// `guest` for those that one has made (where it is not said), `host` for those of one's
        /// listings, `all` for who may see everyone's.
        #[param(value_type = Option<String>)]
        pub role: Option<View>,
        /// What is booked.
        #[param(value_type = Option<Uuid>)]
        pub listing: Option<ListingId>,
        /// In which building.
        #[param(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// `pending`, `confirmed`, `declined`, `cancelled`, `completed`, `expired` or `no_show`.
        pub status: Option<String>,
        /// Departure after this day.
        pub from: Option<NaiveDate>,
        /// Arrival before this day.
        pub until: Option<NaiveDate>,
        /// What another system calls them.
        pub reference: Option<String>,
    }
}

/// Lists bookings, the latest request first.
#[utoipa::path(get, path = "/api/v1/bookings", tag = "bookings", security(("bearer" = [])),
    params(Page, BookingParameters), responses((status = 200, body = Items<BookingView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<BookingParameters>,
) -> Result<Json<Items<BookingView>>, Problem> {
    let asked = &paged.filter;
    let view = asked.role.unwrap_or(View::Guest);
    actor.require(Permission::BookingShow(match view {
        View::All => Scope::Any,
        View::Guest | View::Host => Scope::Own,
    }))?;
    let page = app.page("bookings", &[bookings::NAME], &paged).await?;
    let filter = BookingFilter {
        guest: (view == View::Guest).then(|| actor.user()),
        host: (view == View::Host).then(|| actor.user()),
        listing: asked.listing,
        building: asked.building,
        status: asked.status.clone(),
        from: asked.from,
        until: asked.until,
        reference: asked.reference.clone(),
    };
    let found = bookings::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("bookings", &paged, found)))
}

/// Its guest, its host and who may see everyone's may see a booking; to others there is none.
pub async fn require_to_see(app: &App, actor: &Actor, id: BookingId) -> Result<(), Problem> {
    let booking = app.commands.booking(id).await?;
    let parties: Vec<UserId> = booking.reservation().map_or_else(Vec::new, |made| {
        made.request
            .party
            .user()
            .into_iter()
            .chain([made.request.host])
            .collect()
    });
    actor.require_to_see("booking", Permission::BookingShow, &parties)
}

/// Shows one booking, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/bookings/{id}", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<BookingView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_see(&app, &actor, id).await?;
    if moment.is_past() {
        return state_at::<Booking>(&app, id, &moment).await;
    }
    app.reach(&[bookings::NAME], moment.min_position).await?;
    let found = bookings::show(app.journal.readers(), id).await?;
    let found = found.ok_or_else(|| unknown("booking"))?;
    Ok(versioned(found.version, Json(BookingView::from(found))))
}

/// Tells what happened to a booking.
#[utoipa::path(get, path = "/api/v1/bookings/{id}/history", tag = "bookings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BookingId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    history::<Booking>(&app, id, &paged).await
}
