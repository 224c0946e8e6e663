//! Listings: what can be booked, at which price, on which nights.

mod body;
mod change;
pub mod dates;
mod view;

use axum::extract::State;
use axum::response::Response;
use commands::Caller;
use domain::Currency;
use domain::id::{BuildingId, ListingId, UserId};
use domain::listing::Listing;
use domain::permission::{Permission, Scope};
use domain::user::User;
use projections::listings::{self, ListingFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::past::{Happened, Moment, history, state_at};
use crate::answer::{Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Anyone, Id, unknown};
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::view::Seen;

use view::ListingView;

/// The routes below `/listings`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, change::create))
        .routes(routes!(mine))
        .routes(routes!(show, change::change, change::delete))
        .routes(routes!(change::publish))
        .routes(routes!(change::unpublish))
        .routes(routes!(change::price))
        .routes(routes!(story))
        .merge(dates::router())
}

parameters! {
    /// Which published listings.
    pub struct ListingParameters {
        /// A part of the title, in any case.
        pub search: Option<String>,
        /// Whose they are.
        #[param(value_type = Option<Uuid>)]
        pub host: Option<UserId>,
        /// In which building they stand.
        #[param(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// The currency of their prices.
        #[param(value_type = Option<String>)]
        pub currency: Option<Currency>,
        /// At most so many minor units a night.
        pub nightly_price_max: Option<i64>,
        /// At least so many guests in a unit.
        pub guests: Option<u32>,
    }

    /// Which of one's own listings.
    pub struct MineParameters {
        /// A part of the title, in any case.
        pub search: Option<String>,
        /// `draft`, `published`, `unpublished` or `deleted`; all but the last where it is not said.
        pub status: Option<String>,
    }
}

/// Lists published listings; anyone may look.
#[utoipa::path(get, path = "/api/v1/listings", tag = "listings",
    params(Page, ListingParameters), responses((status = 200, body = Items<ListingView>)))]
pub async fn list(
    State(app): State<App>,
    _: Anyone,
    paged: Paged<ListingParameters>,
) -> Result<Json<Items<ListingView>>, Problem> {
    let page = app.page("listings", &[listings::NAME], &paged).await?;
    let asked = &paged.filter;
    let filter = ListingFilter {
        host: asked.host,
        building: asked.building,
        status: Some("published".to_owned()),
        search: asked.search.clone(),
        currency: asked.currency.map(|currency| currency.code().to_owned()),
        nightly_price_max: asked.nightly_price_max,
        guests: asked.guests,
        of_active_hosts: true,
    };
    let found = listings::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("listings", &paged, found)))
}

/// Lists one's own listings, drafts too.
#[utoipa::path(get, path = "/api/v1/listings/mine", tag = "listings",
    security(("bearer" = [])), params(Page, MineParameters),
    responses((status = 200, body = Items<ListingView>)))]
pub async fn mine(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<MineParameters>,
) -> Result<Json<Items<ListingView>>, Problem> {
    actor.require(Permission::ListingShow(Scope::Own))?;
    let page = app.page("my listings", &[listings::NAME], &paged).await?;
    let filter = ListingFilter {
        host: Some(actor.user()),
        status: paged.filter.status.clone(),
        search: paged.filter.search.clone(),
        ..ListingFilter::default()
    };
    let found = listings::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items("my listings", &paged, found)))
}

/// Shows one listing, now or at a moment of the past. A published one anyone may see.
#[utoipa::path(get, path = "/api/v1/listings/{id}", tag = "listings",
    params(("id" = Uuid, Path), Moment), responses((status = 200, body = Seen<ListingView>)))]
async fn show(
    State(app): State<App>,
    Anyone(caller): Anyone,
    Id(id): Id<ListingId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    if moment.is_past() {
        // What a listing was before it was published is its host's business alone.
        require_own(&app, caller.as_ref(), id).await?;
        return state_at::<Listing>(&app, id, &moment).await;
    }
    require_to_see(&app, caller.as_ref(), id).await?;
    app.reach(&[listings::NAME], moment.min_position).await?;
    let found = listings::show(app.journal.readers(), id).await?;
    let found = found.ok_or_else(|| unknown("listing"))?;
    Ok(versioned(found.version, Json(ListingView::from(found))))
}

/// Tells what happened to a listing.
#[utoipa::path(get, path = "/api/v1/listings/{id}/history", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    Actor(caller): Actor,
    Id(id): Id<ListingId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_own(&app, Some(&caller), id).await?;
    history::<Listing>(&app, id, &paged).await
}

/// A published listing of an active host anyone may see; another one its host, and who may see
/// anyone's. That is asked of their own streams.
pub async fn require_to_see(
    app: &App,
    caller: Option<&Caller>,
    id: ListingId,
) -> Result<(), Problem> {
    let (state, _) = app.commands.dispatch().peek::<Listing>(id).await?;
    match state.present() {
        Some(listing) if listing.published && is_active(app, listing.host).await? => Ok(()),
        _ => require_own(app, caller, id).await,
    }
}

/// Whether the host can let guests in.
pub async fn is_active(app: &App, host: UserId) -> Result<bool, Problem> {
    let host = app.commands.user(host).await?;
    Ok(matches!(&*host, User::Active(_)))
}

/// Refuses one who is neither the host nor one who may see anyone's listings.
async fn require_own(app: &App, caller: Option<&Caller>, id: ListingId) -> Result<(), Problem> {
    let (state, _) = app.commands.dispatch().peek::<Listing>(id).await?;
    let host = match &*state {
        Listing::Present(listing) => listing.host,
        Listing::Deleted { host } => *host,
        Listing::Absent => return Err(unknown("listing")),
    };
    let caller = caller.cloned().ok_or_else(|| unknown("listing"))?;
    Actor(caller).require_to_see("listing", Permission::ListingShow, &[host])
}
