//! Who owns and rents the lots of a building.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use domain::Personal;
use domain::building::Building;
use domain::id::{BuildingId, ContactId, LotId, OccupantId, UserId};
use domain::occupancy::{CorrectOccupant, MoveIn, Occupancy, OccupantKind, Period};
use domain::permission::Permission;
use projections::occupants::{self, OccupantFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Leaving, NewOccupant, OccupantFields};
use super::view::OccupantView;
use crate::answer::{Changed, Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Ids, Ids3, unknown};
use crate::problem::Problem;
use crate::query::{Filter, Items, Least, Page, Paged, Whole, parameters};
use crate::routes::past::{Happened, Moment, Past, history, state_at};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(list_of_building))
        .routes(routes!(list_of_lot, move_in))
        .routes(routes!(show, correct))
        .routes(routes!(move_out))
        .routes(routes!(state))
        .routes(routes!(story))
}

parameters! {
    /// Which occupants of a building.
    pub struct OccupantParameters {
        /// `owner` or `tenant`.
        #[param(value_type = Option<String>)]
        pub kind: Option<OccupantKind>,
        /// Those who are there on this day.
        pub at: Option<NaiveDate>,
        /// How the label of the lot begins, in any case.
        pub label: Option<String>,
    }

    /// Which occupants of a lot.
    pub struct LotParameters {
        /// `owner` or `tenant`.
        #[param(value_type = Option<String>)]
        pub kind: Option<OccupantKind>,
        /// Those who are there on this day.
        pub at: Option<NaiveDate>,
    }
}

pub(crate) fn word(kind: OccupantKind) -> String {
    let word = match kind {
        OccupantKind::Owner => "owner",
        OccupantKind::Tenant => "tenant",
    };
    word.to_owned()
}

/// Asks that one may see whoever lives in the building, by its own stream.
async fn require_to_see_all(app: &App, actor: &Actor, id: BuildingId) -> Result<(), Problem> {
    let (state, _) = app.commands.dispatch().peek::<Building>(id).await?;
    let owners: Vec<UserId> = state.standing().map(|s| s.owner).into_iter().collect();
    actor.require_to_see("building", Permission::OccupantShow, &owners)
}

/// Lists the occupants of a building, by their first day.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/occupants", tag = "occupants",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page, OccupantParameters),
    responses((status = 200, body = Items<OccupantView>)))]
pub async fn list_of_building(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<BuildingId>,
    paged: Paged<OccupantParameters>,
) -> Result<Json<Items<OccupantView>>, Problem> {
    require_to_see_all(&app, &actor, id).await?;
    let query = format!("occupants of {id}");
    let page = app.page(&query, &[occupants::NAME], &paged).await?;
    let filter = OccupantFilter {
        building: Some(id),
        kind: paged.filter.kind.map(word),
        at: paged.filter.at,
        label: paged.filter.label.clone(),
        ..OccupantFilter::default()
    };
    let found = occupants::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Lists the occupants of a lot, by their first day: who was there, is, and will be.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/lots/{lot}/occupants", tag = "occupants",
    security(("bearer" = [])),
    params(("id" = Uuid, Path), ("lot" = Uuid, Path), Page, LotParameters),
    responses((status = 200, body = Items<OccupantView>)))]
pub async fn list_of_lot(
    State(app): State<App>,
    actor: Actor,
    Ids(id, lot): Ids<BuildingId, LotId>,
    paged: Paged<LotParameters>,
) -> Result<Json<Items<OccupantView>>, Problem> {
    require_to_see_all(&app, &actor, id).await?;
    let query = format!("occupants of {id} {lot}");
    let page = app.page(&query, &[occupants::NAME], &paged).await?;
    let filter = OccupantFilter {
        building: Some(id),
        lot: Some(lot),
        kind: paged.filter.kind.map(word),
        at: paged.filter.at,
        ..OccupantFilter::default()
    };
    let found = occupants::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items(&query, &paged, found)))
}

/// Lets somebody move in, or become an owner.
#[utoipa::path(post, path = "/api/v1/buildings/{id}/lots/{lot}/occupants", tag = "occupants",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("lot" = Uuid, Path)),
    request_body = NewOccupant, responses((status = 201, body = Done)))]
async fn move_in(
    State(app): State<App>,
    Ids(building, lot): Ids<BuildingId, LotId>,
    Asked { body, context, .. }: Asked<NewOccupant>,
) -> Result<Created, Problem> {
    let subject = body
        .user
        .map_or_else(|| ContactId(app.edge.mint.id()).0, |user| user.0);
    let of = |text: String| Personal::new(subject, text);
    let tenant = body.kind == OccupantKind::Tenant;
    let command = MoveIn {
        occupant: OccupantId(app.edge.mint.id()),
        building,
        lot,
        kind: body.kind,
        user: body.user,
        name: of(body.name),
        email: body.email.map(of),
        period: Period {
            from: body.from,
            until: body.until,
        },
        part: body.part,
        exclusive: body.exclusive.unwrap_or(tenant),
    };
    let done = app.commands.move_in(&context, &command).await?;
    let place = format!("buildings/{building}/lots/{lot}/occupants");
    Ok(Created(place, done))
}

/// Shows one occupant, to those who may see the building's and to himself.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/lots/{lot}/occupants/{occupant}",
    tag = "occupants", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("lot" = Uuid, Path), ("occupant" = Uuid, Path), Least),
    responses((status = 200, body = OccupantView)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Ids3(id, lot, occupant): Ids3<BuildingId, LotId, OccupantId>,
    Filter(least): Filter<Least>,
) -> Result<Json<OccupantView>, Problem> {
    let dispatch = app.commands.dispatch();
    let (building, _) = dispatch.peek::<Building>(id).await?;
    let (there, _) = dispatch.peek::<Occupancy>(lot).await?;
    let one = there.occupants.get(&occupant);
    let one = one.filter(|_| there.building == Some(id));
    let owner = building.standing().map(|standing| standing.owner);
    let himself = one.and_then(|one| one.user);
    let owners: Vec<UserId> = owner.into_iter().chain(himself).collect();
    actor.require_to_see("occupant", Permission::OccupantShow, &owners)?;
    app.reach(&[occupants::NAME], least.min_position).await?;
    let found = occupants::show(app.journal.readers(), lot, occupant).await?;
    let found = found.filter(|row| row.building == id.0);
    Ok(Json(found.ok_or_else(|| unknown("occupant"))?.into()))
}

/// Says better what was said of an occupant; what is left out stays. A move is no correction.
#[utoipa::path(patch, path = "/api/v1/buildings/{id}/lots/{lot}/occupants/{occupant}",
    tag = "occupants", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("lot" = Uuid, Path), ("occupant" = Uuid, Path)),
    request_body = OccupantFields, responses((status = 200, body = Done)))]
async fn correct(
    State(app): State<App>,
    Ids3(id, lot, occupant): Ids3<BuildingId, LotId, OccupantId>,
    Asked { body, context, .. }: Asked<OccupantFields>,
) -> Result<Changed, Problem> {
    let until = match (body.until, body.open_ended.unwrap_or_default()) {
        (Some(_), true) => {
            let detail = "Say until when, or that there is no end yet; not both.";
            return Err(Problem::invalid("ambiguous_end", detail));
        }
        (None, true) => Some(None),
        (until, false) => until.map(Some),
    };
    let correction = CorrectOccupant {
        name: body.name,
        email: body.email,
        from: body.from,
        until,
        part: body.part,
        exclusive: body.exclusive,
    };
    let commands = &app.commands;
    let done = commands.correct_occupant(&context, (id, lot), occupant, correction);
    Ok(Changed(done.await?))
}

/// Lets an occupant go: he is there no more from the named day on.
#[utoipa::path(post, path = "/api/v1/buildings/{id}/lots/{lot}/occupants/{occupant}/move-out",
    tag = "occupants", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("lot" = Uuid, Path), ("occupant" = Uuid, Path)),
    request_body = Leaving, responses((status = 200, body = Done)))]
async fn move_out(
    State(app): State<App>,
    Ids3(id, lot, occupant): Ids3<BuildingId, LotId, OccupantId>,
    Asked { body, context, .. }: Asked<Leaving>,
) -> Result<Changed, Problem> {
    let commands = &app.commands;
    let done = commands.move_out(&context, (id, lot), occupant, body.until);
    Ok(Changed(done.await?))
}

async fn require_lot_of(app: &App, id: BuildingId, lot: LotId) -> Result<(), Problem> {
    let (there, _) = app.commands.dispatch().peek::<Occupancy>(lot).await?;
    if there.building == Some(id) {
        Ok(())
    } else {
        Err(unknown("occupancy"))
    }
}

/// Shows who owns and rents a lot, with all who did and will, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/lots/{lot}/occupancy", tag = "occupants",
    security(("bearer" = [])), params(("id" = Uuid, Path), ("lot" = Uuid, Path), Moment),
    responses((status = 200, body = Past)))]
async fn state(
    State(app): State<App>,
    actor: Actor,
    Ids(id, lot): Ids<BuildingId, LotId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_see_all(&app, &actor, id).await?;
    require_lot_of(&app, id, lot).await?;
    state_at::<Occupancy>(&app, lot, &moment).await
}

/// Tells what happened to the occupancy of a lot.
#[utoipa::path(get, path = "/api/v1/buildings/{id}/lots/{lot}/occupancy/history",
    tag = "occupants", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("lot" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Ids(id, lot): Ids<BuildingId, LotId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_see_all(&app, &actor, id).await?;
    require_lot_of(&app, id, lot).await?;
    history::<Occupancy>(&app, lot, &paged).await
}
