//! What one manager sees of an outage that other managers have a part in: their own buildings, and
//! the incidents that they may see.

use std::collections::BTreeSet;

use domain::building::Building;
use domain::id::{BuildingId, IncidentId, OutageId};
use domain::outage::{Outage, OutageEvent};
use domain::permission::Permission;

use super::OutageView;
use crate::app::App;
use crate::extract::Actor;
use crate::problem::Problem;
use crate::routes::incidents;
use crate::routes::past::{Unseen, all_events};

/// The ids in the whole story of an outage that the one who asks may not know.
pub async fn unseen(app: &App, actor: &Actor, id: OutageId) -> Result<Unseen, Problem> {
    if actor.over_any(Permission::OutageChange) {
        return Ok(Unseen::new());
    }
    let (mut buildings, mut incidents) = (BTreeSet::new(), BTreeSet::new());
    for event in all_events::<Outage>(app, id).await? {
        match event {
            OutageEvent::Announced(body) => buildings.extend(body.buildings),
            OutageEvent::Changed(body) => buildings.extend(body.buildings.into_iter().flatten()),
            OutageEvent::IncidentLinked(body) => drop(incidents.insert(body.incident)),
            OutageEvent::IncidentUnlinked(body) => drop(incidents.insert(body.incident)),
            OutageEvent::Ended(_) => {}
        }
    }
    let mut unseen = Unseen::new();
    for building in buildings {
        if !sees_building(app, actor, building).await? {
            unseen.insert(building.to_string());
        }
    }
    for incident in incidents {
        if !sees_incident(app, actor, incident).await? {
            unseen.insert(incident.to_string());
        }
    }
    Ok(unseen)
}

/// Leaves in `view` what the one who asks may know.
pub async fn narrow(app: &App, actor: &Actor, view: &mut OutageView) -> Result<(), Problem> {
    if actor.over_any(Permission::OutageChange) {
        return Ok(());
    }
    for building in std::mem::take(&mut view.buildings) {
        if sees_building(app, actor, building).await? {
            view.buildings.insert(building);
        }
    }
    for incident in std::mem::take(&mut view.incidents) {
        if sees_incident(app, actor, incident).await? {
            view.incidents.insert(incident);
        }
    }
    Ok(())
}

async fn sees_building(app: &App, actor: &Actor, id: BuildingId) -> Result<bool, Problem> {
    let (state, _) = app.commands.dispatch().peek::<Building>(id).await?;
    Ok(state
        .standing()
        .is_some_and(|standing| standing.owner == actor.user()))
}

async fn sees_incident(app: &App, actor: &Actor, id: IncidentId) -> Result<bool, Problem> {
    match incidents::require_to_see(app, actor, id).await {
        Ok(_) => Ok(true),
        Err(problem) if problem.is_about_rights() => Ok(false),
        Err(problem) => Err(problem),
    }
}
