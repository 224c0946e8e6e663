//! Incidents: reported, worked on, talked about.

mod body;
pub mod comments;
mod steps;
mod view;

use axum::extract::State;
use axum::response::Response;
use domain::id::{BuildingId, ContactId, EquipmentId, IncidentId, LotId, UserId};
use domain::incident::{Assignee, ChangeIncident, DueBy, Incident, IncidentState, Priority};
use domain::permission::{Permission, Scope};
use eventstore::Recorded;
use projections::incidents::{self, IncidentFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::past::{Happened, Moment, history_without, state_at};
use crate::answer::{Changed, Created, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, unknown};
use crate::json::Fault;
use crate::problem::Problem;
use crate::query::{Filter, FromText, Items, Page, Paged, Whole, parameters};
use crate::view::Seen;

use body::{IncidentFields, NewReport};
use view::IncidentView;

/// The routes below `/incidents`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, report))
        .routes(routes!(show, change))
        .routes(routes!(story))
        .merge(steps::router())
        .merge(comments::router())
}

/// Whose view of incidents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Those that one has reported.
    Reporter,
    /// Those in buildings that one managed when they were reported.
    Manager,
    /// Those that one is assigned to.
    Assignee,
    /// Everyone's.
    All,
}

impl FromText for View {
    fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
        match text {
            "reporter" => Ok(Self::Reporter),
            "manager" => Ok(Self::Manager),
            "assignee" => Ok(Self::Assignee),
            "all" => Ok(Self::All),
            _ => Err((
                "unknown_word",
                "A view is `reporter`, `manager`, `assignee` or `all`.".to_owned(),
            )),
        }
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The latest report first.
    Created,
    /// What has to be resolved first.
    Due,
}

impl FromText for Sort {
    fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
        match text {
            "created" => Ok(Self::Created),
            "due" => Ok(Self::Due),
            _ => Err((
                "unknown_word",
                "Incidents are sorted by `created` or `due`.".to_owned(),
            )),
        }
    }
}

parameters! {
    /// Which incidents.
    pub struct IncidentParameters {
        /// `reporter` for those that one has reported (where it is not said), `manager` for those
        /// in one's buildings, `assignee` for those that one is assigned to, `all` for who may see
        /// everyone's.
        #[param(value_type = Option<String>)]
        pub role: Option<View>,
        /// Who reported them (needs `role=all` or `role=manager`).
        #[param(value_type = Option<Uuid>)]
        pub reporter: Option<UserId>,
        /// Who is assigned (needs `role=all` or `role=manager`).
        #[param(value_type = Option<Uuid>)]
        pub assignee: Option<UserId>,
        /// In which building.
        #[param(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// In which lot.
        #[param(value_type = Option<Uuid>)]
        pub lot: Option<LotId>,
        /// At which piece of equipment.
        #[param(value_type = Option<Uuid>)]
        pub equipment: Option<EquipmentId>,
        /// `open`, `in_progress`, `deferred`, `completed`, `closed`, `declined` or `withdrawn`.
        #[param(value_type = Option<String>)]
        pub state: Option<IncidentState>,
        /// `low`, `medium`, `high` or `critical`.
        #[param(value_type = Option<String>)]
        pub priority: Option<Priority>,
        /// Of which kind they are.
        pub category: Option<String>,
        /// Whether something is still to be done.
        pub open: Option<bool>,
        /// Whether a target was missed.
        pub breached: Option<bool>,
        /// What another system calls them.
        pub reference: Option<String>,
        /// Words that are all in the title or the details.
        pub search: Option<String>,
        /// `created`, the latest first (where it is not said), or `due`, the most pressing first.
        #[param(value_type = Option<String>)]
        pub sort: Option<Sort>,
    }
}

fn filter(actor: &Actor, view: View, asked: &IncidentParameters) -> IncidentFilter {
    let me = |only: View| (view == only).then(|| actor.user());
    // Among one's own, others can be asked for; one's own cannot be made another's.
    let wide = matches!(view, View::All | View::Manager);
    IncidentFilter {
        reporter: me(View::Reporter).or(asked.reporter.filter(|_| wide)),
        manager: me(View::Manager),
        assignee: me(View::Assignee).or(asked.assignee.filter(|_| wide)),
        building: asked.building,
        lot: asked.lot,
        equipment: asked.equipment,
        state: asked.state.map(|state| state.word().to_owned()),
        priority: asked.priority.map(|priority| priority.word().to_owned()),
        category: asked.category.clone(),
        open: asked.open,
        breached: asked.breached,
        reference: asked.reference.clone(),
        search: asked.search.clone(),
    }
}

/// Lists incidents.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "incidents", security(("bearer" = [])),
    params(Page, IncidentParameters), responses((status = 200, body = Items<IncidentView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<IncidentParameters>,
) -> Result<Json<Items<IncidentView>>, Problem> {
    let view = paged.filter.role.unwrap_or(View::Reporter);
    actor.require(Permission::IncidentShow(match view {
        View::All => Scope::Any,
        _ => Scope::Own,
    }))?;
    let page = app.page("incidents", &[incidents::NAME], &paged).await?;
    let filter = filter(&actor, view, &paged.filter);
    let readers = app.journal.readers();
    let found = match paged.filter.sort {
        Some(Sort::Due) => incidents::list_due(readers, &filter, &page).await?,
        _ => incidents::list(readers, &filter, &page).await?,
    };
    let now = app.edge.clock.now();
    let found = projections::List {
        items: found.items.into_iter().map(|row| (row, now)).collect(),
        next: found.next,
        stale: found.stale,
    };
    Ok(Json(app.items("incidents", &paged, found)))
}

/// Reports an incident.
#[utoipa::path(post, path = "/api/v1/incidents", tag = "incidents", security(("bearer" = [])),
    request_body = NewReport, responses((status = 201, body = Done)))]
async fn report(
    State(app): State<App>,
    Asked { body, context, .. }: Asked<NewReport>,
) -> Result<Created, Problem> {
    let id = IncidentId(app.edge.mint.id());
    let new = body.into_new(ContactId(app.edge.mint.id()));
    let done = app.commands.report_incident(&context, id, &new).await?;
    Ok(Created("incidents".to_owned(), done))
}

/// By its own stream; to one who may not see it there is none. Answers whether the one who asks
/// works on it.
pub(super) async fn require_to_see(
    app: &App,
    actor: &Actor,
    id: IncidentId,
) -> Result<bool, Problem> {
    let incident = app.commands.incident(id).await?;
    let case = incident.case().ok_or_else(|| unknown("incident"))?;
    let assignee = case.assignee.as_ref().and_then(Assignee::user);
    let workers: Vec<UserId> = case.manager.into_iter().chain(assignee).collect();
    let reporter = case.reporter.user();
    let seers: Vec<UserId> = workers.iter().copied().chain(reporter).collect();
    actor.require_to_see("incident", Permission::IncidentShow, &seers)?;
    let works = workers.contains(&actor.user());
    let permissions = &actor.0.permissions;
    Ok(permissions.allows_over(Permission::IncidentWork, works))
}

/// Shows one incident, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<IncidentView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<IncidentId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_see(&app, &actor, id).await?;
    if moment.is_past() {
        return state_at::<Incident>(&app, id, &moment).await;
    }
    app.reach(&[incidents::NAME], moment.min_position).await?;
    let found = incidents::show(app.journal.readers(), id).await?;
    let found = found.ok_or_else(|| unknown("incident"))?;
    let view = IncidentView::from((found.clone(), app.edge.clock.now()));
    Ok(versioned(found.version, Json(view)))
}

/// Tells what happened to an incident; internal comments only to those who work on it.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/history", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<IncidentId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    let works = require_to_see(&app, &actor, id).await?;
    let hidden = |event: &Recorded| !works && is_internal(event);
    history_without::<Incident>(&app, id, &paged, &hidden).await
}

/// Whether it is a comment that is not known to be public.
fn is_internal(event: &Recorded) -> bool {
    let body: Option<serde_json::Value> = serde_json::from_str(&event.data).ok();
    let visibility = body.as_ref().map(|body| &body["visibility"]);
    event.event_type == "incident.commented" && visibility.is_none_or(|word| *word != "public")
}

/// Changes named fields of an incident; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/incidents/{id}", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = IncidentFields,
    responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Id(id): Id<IncidentId>,
    Asked { body, context, .. }: Asked<IncidentFields>,
) -> Result<Changed, Problem> {
    let due_by = match (body.due_at, body.due_by_policy) {
        (Some(_), Some(true)) => {
            let detail = "Set a deadline or give it back, not both.";
            let fault = Fault::at("/due_by_policy", "ambiguous_deadline", detail);
            return Err(Problem::faults("body_invalid", vec![fault]));
        }
        (Some(due_at), _) => Some(DueBy::Hand(due_at)),
        (None, Some(true)) => Some(DueBy::Policy),
        (None, _) => None,
    };
    let change = ChangeIncident {
        category: body.category,
        priority: body.priority,
        title: body.title,
        details: body.details,
        due_by,
        at: context.at,
    };
    Ok(Changed(
        app.commands.change_incident(&context, id, change).await?,
    ))
}
