//! The shares of a building's lots.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use domain::Currency;
use domain::id::{BuildingId, ShareTableId};
use domain::share_table::{ShareTable, split};
use projections::shares::{self, ShareTableFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Closing;
use super::require_to_see;
use super::view::{SharePartView, ShareTableView};
use crate::answer::{Changed, Created, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Ids, unknown};
use crate::json::Nothing;
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::routes::past::{Happened, Moment, history, state_at};
use crate::view::{Amount, Seen};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, close))
        .routes(routes!(show))
        .routes(routes!(parts))
        .routes(routes!(withdraw))
        .routes(routes!(story))
}

parameters! {
    /// Which share tables.
    pub struct ShareParameters {
        /// The key of distribution.
        pub key: Option<String>,
        /// `counting` or `withdrawn`.
        pub status: Option<String>,
        /// Those that begin on this day or before: of those that count for a key, the last is the
        /// one of the day.
        pub at: Option<NaiveDate>,
    }

    /// What is split among the lots.
    pub struct Splitting {
        /// An amount in minor units, which the amounts of the lots add up to exactly.
        pub split: Option<i64>,
        /// The currency of the amount, of ISO 4217.
        #[param(value_type = Option<String>)]
        pub currency: Option<Currency>,
    }
}

/// Lists the share tables of a building, by the first day for which they count.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/shares", tag = "shares",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page, ShareParameters),
    responses((status = 200, body = Items<ShareTableView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BuildingId>,
    paged: Paged<ShareParameters>,
) -> Result<Json<Items<ShareTableView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let query = format!("shares of {id}");
    let page = app.page(&query, &[shares::NAME], &paged).await?;
    let filter = ShareTableFilter {
        building: Some(id),
        key: paged.filter.key.clone(),
        status: paged.filter.status.clone(),
        at: paged.filter.at,
    };
    let found = shares::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Fixes the shares that the lots have for a key at this moment, to count from a day on. They have
/// to add up to the total.
#[utoipa::path(post, path = "/api/v1/buildings/{id}/shares", tag = "shares",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = Closing,
    responses((status = 201, body = Done)))]
async fn close(
    State(app): State<App>,
    Id(id): Id<BuildingId>,
    Asked { body, context, .. }: Asked<Closing>,
) -> Result<Created, Problem> {
    // What is below zero is refused as zero is.
    let total = u64::try_from(body.total).unwrap_or_default();
    let commands = &app.commands;
    let done = commands.close_shares(&context, id, &body.key, body.from, total);
    Ok(Created(format!("buildings/{id}/shares"), done.await?))
}

/// Asks that the table is one of the building, by its own stream.
async fn require_table_of(app: &App, id: BuildingId, table: ShareTableId) -> Result<(), Problem> {
    let (state, _) = app.commands.dispatch().peek::<ShareTable>(table).await?;
    match state.shares() {
        Some(shares) if shares.building == id => Ok(()),
        _ => Err(unknown("share_table")),
    }
}

/// Shows one share table, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/shares/{table}", tag = "shares",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("table" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<ShareTableView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Ids(id, table): Ids<BuildingId, ShareTableId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_see(&app, &actor, id).await?;
    require_table_of(&app, id, table).await?;
    if moment.is_past() {
        return state_at::<ShareTable>(&app, table, &moment).await;
    }
    app.reach(&[shares::NAME], moment.min_position).await?;
    let found = shares::show(app.journal.readers(), table).await?;
    let found = found.ok_or_else(|| unknown("share_table"))?;
    Ok(versioned(found.version, Json(ShareTableView::from(found))))
}

/// Lists the parts of a share table, by lot; with an amount, what each lot bears of it.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/shares/{table}/parts", tag = "shares",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("table" = Uuid, Path), Page, Splitting),
    responses((status = 200, body = Items<SharePartView>)))]
pub async fn parts(
    State(app): State<App>,
    actor: Actor,
    Ids(id, table): Ids<BuildingId, ShareTableId>,
    paged: Paged<Splitting>,
) -> Result<Json<Items<SharePartView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let (state, _) = app.commands.dispatch().peek::<ShareTable>(table).await?;
    let of = state.shares().filter(|shares| shares.building == id);
    let of = of.ok_or_else(|| unknown("share_table"))?;
    let Splitting {
        split: amount,
        currency,
    } = &paged.filter;
    if amount.is_some() != currency.is_some() {
        let detail = "An amount to split has a currency: send both `split` and `currency`.";
        return Err(Problem::invalid("split_incomplete", detail));
    }
    let query = format!("parts of {table}");
    let page = app.page(&query, &[shares::NAME], &paged).await?;
    let found = shares::parts(app.journal.readers(), table, &page).await?;
    let amounts = amount.map(|amount| split(amount, &of.parts));
    let mut items: Items<SharePartView> = app.items(&query, &paged, found);
    if let Some((amounts, currency)) = amounts.zip(currency.as_ref()) {
        let currency = currency.to_string();
        for item in &mut items.items {
            let amount = amounts.get(&item.lot.into()).copied();
            item.amount = amount.map(|amount| Amount::of(amount, &currency));
        }
    }
    Ok(Json(items))
}

/// Takes a share table back as wrong, so that the key can be closed anew from the same day on.
#[utoipa::path(post, path = "/api/v1/buildings/{id}/shares/{table}/withdraw", tag = "shares",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("table" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn withdraw(
    State(app): State<App>,
    Ids(id, table): Ids<BuildingId, ShareTableId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let done = app.commands.withdraw_shares(&context, id, table);
    Ok(Changed(done.await?))
}

/// Tells what happened to a share table.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/shares/{table}/history", tag = "shares",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("table" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Ids(id, table): Ids<BuildingId, ShareTableId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    require_table_of(&app, id, table).await?;
    history::<ShareTable>(&app, table, &paged).await
}
