//! From rows of the log to steps of the platform, without knowing what comes later.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use commands::import_incident::{LoggedStep, rehearse};
use domain::Personal;
use domain::id::{ContactId, SlaPolicyId};
use domain::incident::{
    AssignIncident, Assignee, Case, ChangeIncident, Contact, Incident, IncidentCommand,
    IncidentRefusal, IncidentState, MoveIncident, Place, Priority, ReportIncident, Reporter,
    Service, Source, StateSla, Step, Verb, path,
};
use domain::sla_policy::{Calendar, Opening, Target, Terms};
use uuid::Uuid;

use super::row::Entry;
use crate::import::Ids;

/// What the incidents of a log are held to: Monday to Friday from 8 to 18 UTC, without holidays;
/// half an hour and four hours for what is critical, ten times as long for what is low.
pub fn terms() -> Terms {
    let weekday = |weekday| Opening {
        weekday,
        from: 8 * 60,
        until: 18 * 60,
    };
    let target = |take_charge_minutes, resolve_minutes| Target {
        take_charge_minutes,
        resolve_minutes,
    };
    Terms {
        calendar: Calendar {
            zone: Tz::UTC,
            openings: (1..=5).map(weekday).collect(),
            holidays: BTreeSet::new(),
        },
        targets: BTreeMap::from([
            (Priority::Critical, target(30, 240)),
            (Priority::High, target(60, 480)),
            (Priority::Medium, target(240, 2_400)),
            (Priority::Low, target(480, 4_800)),
        ]),
        pauses: BTreeSet::from([IncidentState::Deferred]),
        escalate_at_percent: 75,
    }
}

/// The id of the service level of an import.
pub fn policy(ids: Ids) -> SlaPolicyId {
    ids.id("sla_policy", "log").into()
}

/// A step with its time.
pub type Timed = (DateTime<Utc>, LoggedStep);

/// An incident as the rows before have left it, worked out from them alone.
#[derive(Default)]
pub struct Walk {
    incident: Incident,
    version: i64,
}

impl Walk {
    /// What the next row leads to, each with its time; or why it leads to nothing.
    pub fn next(&mut self, ids: Ids, entry: &Entry) -> Result<Vec<Timed>, IncidentRefusal> {
        let mut steps = Vec::new();
        if self.incident.case().is_none() {
            let opened_at = entry.opened_at.min(entry.at);
            let report = vec![report(ids, entry, opened_at)];
            steps.extend(self.take(opened_at, report)?);
        }
        let said = self.said(ids, entry);
        steps.extend(self.take(entry.at, said)?);
        Ok(steps)
    }

    /// A step that changes nothing is none. What is refused follows from the rows before alone, so
    /// that it is refused whenever it is tried again.
    fn take(
        &mut self,
        at: DateTime<Utc>,
        commands: Vec<IncidentCommand>,
    ) -> Result<Option<Timed>, IncidentRefusal> {
        let after = self.version;
        let count = rehearse(&mut self.incident, &commands)?;
        self.version += count;
        Ok((count > 0).then_some((at, LoggedStep { after, commands })))
    }

    /// What is said is changed as long as it can be: before the steps, and after a reopening.
    fn said(&self, ids: Ids, entry: &Entry) -> Vec<IncidentCommand> {
        let Some(case) = self.incident.case() else {
            return vec![];
        };
        let mut said = Vec::new();
        if case.state().is_waiting() {
            said.extend(changes(ids, entry));
        }
        let moves = moves(case, ids, entry);
        let reopens = !case.state().is_waiting() && moves.len() > 1;
        said.extend(moves);
        if reopens {
            said.extend(changes(ids, entry));
        }
        said.push(IncidentCommand::StateSla(StateSla {
            kept: entry.made_sla,
        }));
        said
    }
}

/// The steps along the table to the state that the row says.
fn moves(case: &Case, ids: Ids, entry: &Entry) -> Vec<IncidentCommand> {
    let Some(state) = entry.state.filter(|state| *state != case.state()) else {
        return vec![];
    };
    // Where no way leads, the one step is asked for that is refused for that very reason.
    let verbs = path(case.state(), state).unwrap_or_else(|| vec![to(state)]);
    let by = ids.id("user", "log");
    let at = entry.at;
    let go = |verb| {
        let step = step(verb);
        IncidentCommand::Move(MoveIncident { step, by, at })
    };
    verbs.into_iter().map(go).collect()
}

fn to(state: IncidentState) -> Verb {
    match state {
        IncidentState::Open => Verb::Reopen,
        IncidentState::InProgress => Verb::Start,
        IncidentState::Deferred => Verb::Defer,
        IncidentState::Completed => Verb::Complete,
        IncidentState::Closed => Verb::Close,
        IncidentState::Declined => Verb::Decline,
        IncidentState::Withdrawn => Verb::Withdraw,
    }
}

fn step(verb: Verb) -> Step {
    let said = "as the log says".to_owned();
    match verb {
        Verb::Start => Step::Start,
        Verb::Release => Step::Release,
        Verb::Defer => Step::Defer {
            until: None,
            reason: None,
        },
        Verb::Resume => Step::Resume,
        Verb::Complete => Step::Complete { resolution: said },
        Verb::Close => Step::Close,
        // The log knows no limit, and everybody in it goes on.
        Verb::Reopen => Step::Reopen {
            window: TimeDelta::MAX,
            assignee_fit: true,
            reason: None,
        },
        Verb::Decline => Step::Decline { reason: said },
        Verb::Withdraw => Step::Withdraw,
    }
}

fn changes(ids: Ids, entry: &Entry) -> Vec<IncidentCommand> {
    let change = ChangeIncident {
        category: Some(entry.category.clone()),
        priority: Some(entry.priority),
        title: Some(entry.title.clone()),
        details: Some(entry.details.clone()),
        due_by: None,
        at: entry.at,
    };
    let assign = entry.assigned_to.as_ref().map(|name| {
        let contact = ContactId(person(ids, name));
        let name = Personal::new(contact, name.clone());
        let assignee = Some(Assignee::Contact { contact, name });
        IncidentCommand::Assign(AssignIncident { assignee })
    });
    let change = IncidentCommand::Change(change);
    [change].into_iter().chain(assign).collect()
}

fn person(ids: Ids, name: &str) -> Uuid {
    ids.id("contact", name)
}

fn report(ids: Ids, entry: &Entry, at: DateTime<Utc>) -> IncidentCommand {
    let caller = entry.caller.as_deref();
    let contact = ContactId(person(ids, caller.unwrap_or("?")));
    IncidentCommand::Report(Box::new(ReportIncident {
        place: Place {
            location: entry.location.clone(),
            ..Place::default()
        },
        manager: None,
        category: entry.category.clone(),
        priority: entry.priority,
        title: entry.title.clone(),
        details: entry.details.clone(),
        reporter: Reporter::Contact { contact },
        contact: Contact {
            name: caller.map(|name| Personal::new(contact, name.to_owned())),
            ..Contact::default()
        },
        service: Some(Service {
            policy: policy(ids),
            version: 1,
            terms: terms(),
        }),
        source: Some(Source {
            reference: entry.number.clone(),
        }),
        at,
    }))
}
