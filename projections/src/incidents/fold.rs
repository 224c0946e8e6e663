//! How the events of incidents, service levels and outages become rows.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::incident::{Assignee, Case, Incident, IncidentEvent, Visibility};
use domain::outage::{OutageAnnounced, OutageEvent};
use domain::sla_policy::{PolicyOf, SlaPolicyEvent};
use domain::{Actor, Aggregate, AnyEvent};
use uuid::Uuid;

use super::{CommentRow, IncidentRow, OutageRow, SlaPolicyRow};
use crate::decoded::Decoded;
use crate::fold::{id, origin, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) struct Tables {
    pub(super) incidents: Rows<IncidentRow>,
    pub(super) comments: Rows<CommentRow>,
    pub(super) policies: Rows<SlaPolicyRow>,
    pub(super) outages: Rows<OutageRow>,
}

impl Tables {
    pub(super) fn fold(&mut self, event: &Decoded) -> Result<(), ApplyError> {
        match &event.event {
            AnyEvent::Incident(what) => self.incident(id(event)?, event, what),
            AnyEvent::SlaPolicy(what) => {
                self.policy(id(event)?, event, what);
                Ok(())
            }
            AnyEvent::Outage(what) => self.outage(id(event)?, event, what),
            _ => Ok(()),
        }
    }

    /// What is so of an incident is what its aggregate says; the columns follow from that.
    fn incident(
        &mut self,
        id: Uuid,
        event: &Decoded,
        what: &IncidentEvent,
    ) -> Result<(), ApplyError> {
        let before = match what {
            IncidentEvent::Reported(_) => Incident::Absent,
            _ => Incident::Reported(Box::new(self.incidents.expect(&id)?.facts.clone())),
        };
        let mut incident = before;
        incident.evolve(what);
        let Incident::Reported(facts) = incident else {
            return Ok(());
        };
        if let IncidentEvent::Commented(body) = what {
            self.comments.put(CommentRow {
                incident: id,
                id: body.comment.0,
                author: body.by.0,
                internal: body.visibility == Visibility::Internal,
                text: body.text.value.clone(),
                said_at: event.recorded.occurred_at,
            });
        }
        self.incidents.put(row(id, event, *facts)?);
        Ok(())
    }

    fn policy(&mut self, id: Uuid, event: &Decoded, what: &SlaPolicyEvent) {
        let SlaPolicyEvent::Set(set) = what;
        let at = event.recorded.occurred_at;
        let created_at = self.policies.get(&id).map_or(at, |row| row.created_at);
        let (holds_for, building) = match set.holds_for {
            PolicyOf::Everything => ("everything", None),
            PolicyOf::Building { building } => ("building", Some(building.0)),
            PolicyOf::Import => ("import", None),
        };
        self.policies.put(SlaPolicyRow {
            id,
            building,
            holds_for: holds_for.to_owned(),
            terms: set.terms.clone(),
            created_at,
            changed_at: at,
            version: event.recorded.version,
        });
    }

    fn outage(&mut self, id: Uuid, event: &Decoded, what: &OutageEvent) -> Result<(), ApplyError> {
        if let OutageEvent::Announced(body) = what {
            self.outages.put(announced(id, event, body)?);
            return Ok(());
        }
        let row = self.outages.expect(&id)?;
        match what {
            OutageEvent::Announced(_) => {}
            OutageEvent::Changed(body) => {
                let body = body.clone();
                row.title = body.title.unwrap_or(std::mem::take(&mut row.title));
                row.details = body.details.unwrap_or(std::mem::take(&mut row.details));
                row.starts_at = body.starts_at.unwrap_or(row.starts_at);
                row.finishes_at = body.finishes_at.or(row.finishes_at);
                if let Some(buildings) = body.buildings {
                    row.buildings = buildings;
                }
            }
            OutageEvent::Ended(body) => {
                row.finished_at = Some(body.finished_at);
                row.over = true;
            }
            OutageEvent::IncidentLinked(body) => {
                row.incidents.insert(body.incident);
            }
            OutageEvent::IncidentUnlinked(body) => {
                row.incidents.remove(&body.incident);
            }
        }
        row.changed_at = event.recorded.occurred_at;
        row.version = event.recorded.version;
        Ok(())
    }
}

fn row(id: Uuid, event: &Decoded, facts: Case) -> Result<IncidentRow, ApplyError> {
    let at = event.recorded.occurred_at;
    let clocks = facts.clocks(at);
    let due_at = clocks.and_then(|clocks| clocks.resolve.due_at);
    let assignee = facts.assignee.as_ref().and_then(Assignee::user);
    Ok(IncidentRow {
        id,
        building: facts.place.building.map(|building| building.0),
        lot: facts.place.lot.map(|lot| lot.0),
        equipment: facts.place.equipment.map(|equipment| equipment.0),
        state: facts.state().word().to_owned(),
        waiting: facts.state().is_waiting(),
        priority: word(&facts.priority)?,
        category: facts.category.clone(),
        assignee: assignee.map(|user| user.0),
        reporter: facts.reporter.user().map(|user| user.0),
        manager: facts.manager.map(|user| user.0),
        breached: clocks.is_some_and(|c| c.resolve.breached || c.take_charge.breached),
        due_at,
        due_order: due_at
            .filter(|_| facts.state().is_waiting())
            .unwrap_or(end()),
        words: format!("{} {}", facts.title.value, facts.details.value),
        reference: facts.source.as_ref().map(|source| source.reference.clone()),
        origin: origin(&event.metadata)?,
        reported_at: facts.reported_at,
        changed_at: at,
        version: event.recorded.version,
        facts,
    })
}

/// Later than anything that can be written down.
fn end() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(9_999, 12, 31).map_or(DateTime::<Utc>::MAX_UTC, |day| {
        day.and_time(NaiveTime::MIN).and_utc()
    })
}

fn announced(id: Uuid, event: &Decoded, body: &OutageAnnounced) -> Result<OutageRow, ApplyError> {
    let announcer = match event.metadata.actor {
        Actor::User(user) => Some(user),
        _ => None,
    };
    Ok(OutageRow {
        id,
        title: body.title.clone(),
        details: body.details.clone(),
        kind: word(&body.kind)?,
        buildings: body.buildings.clone(),
        incidents: BTreeSet::new(),
        announcer,
        over: false,
        starts_at: body.starts_at,
        finishes_at: body.finishes_at,
        finished_at: None,
        announced_at: event.recorded.occurred_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}
