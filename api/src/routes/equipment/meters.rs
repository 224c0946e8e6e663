//! Meters, what they show, and where they are going.

use axum::extract::State;
use domain::equipment::{Meter, ReadMeter, ResetMeter};
use domain::id::{EquipmentId, MeterId};
use domain::reliability::{days, trend};
use projections::equipment::{self, ReadingRow};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{NewBeginning, NewMeter, NewReading};
use super::require_to_see;
use super::view::{MeterView, ReadingView};
use crate::answer::{Changed, Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Ids, unknown};
use crate::json::Nothing;
use crate::problem::Problem;
use crate::query::{Filter, Items, Least, Page, Paged, Whole};

/// The trend rests on so many readings, the newest.
const READINGS_MAX: u32 = 200;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, add))
        .routes(routes!(show, remove))
        .routes(routes!(readings, read))
        .routes(routes!(reset))
        .routes(routes!(trend_of))
}

/// Lists the meters of a piece, by name.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/meters", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<MeterView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<EquipmentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<MeterView>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let query = format!("meters of {id}");
    let page = app.page(&query, &[equipment::NAME], &paged).await?;
    let found = equipment::meters(app.journal.readers(), id, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Adds a meter to a piece.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/meters", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewMeter,
    responses((status = 201, body = Done)))]
async fn add(
    State(app): State<App>,
    Id(id): Id<EquipmentId>,
    Asked { body, context, .. }: Asked<NewMeter>,
) -> Result<Created, Problem> {
    let meter_id = MeterId(app.edge.mint.id());
    let meter = Meter {
        name: body.name,
        unit: body.unit,
        kind: body.kind,
    };
    let done = app
        .commands
        .add_meter(&context, id, meter_id, meter)
        .await?;
    Ok(Created(format!("equipment/{id}/meters"), done))
}

/// The meter, once it was read up to `least`; to one who may not see the piece there is none.
async fn meter_of(
    app: &App,
    actor: &Actor,
    (id, meter): (EquipmentId, MeterId),
    least: Option<i64>,
) -> Result<equipment::MeterRow, Problem> {
    require_to_see(app, actor, id).await?;
    app.reach(&[equipment::NAME], least).await?;
    let found = equipment::meter(app.journal.readers(), id, meter).await?;
    found.ok_or_else(|| unknown("meter"))
}

/// Shows one meter.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/meters/{meter}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("meter" = Uuid, Path), Least),
    responses((status = 200, body = MeterView)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Ids(id, meter): Ids<EquipmentId, MeterId>,
    Filter(least): Filter<Least>,
) -> Result<Json<MeterView>, Problem> {
    let found = meter_of(&app, &actor, (id, meter), least.min_position).await?;
    Ok(Json(found.into()))
}

/// Takes a meter out, unless a plan looks at it.
#[utoipa::path(delete, path = "/api/v1/equipment/{id}/meters/{meter}", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("meter" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn remove(
    State(app): State<App>,
    Ids(id, meter): Ids<EquipmentId, MeterId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    Ok(Changed(
        app.commands.remove_meter(&context, id, meter).await?,
    ))
}

/// Lists what a meter showed, the newest first.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/meters/{meter}/readings", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("meter" = Uuid, Path), Page),
    responses((status = 200, body = Items<ReadingView>)))]
pub async fn readings(
    State(app): State<App>,
    actor: Actor,
    Ids(id, meter): Ids<EquipmentId, MeterId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<ReadingView>>, Problem> {
    meter_of(&app, &actor, (id, meter), paged.page.min_position).await?;
    let query = format!("readings of {meter}");
    let page = app.page(&query, &[equipment::NAME], &paged).await?;
    let found = equipment::readings(app.journal.readers(), meter, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Reads a meter. The plans that look at it ask for their work.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/meters/{meter}/readings", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("meter" = Uuid, Path)),
    request_body = NewReading, responses((status = 200, body = Done)))]
async fn read(
    State(app): State<App>,
    Ids(id, meter_id): Ids<EquipmentId, MeterId>,
    Asked { body, context, .. }: Asked<NewReading>,
) -> Result<Changed, Problem> {
    let read = ReadMeter {
        meter_id,
        value_e3: body.value_e3,
        unit: body.unit,
        read_at: body.read_at,
        at: context.at,
    };
    Ok(Changed(app.commands.read_meter(&context, id, &read).await?))
}

/// Says that what a cumulative meter shows began anew.
#[utoipa::path(post, path = "/api/v1/equipment/{id}/meters/{meter}/reset", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("meter" = Uuid, Path)),
    request_body = NewBeginning, responses((status = 200, body = Done)))]
async fn reset(
    State(app): State<App>,
    Ids(id, meter_id): Ids<EquipmentId, MeterId>,
    Asked { body, context, .. }: Asked<NewBeginning>,
) -> Result<Changed, Problem> {
    let reset = ResetMeter {
        meter_id,
        reset: body.reset,
        final_e3: body.final_e3,
        start_e3: body.start_e3,
        reset_at: body.reset_at,
        at: context.at,
    };
    Ok(Changed(
        app.commands.reset_meter(&context, id, reset).await?,
    ))
}

/// Where a meter is going, and whether its last value is out of the ordinary.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trend {
    /// What the meter counts in.
    unit: String,
    /// On how many readings it rests, the newest.
    readings: usize,
    /// The median slope of all pairs of readings, in units a day; none of fewer than two.
    slope_per_day: Option<f64>,
    /// `0.6745 (x - median) / MAD`, where `x` is the last value of a gauge, or the last rate of
    /// what counts.
    score: Option<f64>,
    /// Whether the score is beyond 3.5 either way.
    anomaly: Option<bool>,
    /// Why there is no score: `too_few_values` or `no_spread`.
    reason: Option<&'static str>,
}

/// Tells where a meter is going.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/meters/{meter}/trend", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("meter" = Uuid, Path), Least),
    responses((status = 200, body = Trend)))]
async fn trend_of(
    State(app): State<App>,
    actor: Actor,
    Ids(id, meter): Ids<EquipmentId, MeterId>,
    Filter(least): Filter<Least>,
) -> Result<Json<Trend>, Problem> {
    let row = meter_of(&app, &actor, (id, meter), least.min_position).await?;
    let readers = app.journal.readers();
    let mut read = equipment::last_readings(readers, meter, READINGS_MAX).await?;
    read.truncate(usize::try_from(READINGS_MAX).unwrap_or(usize::MAX));
    read.reverse();
    let points = points(&read);
    let values = if row.kind == "cumulative" {
        rates(&points)
    } else {
        points.iter().map(|point| point.1).collect()
    };
    let score = trend::score(&values);
    Ok(Json(Trend {
        unit: row.unit,
        readings: points.len(),
        slope_per_day: trend::slope(&points),
        score: score.ok().map(|score| score.score),
        anomaly: score.ok().map(|score| score.is_anomaly),
        reason: score.err().map(trend::NoScore::code),
    }))
}

/// Days since the first reading, and what was counted or measured, in units.
fn points(read: &[ReadingRow]) -> Vec<(f64, f64)> {
    let Some(first) = read.first().map(|reading| reading.read_at) else {
        return Vec::new();
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "a meter shows at most 10^15 thousandths, which a float holds whole"
    )]
    let units = |reading: &ReadingRow| reading.total_e3 as f64 / 1_000.0;
    read.iter()
        .map(|reading| (days(reading.read_at - first), units(reading)))
        .collect()
}

/// How fast it counted from one reading to the next, in units a day.
fn rates(points: &[(f64, f64)]) -> Vec<f64> {
    let pairs = points.windows(2);
    let rate = |pair: &[(f64, f64)]| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0);
    pairs.map(rate).filter(|rate| rate.is_finite()).collect()
}
