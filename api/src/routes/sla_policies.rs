//! Service levels: how soon incidents are taken in charge and resolved.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::building::Building;
use domain::id::{BuildingId, SlaPolicyId, UserId};
use domain::incident::{IncidentState, Priority};
use domain::permission::{Permission, Scope};
use domain::sla_policy::{self, PolicyOf, SlaPolicy, Terms};
use projections::incidents::{self, SlaPolicyRow};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::past::{Happened, Moment, history, state_at};
use crate::answer::{Changed, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, unknown};
use crate::json::bodies;
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::view::{Seen, views};

/// The routes below `/sla-policies`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, set))
        .routes(routes!(show))
        .routes(routes!(story))
}

/// At how many hundredths of a target a warning is given, where it is not said.
const ESCALATE_AT_PERCENT: u8 = 75;

bodies! {
    /// A service level as it is from now on.
    pub struct PolicyBody {
        /// The building that it holds for; all without one of their own, where it is not said.
        #[schema(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// Which hours count.
        pub calendar: CalendarBody,
        /// How soon, for each priority that anything is promised for.
        pub targets: TargetsBody,
        /// In which states the clocks stand still; `deferred`, where it is not said.
        #[schema(value_type = Option<Vec<String>>)]
        pub pauses: Option<Vec<IncidentState>>,
        /// At how many hundredths of a target a warning is given; 75, where it is not said.
        pub escalate_at_percent: Option<u8>,
    }

    /// Which hours count.
    pub struct CalendarBody {
        /// An IANA name.
        #[schema(value_type = String, example = "Europe/Lisbon")]
        pub zone: Tz,
        /// The hours of a week.
        pub openings: Vec<OpeningBody>,
        /// Days on which no hour counts.
        pub holidays: Option<Vec<NaiveDate>>,
    }

    /// Hours of one day of the week, by the clock on the wall.
    pub struct OpeningBody {
        /// 1 is Monday, 7 is Sunday.
        pub weekday: u8,
        /// From which minute of the day.
        #[schema(example = 540)]
        pub from: u16,
        /// Until before which minute of the day, at most 1440.
        #[schema(example = 1080)]
        pub until: u16,
    }

    /// How soon, by priority.
    pub struct TargetsBody {
        /// When there is time.
        pub low: Option<TargetBody>,
        /// In its turn.
        pub medium: Option<TargetBody>,
        /// Before others.
        pub high: Option<TargetBody>,
        /// At once.
        pub critical: Option<TargetBody>,
    }

    /// How soon something is done.
    pub struct TargetBody {
        /// Until somebody takes it in charge.
        pub take_charge_minutes: u32,
        /// Until it is resolved.
        pub resolve_minutes: u32,
    }
}

impl From<PolicyBody> for Terms {
    fn from(body: PolicyBody) -> Self {
        let opening = |opening: OpeningBody| sla_policy::Opening {
            weekday: opening.weekday,
            from: opening.from,
            until: opening.until,
        };
        let pauses = body.pauses.unwrap_or(vec![IncidentState::Deferred]);
        Self {
            calendar: sla_policy::Calendar {
                zone: body.calendar.zone,
                openings: body.calendar.openings.into_iter().map(opening).collect(),
                holidays: body.calendar.holidays.into_iter().flatten().collect(),
            },
            targets: targets(body.targets),
            pauses: pauses.into_iter().collect(),
            escalate_at_percent: body.escalate_at_percent.unwrap_or(ESCALATE_AT_PERCENT),
        }
    }
}

fn targets(body: TargetsBody) -> BTreeMap<Priority, sla_policy::Target> {
    let named = [
        (Priority::Low, body.low),
        (Priority::Medium, body.medium),
        (Priority::High, body.high),
        (Priority::Critical, body.critical),
    ];
    let target = |(priority, body): (Priority, Option<TargetBody>)| {
        let body = body?;
        let target = sla_policy::Target {
            take_charge_minutes: body.take_charge_minutes,
            resolve_minutes: body.resolve_minutes,
        };
        Some((priority, target))
    };
    named.into_iter().filter_map(target).collect()
}

views! {
    /// A service level.
    #[schema(as = SlaPolicy)]
    pub struct PolicyView of row: SlaPolicyRow {
        /// The service level; the building's own id, if it is that of one.
        id: Uuid,
        /// The building that it holds for.
        building: Option<Uuid>,
        /// `everything`, `building` or `import`.
        holds_for: String,
        /// Which hours count.
        #[schema(value_type = CalendarBody)]
        calendar: sla_policy::Calendar = row.terms.calendar,
        /// How soon, by priority.
        #[schema(value_type = TargetsBody)]
        targets: BTreeMap<Priority, sla_policy::Target> = row.terms.targets,
        /// In which states the clocks stand still.
        #[schema(value_type = Vec<String>)]
        pauses: BTreeSet<IncidentState> = row.terms.pauses,
        /// At how many hundredths of a target a warning is given.
        escalate_at_percent: u8 = row.terms.escalate_at_percent,
        /// When it was first set.
        created_at: DateTime<Utc>,
        /// When it was last set.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }
}

parameters! {
    /// Which service levels.
    pub struct PolicyParameters {
        /// That of one building; needed of those who may not see all.
        #[param(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
    }
}

async fn owner(app: &App, building: BuildingId) -> Result<Vec<UserId>, Problem> {
    let (state, _) = app.commands.dispatch().peek::<Building>(building).await?;
    let standing = state.standing();
    Ok(standing
        .map(|standing| standing.owner)
        .into_iter()
        .collect())
}

/// Lists the service levels.
#[utoipa::path(get, path = "/api/v1/sla-policies", tag = "incidents", security(("bearer" = [])),
    params(Page, PolicyParameters), responses((status = 200, body = Items<PolicyView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<PolicyParameters>,
) -> Result<Json<Items<PolicyView>>, Problem> {
    let change = Permission::SlaPolicyChange;
    match paged.filter.building {
        Some(building) => {
            let owners = owner(&app, building).await?;
            actor.require_to_see("building", change, &owners)?;
        }
        None => actor.require(change(Scope::Any))?,
    }
    let page = app.page("sla policies", &[incidents::NAME], &paged).await?;
    let readers = app.journal.readers();
    let found = incidents::policies(readers, paged.filter.building, &page).await?;
    Ok(Json(app.items("sla policies", &paged, found)))
}

/// Sets a service level, whole. It holds at once, for incidents that are not yet completed too.
#[utoipa::path(put, path = "/api/v1/sla-policies", tag = "incidents", security(("bearer" = [])),
    request_body = PolicyBody, responses((status = 200, body = Done)))]
async fn set(
    State(app): State<App>,
    Asked { body, context, .. }: Asked<PolicyBody>,
) -> Result<Changed, Problem> {
    let building = body.building;
    let done = app
        .commands
        .set_sla_policy(&context, building, body.into())
        .await?;
    Ok(Changed(done))
}

async fn require_to_see(app: &App, actor: &Actor, id: SlaPolicyId) -> Result<(), Problem> {
    let (policy, _) = app.commands.dispatch().peek::<SlaPolicy>(id).await?;
    let owners = match policy.holds_for {
        Some(PolicyOf::Building { building }) => owner(app, building).await?,
        _ => vec![],
    };
    actor.require_to_see("sla_policy", Permission::SlaPolicyChange, &owners)
}

/// Shows one service level, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/sla-policies/{id}", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<PolicyView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<SlaPolicyId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_see(&app, &actor, id).await?;
    if moment.is_past() {
        return state_at::<SlaPolicy>(&app, id, &moment).await;
    }
    app.reach(&[incidents::NAME], moment.min_position).await?;
    let found = incidents::show_policy(app.journal.readers(), id).await?;
    let found = found.ok_or_else(|| unknown("sla_policy"))?;
    Ok(versioned(found.version, Json(PolicyView::from(found))))
}

/// Tells what happened to a service level.
#[utoipa::path(get, path = "/api/v1/sla-policies/{id}/history", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<SlaPolicyId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    history::<SlaPolicy>(&app, id, &paged).await
}
