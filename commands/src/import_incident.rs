//! Bringing in incidents that another system kept a log of.

use domain::Aggregate;
use domain::id::{IncidentId, SlaPolicyId};
use domain::incident::{Incident, IncidentCommand, IncidentRefusal};
use domain::permission::Permission;
use domain::sla_policy::{PolicyOf, SetSlaPolicy, SlaPolicy, SlaPolicyCommand, Terms};
use eventstore::Version;

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

/// What one row of a log leads to.
#[derive(Clone, Debug)]
pub struct LoggedStep {
    /// How many events the rows before it have led to: with more, it was carried out before.
    pub after: Version,
    /// What it leads to, in order; nothing of it if any of it is refused.
    pub commands: Vec<IncidentCommand>,
}

impl Commands {
    /// Records the service level that the incidents of an import are held to.
    pub async fn import_sla_policy(
        &self,
        context: &Context,
        id: SlaPolicyId,
        terms: &Terms,
    ) -> Result<Done, CommandError> {
        let command = SlaPolicyCommand::Set(SetSlaPolicy {
            holds_for: PolicyOf::Import,
            terms: terms.clone(),
        });
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            d.decide::<SlaPolicy>(id, &command).map(drop)
        };
        let streams = vec![want::<SlaPolicy>(id)?];
        let answer_id = id.to_string();
        self.dispatch
            .command(context, "import.sla_policy", answer_id, streams, &decide)
            .await
    }

    /// Does what one row of a log says, at the time of `context`; nothing if that was done before.
    pub async fn import_incident(
        &self,
        context: &Context,
        id: IncidentId,
        step: &LoggedStep,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            if d.version::<Incident>(id)? > step.after {
                return Ok(());
            }
            for command in &step.commands {
                d.decide::<Incident>(id, command)?;
            }
            Ok(())
        };
        let streams = vec![want::<Incident>(id)?];
        let answer_id = id.to_string();
        self.dispatch
            .command(context, "import.incident", answer_id, streams, &decide)
            .await
    }
}

/// Brings the incident to where `commands` lead, and answers how many events that takes; it stays
/// as it was, if any of them is refused.
pub fn rehearse(
    incident: &mut Incident,
    commands: &[IncidentCommand],
) -> Result<Version, IncidentRefusal> {
    let mut after = incident.clone();
    let mut count = 0;
    for command in commands {
        for event in &after.decide(command)? {
            after.evolve(event);
            count += 1;
        }
    }
    *incident = after;
    Ok(count)
}
