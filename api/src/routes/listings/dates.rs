//! Which nights of a listing are free, and which its host keeps back.

use axum::extract::State;
use chrono::NaiveDate;
use domain::Span;
use domain::id::{BlockId, ListingId};
use projections::listings;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::view::BlockView;
use super::{require_own, require_to_see};
use crate::answer::{Changed, Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Anyone, Asked, Id, Ids, Now, unknown};
use crate::json::{Fault, Nothing, bodies};
use crate::problem::Problem;
use crate::query::{Filter, Items, Least, parameters};

/// The most nights that are told at once.
const NIGHTS_MAX: i64 = 731;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(availability))
        .routes(routes!(blocks, block))
        .routes(routes!(free))
}

bodies! {
    /// Nights to be kept back.
    pub struct NewBlock {
        /// The first night.
        pub from: NaiveDate,
        /// The day after the last night.
        pub until: NaiveDate,
        /// Why.
        pub reason: Option<String>,
    }
}

parameters! {
    /// Which nights.
    pub struct Nights {
        /// The first night; needed.
        pub from: Option<NaiveDate>,
        /// The day after the last night; needed.
        pub until: Option<NaiveDate>,
        /// Waits until everything up to this position is in the answer.
        pub min_position: Option<i64>,
    }
}

/// What of a listing is free.
#[derive(Serialize, ToSchema)]
struct FreeNights {
    /// How many identical units there are.
    units: i64,
    /// Each night that was asked for.
    items: Vec<FreeNight>,
}

/// What of a listing is free in one night.
#[derive(Serialize, ToSchema)]
struct FreeNight {
    /// The night.
    night: NaiveDate,
    /// How many units can be booked.
    free: i64,
}

impl Nights {
    fn span(&self) -> Result<Span, Problem> {
        let needed = |name: &str| Fault::of(name, "missing_parameter", "This is needed.");
        let (from, until) = match (self.from, self.until) {
            (Some(from), Some(until)) => (from, until),
            (from, until) => {
                let missing = [("from", from), ("until", until)];
                let missing = missing.iter().filter(|(_, day)| day.is_none());
                let faults = missing.map(|(name, _)| needed(name)).collect();
                return Err(Problem::faults("parameter_invalid", faults));
            }
        };
        let span = Span::new(from, until);
        if (1..=NIGHTS_MAX).contains(&span.nights()) {
            return Ok(span);
        }
        let detail = format!("Ask for 1 to {NIGHTS_MAX} nights at a time.");
        let fault = Fault::of("until", "out_of_range", detail);
        Err(Problem::faults("parameter_invalid", vec![fault]))
    }
}

/// Says how many units of a listing are free on each night.
#[utoipa::path(get, path = "/api/v1/listings/{id}/availability", tag = "listings",
    params(("id" = Uuid, Path), Nights), responses((status = 200, body = FreeNights)))]
async fn availability(
    State(app): State<App>,
    Now(now): Now,
    Anyone(caller): Anyone,
    Id(id): Id<ListingId>,
    Filter(nights): Filter<Nights>,
) -> Result<Json<FreeNights>, Problem> {
    require_to_see(&app, caller.as_ref(), id).await?;
    let span = nights.span()?;
    app.reach(&[listings::NAME], nights.min_position).await?;
    let found = listings::availability(app.journal.readers(), id, span, now).await?;
    let found = found.ok_or_else(|| unknown("listing"))?;
    let items = found.nights.iter().map(|n| FreeNight {
        night: n.night,
        free: n.free,
    });
    Ok(Json(FreeNights {
        units: found.units,
        items: items.collect(),
    }))
}

/// Lists what the host keeps back, by date.
#[utoipa::path(get, path = "/api/v1/listings/{id}/block-dates", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path), Least),
    responses((status = 200, body = Items<BlockView>)))]
pub async fn blocks(
    State(app): State<App>,
    Actor(caller): Actor,
    Id(id): Id<ListingId>,
    Filter(least): Filter<Least>,
) -> Result<Json<Items<BlockView>>, Problem> {
    require_own(&app, Some(&caller), id).await?;
    app.reach(&[listings::NAME], least.min_position).await?;
    let items = listings::blocks(app.journal.readers(), id).await?;
    Ok(Json(Items {
        items: items.into_iter().map(BlockView::from).collect(),
        next_cursor: None,
        stale: false,
    }))
}

/// Keeps nights from being booked.
#[utoipa::path(post, path = "/api/v1/listings/{id}/block-dates", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewBlock,
    responses((status = 201, body = Done)))]
async fn block(
    State(app): State<App>,
    Id(id): Id<ListingId>,
    Asked { body, context, .. }: Asked<NewBlock>,
) -> Result<Created, Problem> {
    let block = BlockId(app.edge.mint.id());
    let span = Span::new(body.from, body.until);
    let done = app
        .commands
        .block_dates(&context, id, block, span, body.reason)
        .await?;
    Ok(Created(format!("listings/{id}/block-dates"), done))
}

/// Lets blocked nights be booked again.
#[utoipa::path(delete, path = "/api/v1/listings/{id}/block-dates/{block}", tag = "listings",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("block" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn free(
    State(app): State<App>,
    Ids(id, block): Ids<ListingId, BlockId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(app.commands.free_dates(&context, id, block).await?))
}
