//! Commands on outages.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::building::Building;
use domain::id::{BuildingId, IncidentId, OutageId};
use domain::incident::Incident;
use domain::outage::{self, EndOutage, Outage, OutageAnnounced, OutageChanged, OutageCommand};
use domain::permission::Permission;

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::{Decide, Done};
use crate::error::CommandError;
use crate::sla_policy::over_building;
use crate::wanted::{Wanted, fresh, want};

/// The most incidents that are linked or taken off at once.
const LINKS_MAX: usize = 8;

/// What changes about an outage.
#[derive(Clone, Debug, Default)]
pub struct ChangeOutage {
    /// Named fields.
    pub fields: OutageChanged,
    /// The incidents that come from it.
    pub link: BTreeSet<IncidentId>,
    /// Those that do not after all.
    pub unlink: BTreeSet<IncidentId>,
}

impl Commands {
    /// Announces an outage in buildings that one manages.
    pub async fn announce_outage(
        &self,
        context: &Context,
        id: OutageId,
        what: &OutageAnnounced,
    ) -> Result<Done, CommandError> {
        // More than that are refused before any is looked at.
        outage::check(what)?;
        let command = OutageCommand::Announce(what.clone());
        let decide = |d: &mut Decision<'_>| {
            for building in &what.buildings {
                over_building(d, *building, Permission::OutageChange)?;
            }
            d.decide::<Outage>(id, &command).map(drop)
        };
        let mut streams = vec![fresh::<Outage>(id)?];
        streams.extend(buildings(&what.buildings)?);
        let answer_id = id.to_string();
        self.dispatch
            .command(context, "outage.announce", answer_id, streams, &decide)
            .await
    }

    /// Changes named fields of an outage, and which incidents come from it.
    pub async fn change_outage(
        &self,
        context: &Context,
        id: OutageId,
        change: &ChangeOutage,
    ) -> Result<Done, CommandError> {
        if change.link.len() + change.unlink.len() > LINKS_MAX {
            let detail =
                format!("at most {LINKS_MAX} incidents are linked at once; do it in parts");
            return Err(CommandError::invalid("too_many", "/link", detail));
        }
        let next = change.fields.buildings.clone().unwrap_or_default();
        let more = || {
            let mut more = buildings(&next)?;
            for incident in &change.link {
                more.push(want::<Incident>(*incident)?);
            }
            Ok(more)
        };
        let decide = |d: &mut Decision<'_>| {
            for building in &next {
                over_building(d, *building, Permission::OutageChange)?;
            }
            let fields = OutageCommand::Change(change.fields.clone());
            if change.fields != OutageChanged::default() {
                d.decide::<Outage>(id, &fields)?;
            }
            for incident in &change.link {
                is_there(d, id, *incident)?;
                d.decide::<Outage>(id, &OutageCommand::Link(*incident))?;
            }
            for incident in &change.unlink {
                d.decide::<Outage>(id, &OutageCommand::Unlink(*incident))?;
            }
            Ok(())
        };
        self.on_outage(context, "outage.change", id, &more, &decide)
            .await
    }

    /// Says that an outage is over.
    pub async fn end_outage(
        &self,
        context: &Context,
        id: OutageId,
        finished_at: Option<DateTime<Utc>>,
    ) -> Result<Done, CommandError> {
        let at = context.at;
        let command = OutageCommand::End(EndOutage { finished_at, at });
        let decide = |d: &mut Decision<'_>| d.decide::<Outage>(id, &command).map(drop);
        self.on_outage(context, "outage.end", id, &|| Ok(vec![]), &decide)
            .await
    }

    /// The outage as far as this process knows.
    pub async fn outage(&self, id: OutageId) -> Result<Arc<Outage>, CommandError> {
        Ok(self.dispatch.peek::<Outage>(id).await?.0)
    }

    /// Runs `decide` for one who manages every building of the outage; looked up again when it got
    /// others in the meantime.
    async fn on_outage(
        &self,
        context: &Context,
        name: &'static str,
        id: OutageId,
        more: &(dyn Fn() -> Result<Vec<Wanted>, CommandError> + Send + Sync),
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let attempt = |state: Arc<Outage>| async move {
            let looked = buildings_of(&state);
            let guarded = |d: &mut Decision<'_>| {
                if buildings_of(d.state::<Outage>(id)?) != looked {
                    return Err(CommandError::Moved);
                }
                if looked.is_empty() {
                    return Err(CommandError::unknown("outage"));
                }
                for building in &looked {
                    over_building(d, *building, Permission::OutageChange).map_err(hidden)?;
                }
                decide(d)
            };
            let mut streams = vec![want::<Outage>(id)?];
            streams.extend(buildings(&looked)?);
            let known: BTreeSet<_> = looked.iter().map(ToString::to_string).collect();
            let extra = more()?.into_iter();
            streams.extend(extra.filter(|wanted| !known.contains(wanted.stream.id())));
            let answer_id = id.to_string();
            self.dispatch
                .command(context, name, answer_id, streams, &guarded)
                .await
        };
        self.dispatch.as_looked_up(id, attempt).await
    }
}

/// Who may not see the building may not see its outage.
fn hidden(error: CommandError) -> CommandError {
    match error.code() {
        Some("building_unknown") => CommandError::unknown("outage"),
        _ => error,
    }
}

fn buildings_of(outage: &Outage) -> BTreeSet<BuildingId> {
    let announced = outage.announced();
    announced.map_or_else(BTreeSet::new, |outage| outage.what.buildings.clone())
}

fn buildings(ids: &BTreeSet<BuildingId>) -> Result<Vec<Wanted>, CommandError> {
    ids.iter().map(want::<Building>).collect()
}

/// Asks that the incident is in one of the outage's buildings.
fn is_there(d: &Decision<'_>, id: OutageId, incident: IncidentId) -> Result<(), CommandError> {
    let building = d.state::<Incident>(incident)?.case();
    let building = building.and_then(|case| case.place.building);
    let buildings = buildings_of(d.state::<Outage>(id)?);
    if building.is_some_and(|building| buildings.contains(&building)) {
        return Ok(());
    }
    let detail = format!("incident {incident} is in no building of the outage");
    Err(CommandError::invalid("incident_elsewhere", "/link", detail))
}
