//! Outages: what many are without, in one building or in several.

mod sight;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use commands::outage::ChangeOutage;
use domain::building::Building;
use domain::id::{BuildingId, IncidentId, LotId, OutageId};
use domain::occupancy::Occupancy;
use domain::outage::{Outage, OutageAnnounced, OutageChanged, OutageKind};
use domain::permission::{Permission, Scope};
use projections::incidents::{self, OutageFilter, OutageRow};
use projections::occupants::{self, OccupantFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::past::{Happened, Moment, history_but, state_but};
use crate::answer::{Changed, Created, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, unknown};
use crate::json::bodies;
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::view::{Seen, views};

/// The most lots of one user that are looked at.
const HOMES_MAX: u32 = 100;

/// The routes below `/outages`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list, announce))
        .routes(routes!(show, change))
        .routes(routes!(story))
        .routes(routes!(end))
}

bodies! {
    /// An outage to be announced.
    pub struct NewOutage {
        /// What is out, in a few words.
        pub title: String,
        /// What else is to be known.
        pub details: String,
        /// `planned` or `emergency`.
        #[schema(value_type = String, example = "planned")]
        pub kind: OutageKind,
        /// Where: 1 to 50 buildings.
        #[schema(value_type = Vec<Uuid>)]
        pub buildings: Vec<BuildingId>,
        /// From when on.
        pub starts_at: DateTime<Utc>,
        /// Until when, if that is known.
        pub finishes_at: Option<DateTime<Utc>>,
    }

    /// Named fields of an outage; what is left out stays.
    pub struct OutageFields {
        /// What is out.
        pub title: Option<String>,
        /// What else is to be known.
        pub details: Option<String>,
        /// Where, all of it.
        #[schema(value_type = Option<Vec<Uuid>>)]
        pub buildings: Option<Vec<BuildingId>>,
        /// From when on.
        pub starts_at: Option<DateTime<Utc>>,
        /// Until when.
        pub finishes_at: Option<DateTime<Utc>>,
        /// Incidents that come from it, in its buildings.
        #[schema(value_type = Option<Vec<Uuid>>)]
        pub link: Option<Vec<IncidentId>>,
        /// Incidents that do not come from it after all.
        #[schema(value_type = Option<Vec<Uuid>>)]
        pub unlink: Option<Vec<IncidentId>>,
    }

    /// When an outage was over.
    pub struct OutageEnd {
        /// What was announced, where it is not said.
        pub finished_at: Option<DateTime<Utc>>,
    }
}

views! {
    /// Something that many are without.
    #[schema(as = Outage)]
    pub struct OutageView of row: OutageRow {
        /// The outage.
        id: Uuid,
        /// What is out.
        title: String,
        /// What else is to be known.
        details: String,
        /// `planned` or `emergency`.
        kind: String,
        /// Where.
        #[schema(value_type = Vec<Uuid>)]
        buildings: BTreeSet<BuildingId>,
        /// The incidents that come from it.
        #[schema(value_type = Vec<Uuid>)]
        incidents: BTreeSet<IncidentId>,
        /// Whether it is over.
        over: bool,
        /// From when on.
        starts_at: DateTime<Utc>,
        /// Until when, as it was announced.
        finishes_at: Option<DateTime<Utc>>,
        /// Since when it is over.
        finished_at: Option<DateTime<Utc>>,
        /// When it was announced.
        announced_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }
}

parameters! {
    /// Which outages.
    pub struct OutageParameters {
        /// In which building. Who may not see all sees those of buildings that they manage or
        /// live in, and those that they announced.
        #[param(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// Whether they are over.
        pub over: Option<bool>,
        /// `planned` or `emergency`.
        #[param(value_type = Option<String>)]
        pub kind: Option<OutageKind>,
    }
}

/// Lists outages, the latest announced first.
#[utoipa::path(get, path = "/api/v1/outages", tag = "incidents", security(("bearer" = [])),
    params(Page, OutageParameters), responses((status = 200, body = Items<OutageView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<OutageParameters>,
) -> Result<Json<Items<OutageView>>, Problem> {
    actor.require(Permission::OccupantShow(Scope::Own))?;
    let asked = &paged.filter;
    let any = actor.over_any(Permission::OutageChange);
    let homes = if any {
        BTreeSet::new()
    } else {
        homes(&app, &actor).await?
    };
    if let Some(building) = asked.building
        && !any
        && !homes.contains(&building)
    {
        require_one_of(&app, &actor, "building", [building]).await?;
    }
    let page = app.page("outages", &[incidents::NAME], &paged).await?;
    let filter = OutageFilter {
        concerned: (!any && asked.building.is_none())
            .then(|| (actor.user(), homes.iter().copied().collect())),
        building: asked.building,
        over: asked.over,
        kind: asked.kind.map(|kind| {
            match kind {
                OutageKind::Planned => "planned",
                OutageKind::Emergency => "emergency",
            }
            .to_owned()
        }),
    };
    let found = incidents::list_outages(app.journal.readers(), &filter, &page).await?;
    let struck = found.items.iter().map(|row| row.buildings.clone());
    let struck: Vec<_> = struck.collect();
    let mut items: Items<OutageView> = app.items("outages", &paged, found);
    for (view, buildings) in items.items.iter_mut().zip(struck) {
        let manages = homes.is_empty()
            || require_one_of(&app, &actor, "outage", buildings)
                .await
                .is_ok();
        if manages {
            sight::narrow(&app, &actor, view).await?;
        } else {
            as_resident(view, &homes);
        }
    }
    Ok(Json(items))
}

/// What one who only lives there is told: that it is so at home.
fn as_resident(row: &mut OutageView, homes: &BTreeSet<BuildingId>) {
    row.buildings.retain(|building| homes.contains(building));
    row.incidents.clear();
}

/// The buildings in which one owns or rents a lot today. The read model says where to look, and the
/// streams of the lots whether it is so.
async fn homes(app: &App, actor: &Actor) -> Result<BTreeSet<BuildingId>, Problem> {
    let now = app.commands.clock().now();
    let filter = OccupantFilter {
        user: Some(actor.user()),
        ..OccupantFilter::default()
    };
    let page = projections::Page::first(HOMES_MAX);
    let candidates = occupants::list(app.journal.readers(), &filter, &page).await?;
    let dispatch = app.commands.dispatch();
    let mut homes = BTreeSet::new();
    for row in candidates.items {
        let (building, lot) = (BuildingId(row.building), LotId(row.lot));
        let (standing, _) = dispatch.peek::<Building>(building).await?;
        let zone = standing.standing().and_then(|standing| standing.time_zone);
        let today = domain::zone::day(zone.unwrap_or(chrono_tz::UTC), now);
        let (occupancy, _) = dispatch.peek::<Occupancy>(lot).await?;
        let lives_there = occupancy
            .occupants
            .values()
            .any(|occupant| occupant.user == Some(actor.user()) && occupant.period.contains(today));
        if lives_there {
            homes.insert(building);
        }
    }
    Ok(homes)
}

/// Announces an outage.
#[utoipa::path(post, path = "/api/v1/outages", tag = "incidents", security(("bearer" = [])),
    request_body = NewOutage, responses((status = 201, body = Done)))]
async fn announce(
    State(app): State<App>,
    Asked { body, context, .. }: Asked<NewOutage>,
) -> Result<Created, Problem> {
    let id = OutageId(app.edge.mint.id());
    let what = OutageAnnounced {
        title: body.title,
        details: body.details,
        kind: body.kind,
        buildings: body.buildings.into_iter().collect(),
        starts_at: body.starts_at,
        finishes_at: body.finishes_at,
    };
    let done = app.commands.announce_outage(&context, id, &what).await?;
    Ok(Created("outages".to_owned(), done))
}

/// To one who manages none of `buildings` there is no such `noun`.
async fn require_one_of(
    app: &App,
    actor: &Actor,
    noun: &str,
    buildings: impl IntoIterator<Item = BuildingId>,
) -> Result<(), Problem> {
    let mut owners = Vec::new();
    for building in buildings {
        let (state, _) = app.commands.dispatch().peek::<Building>(building).await?;
        owners.extend(state.standing().map(|standing| standing.owner));
    }
    actor.require_to_see(noun, Permission::OutageChange, &owners)
}

async fn require_to_see(app: &App, actor: &Actor, id: OutageId) -> Result<(), Problem> {
    let outage = app.commands.outage(id).await?;
    let announced = outage.announced();
    let buildings = announced.map(|outage| outage.what.buildings.clone());
    require_one_of(app, actor, "outage", buildings.into_iter().flatten()).await
}

/// Shows one outage, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/outages/{id}", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<OutageView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<OutageId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    let refused = require_to_see(&app, &actor, id).await.err();
    let homes = match &refused {
        Some(_) => homes(&app, &actor).await?,
        None => BTreeSet::new(),
    };
    let outage = app.commands.outage(id).await?;
    let mut struck = outage
        .announced()
        .into_iter()
        .flat_map(|o| &o.what.buildings);
    if let Some(problem) = refused
        && (moment.is_past() || !struck.any(|building| homes.contains(building)))
    {
        return Err(problem);
    }
    if moment.is_past() {
        let unseen = sight::unseen(&app, &actor, id).await?;
        return state_but::<Outage>(&app, id, &moment, &unseen).await;
    }
    app.reach(&[incidents::NAME], moment.min_position).await?;
    let found = incidents::show_outage(app.journal.readers(), id).await?;
    let found = found.ok_or_else(|| unknown("outage"))?;
    let mut view = OutageView::from(found);
    if homes.is_empty() {
        sight::narrow(&app, &actor, &mut view).await?;
    } else {
        as_resident(&mut view, &homes);
    }
    Ok(versioned(view.version, Json(view)))
}

/// Tells what happened to an outage.
#[utoipa::path(get, path = "/api/v1/outages/{id}/history", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<OutageId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see(&app, &actor, id).await?;
    let unseen = sight::unseen(&app, &actor, id).await?;
    history_but::<Outage>(&app, id, &paged, &unseen).await
}

/// Changes named fields of an outage, and which incidents come from it.
#[utoipa::path(patch, path = "/api/v1/outages/{id}", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = OutageFields,
    responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Id(id): Id<OutageId>,
    Asked { body, context, .. }: Asked<OutageFields>,
) -> Result<Changed, Problem> {
    let change = ChangeOutage {
        fields: OutageChanged {
            title: body.title,
            details: body.details,
            buildings: body.buildings.map(|all| all.into_iter().collect()),
            starts_at: body.starts_at,
            finishes_at: body.finishes_at,
        },
        link: body.link.into_iter().flatten().collect(),
        unlink: body.unlink.into_iter().flatten().collect(),
    };
    Ok(Changed(
        app.commands.change_outage(&context, id, &change).await?,
    ))
}

/// Says that an outage is over; since when has to be known.
#[utoipa::path(post, path = "/api/v1/outages/{id}/end", tag = "incidents",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = OutageEnd,
    responses((status = 200, body = Done)))]
async fn end(
    State(app): State<App>,
    Id(id): Id<OutageId>,
    Asked { body, context, .. }: Asked<OutageEnd>,
) -> Result<Changed, Problem> {
    let done = app.commands.end_outage(&context, id, body.finished_at);
    Ok(Changed(done.await?))
}
