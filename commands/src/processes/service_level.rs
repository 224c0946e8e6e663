//! Keeps the time of incidents: ends their waits, warns before a target and tells when one is
//! missed.

use domain::AnyEvent;
use domain::id::IncidentId;
use domain::incident::{Incident, IncidentCommand, IncidentEvent, KeepTime, SetService};
use domain::process::{ClearDeadline, Process, ProcessCommand, SetDeadline};
use domain::sla_policy::{PolicyOf, SlaPolicyEvent};
use projections::incidents as read_model;

use super::runner::Runner;
use super::{Cause, SERVICE_LEVEL, Story, correlated};
use crate::Commands;
use crate::decision::Decision;
use crate::error::CommandError;
use crate::incident::{policies, service};
use crate::wanted::want;

/// The one deadline of the process: whatever is next.
const DEADLINE: &str = "next";
/// How many incidents are held to another service level at a time.
const PAGE: u32 = 500;

/// Whether the clocks may show something else after it. What is told of them moves none.
pub(super) fn matters(event: &IncidentEvent) -> bool {
    !matches!(
        event,
        IncidentEvent::Commented(_)
            | IncidentEvent::AttachmentAdded(_)
            | IncidentEvent::AttachmentRemoved(_)
            | IncidentEvent::Assigned(_)
            | IncidentEvent::SlaStated(_)
    )
}

/// Goes as far as it can at this moment: tells what is due, sets the next deadline, or ends.
pub(super) async fn drive(
    commands: &Commands,
    cause: Cause,
    incident: IncidentId,
) -> Result<(), CommandError> {
    let story = Story::new(SERVICE_LEVEL, incident.0);
    let streams = vec![want::<Process>(&story.id)?, want::<Incident>(incident)?];
    let decide = |d: &mut Decision<'_>| decide(d, &story, incident);
    let context = correlated(commands, cause, &story.id)
        .await?
        .context(SERVICE_LEVEL);
    let answer_id = story.id.clone();
    let name = "process.service_level";
    let run = commands
        .dispatch
        .command(&context, name, answer_id, streams, &decide);
    run.await.map(drop)
}

fn decide(d: &mut Decision<'_>, story: &Story, incident: IncidentId) -> Result<(), CommandError> {
    let at = d.context.at;
    let Some(case) = d.state::<Incident>(incident)?.case() else {
        return Ok(());
    };
    // What was brought in is nobody's to warn of, even when it is touched here.
    if story.has_ended(d)? || case.source.is_some() {
        return Ok(());
    }
    let started = d.state::<Process>(&story.id)?.run().is_some();
    if case.state().is_terminal() {
        let outcome = case.state().word();
        return if started {
            story.end(d, outcome)
        } else {
            Ok(())
        };
    }
    d.decide::<Incident>(incident, &IncidentCommand::KeepTime(KeepTime { at }))?;
    let case = d.state::<Incident>(incident)?.case();
    let name = DEADLINE.to_owned();
    match case.and_then(|case| case.next_due(at)) {
        Some(due_at) => {
            story.start(d)?;
            story.write(d, ProcessCommand::SetDeadline(SetDeadline { name, due_at }))
        }
        None if started => story.write(d, ProcessCommand::ClearDeadline(ClearDeadline { name })),
        None => Ok(()),
    }
}

impl Runner {
    /// Holds the incidents that are still waiting to a service level that was set. Those that are
    /// reported from then on are held to it by themselves.
    pub(super) async fn hold_to(
        &self,
        event: &projections::Decoded,
        set: &SlaPolicyEvent,
        cause: Cause,
    ) -> Result<(), CommandError> {
        let SlaPolicyEvent::Set(set) = set;
        let building = match set.holds_for {
            PolicyOf::Everything => None,
            PolicyOf::Building { building } => Some(building),
            PolicyOf::Import => return Ok(()),
        };
        let unavailable =
            |error: projections::QueryError| CommandError::Unavailable(error.to_string());
        let readers = &self.place.readers;
        let mut after = None;
        loop {
            let page = read_model::waiting(readers, building, after, PAGE).await;
            let page = page.map_err(unavailable)?;
            // Whoever was reported before it has to be among them.
            if page.position < event.position() {
                let behind = "the incidents have not been read so far yet";
                return Err(CommandError::Unavailable(behind.to_owned()));
            }
            for incident in &page.incidents {
                hold(&self.commands, cause, IncidentId(*incident)).await?;
            }
            after = page.incidents.last().copied();
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

async fn hold(commands: &Commands, cause: Cause, id: IncidentId) -> Result<(), CommandError> {
    let incident = commands.incident(id).await?;
    // Where an incident is never changes.
    let building = incident.case().and_then(|case| case.place.building);
    let mut streams = vec![want::<Incident>(id)?];
    streams.extend(policies(building)?);
    let decide = |d: &mut Decision<'_>| {
        let promised = service(d, building)?;
        let reported = d.state::<Incident>(id)?.case();
        if reported.is_none_or(|case| case.source.is_some()) {
            return Ok(());
        }
        let at = d.context.at;
        let set = SetService {
            service: promised,
            at,
        };
        let set = IncidentCommand::SetService(Box::new(set));
        d.decide::<Incident>(id, &set).map(drop)
    };
    let context = cause.context(SERVICE_LEVEL);
    let name = "process.set_service";
    let run = commands
        .dispatch
        .command(&context, name, id.to_string(), streams, &decide);
    run.await.map(drop)
}

/// The incident of an event that may move its clocks.
pub(super) fn concerned(event: &projections::Decoded) -> Option<IncidentId> {
    match &event.event {
        AnyEvent::Incident(what) if matters(what) => event.id().parse().ok(),
        _ => None,
    }
}
