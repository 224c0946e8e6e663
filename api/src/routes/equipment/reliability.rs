//! How a piece has run, and the risk that it fails.

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{EquipmentId, UserId};
use domain::reliability::{
    Basis, Figures, HORIZON_DAYS, History, Lives, NoRisk, POOLED_FROM, Risk, SINGLE_FROM, Shares,
    Spell, risk,
};
use projections::equipment::{self, DowntimeRow, EquipmentRow, WholeRow};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::require_to_see;
use crate::answer::Json;
use crate::app::App;
use crate::extract::{Actor, Id, unknown};
use crate::json::Fault;
use crate::problem::Problem;
use crate::query::{Filter, parameters};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default().routes(routes!(show))
}

parameters! {
    /// Up to when it is looked at.
    pub struct Period {
        /// Up to when; up to now, where nothing is said. What happened later is left out.
        pub until: Option<DateTime<Utc>>,
        /// Waits until everything up to this position is in the answer.
        pub min_position: Option<i64>,
    }
}

/// How a piece has run. What rests on nothing is null, never zero.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reliability {
    /// The piece.
    equipment: Uuid,
    /// Since when we know what becomes of it.
    observed_since: DateTime<Utc>,
    /// Up to when it is looked at.
    until: DateTime<Utc>,
    /// How many failures there were.
    failures: usize,
    /// On how many times from the end of one failure to the start of the next the first mean rests.
    gaps: usize,
    /// The mean time between failures, in seconds; null under two failures.
    mtbf_seconds: Option<i64>,
    /// On how many mended failures the second mean rests.
    repairs: usize,
    /// The mean time to repair a failure, in seconds.
    mttr_seconds: Option<i64>,
    /// How long it ran, in seconds.
    up_seconds: i64,
    /// How long it did not, planned work included, in seconds.
    down_seconds: i64,
    /// The part of the whole time that it ran.
    availability: Option<f64>,
    /// The same time with all its parts.
    whole: WholeView,
    /// The risk of a failure in the month ahead.
    risk: RiskView,
}

/// How a piece has run with all its parts, each of which counts while it was one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WholeReliability)]
pub struct WholeView {
    /// How many pieces were parts of it, at any depth, at any time of these.
    parts: i64,
    /// How long it ran with all its parts, in seconds.
    up_seconds: i64,
    /// How long it or any of its parts did not run, in seconds; what is down at once counts once.
    down_seconds: i64,
    /// The part of the whole time that it ran with all its parts.
    availability: Option<f64>,
}

/// The risk of a failure in the month ahead.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FailureRisk)]
pub struct RiskView {
    /// How far ahead is looked, in days.
    horizon_days: f64,
    /// The chance of a failure within the horizon, `1 - R(age + horizon) / R(age)`; null where
    /// there is a `reason`.
    probability: Option<f64>,
    /// Why there is none: `too_few_failures`, `model_unknown`, `equipment_is_down` or
    /// `fit_degenerate`.
    reason: Option<&'static str>,
    /// How many failures the piece has had.
    own_failures: usize,
    /// `own` for the failures of the piece, `model` for those of all pieces of its model.
    basis: Option<&'static str>,
    /// On how many lives that ended the fit rests.
    lives: Option<usize>,
    /// On how many lives that go on.
    survivors: Option<usize>,
    /// Below 1 it fails early, at 1 by chance, above 1 by wear.
    shape: Option<f64>,
    /// The age at which 63.2 % have failed, in days.
    scale_days: Option<f64>,
    /// How long the piece has run since its last failure, in days.
    age_days: Option<f64>,
}

/// Tells how a piece has run, and the risk that it fails.
#[utoipa::path(get, path = "/api/v1/equipment/{id}/reliability", tag = "equipment",
    security(("bearer" = [])), params(("id" = Uuid, Path), Period),
    responses((status = 200, body = Reliability)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<EquipmentId>,
    Filter(period): Filter<Period>,
) -> Result<Json<Reliability>, Problem> {
    let building = require_to_see(&app, &actor, id).await?.building()?;
    app.reach(&[equipment::NAME], period.min_position).await?;
    let readers = app.journal.readers();
    let row = equipment::show(readers, building, id).await?;
    let row = row.ok_or_else(|| unknown("equipment"))?;
    let downtimes = equipment::failures(readers, &[id.0]).await?;
    let now = until(&period, app.edge.clock.now())?;
    let past = past(&row, &downtimes, now);
    let own = Lives::of(&past);
    let model = match &row.model {
        // It is asked for only where it is needed.
        Some(model) if (POOLED_FROM..SINGLE_FROM).contains(&own.failures) => {
            lives_of_model(&app, UserId(row.owner), model, now).await?
        }
        _ => Vec::new(),
    };
    let whole = equipment::whole(readers, id, past.observed_since, now).await?;
    let whole = whole_told(&past, whole);
    let risk = risk_told(own.failures, risk(&own, &model));
    Ok(Json(told(row.id, &past, whole, risk)))
}

fn until(period: &Period, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    match period.until {
        Some(until) if until > now => {
            let fault = Fault::of("until", "in_the_future", "This moment is still to come.");
            Err(Problem::faults("parameter_invalid", vec![fault]))
        }
        Some(until) => Ok(until),
        None => Ok(now),
    }
}

/// What is known of the past of a piece up to `now`.
fn past(row: &EquipmentRow, downtimes: &[DowntimeRow], now: DateTime<Utc>) -> History {
    let own = downtimes
        .iter()
        .filter(|time| time.equipment == row.id && time.since <= now);
    let spells: Vec<Spell> = own
        .map(|time| Spell {
            since: time.since,
            until: time.until.filter(|until| *until <= now),
            is_failure: time.kind == "failure",
        })
        .collect();
    // Down times may be told that were before the piece was registered here.
    let first = spells.iter().map(|spell| spell.since).min();
    History {
        in_service_since: row.in_service_since,
        observed_since: first.map_or(row.created_at, |first| first.min(row.created_at)),
        now,
        spells,
    }
}

/// The lives of all pieces of one model that the same owner has.
async fn lives_of_model(
    app: &App,
    owner: UserId,
    model: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Lives>, Problem> {
    let readers = app.journal.readers();
    let fleet = equipment::fleet(readers, owner, model).await?;
    let ids: Vec<Uuid> = fleet.iter().map(|row| row.id).collect();
    let downtimes = equipment::failures(readers, &ids).await?;
    let lives = |row| Lives::of(&past(row, &downtimes, now));
    Ok(fleet.iter().map(lives).collect())
}

/// The time is that of the piece itself, so that the two can be compared.
fn whole_told(past: &History, whole: WholeRow) -> WholeView {
    let WholeRow { parts, down_micros } = whole;
    let shares = past.shares(TimeDelta::microseconds(down_micros));
    WholeView {
        parts,
        up_seconds: shares.up_seconds,
        down_seconds: shares.down_seconds,
        availability: shares.availability,
    }
}

fn told(equipment: Uuid, past: &History, whole: WholeView, risk: RiskView) -> Reliability {
    let Figures {
        failures,
        gaps,
        mtbf_seconds,
        repairs,
        mttr_seconds,
        shares,
    } = past.figures();
    let Shares {
        up_seconds,
        down_seconds,
        availability,
    } = shares;
    Reliability {
        equipment,
        observed_since: past.observed_since,
        until: past.now,
        failures,
        gaps,
        mtbf_seconds,
        repairs,
        mttr_seconds,
        up_seconds,
        down_seconds,
        availability,
        whole,
        risk,
    }
}

fn risk_told(own_failures: usize, risk: Result<Risk, NoRisk>) -> RiskView {
    let found = risk.ok();
    RiskView {
        horizon_days: HORIZON_DAYS,
        probability: found.map(|risk| risk.probability),
        reason: risk.err().map(NoRisk::code),
        own_failures,
        basis: found.map(|risk| match risk.basis {
            Basis::Own => "own",
            Basis::Model => "model",
        }),
        lives: found.map(|risk| risk.failures),
        survivors: found.map(|risk| risk.survivors),
        shape: found.map(|risk| risk.fit.shape),
        scale_days: found.map(|risk| risk.fit.scale),
        age_days: found.map(|risk| risk.age_days),
    }
}
