//! The docket of a building: which of its incidents are open, so that it is not deleted under them.

use std::sync::Arc;

use domain::docket::{Docket, DocketCommand, EnterDocket, LeaveDocket};
use domain::id::{BuildingId, IncidentId, UserId};
use domain::incident::{Assignee, Incident, Step, Verb};
use domain::user::User;

use super::rules::is_fit;
use super::work::go;
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

/// What an incident leads to, as it was when it was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Links {
    /// It never changes, once the incident was reported; what was brought in may have none.
    building: Option<BuildingId>,
    assignee: Option<UserId>,
}

impl Links {
    /// Whoever is assigned matters to a reopening alone.
    fn of(incident: &Incident, verb: Verb) -> Self {
        let case = incident.case();
        let assignee = case.and_then(|case| case.assignee.as_ref());
        let assignee = assignee.filter(|_| verb == Verb::Reopen);
        Self {
            building: case.and_then(|case| case.place.building),
            assignee: assignee.and_then(Assignee::user),
        }
    }
}

/// Whether an incident is open after this step that was not before, or the other way round.
pub(super) fn is_on_docket(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Reopen | Verb::Close | Verb::Decline | Verb::Withdraw
    )
}

impl Commands {
    /// Goes a step after which the incident stands on the docket of its building, or no more. At a
    /// reopening an assignee who cannot act any more is dropped.
    pub(super) async fn settle_incident(
        &self,
        context: &Context,
        name: &'static str,
        id: IncidentId,
        step: &Step,
    ) -> Result<Done, CommandError> {
        let verb = step.verb();
        let attempt = |state: Arc<Incident>| async move {
            let looked = Links::of(&state, verb);
            let decide = |d: &mut Decision<'_>| {
                if Links::of(d.state::<Incident>(id)?, verb) != looked {
                    return Err(CommandError::Moved);
                }
                go(d, id, self.completed(d, step, looked.assignee)?)?;
                match (looked.building, verb) {
                    (None, _) => Ok(()),
                    (Some(building), Verb::Reopen) => enter_docket(d, building, id),
                    (Some(building), _) => leave_docket(d, building, id),
                }
            };
            let mut streams = vec![want::<Incident>(id)?];
            if let Some(building) = looked.building {
                streams.push(want::<Docket>(building)?);
            }
            if let Some(assignee) = looked.assignee {
                streams.push(want::<User>(assignee)?);
            }
            let answer_id = id.to_string();
            self.dispatch
                .command(context, name, answer_id, streams, &decide)
                .await
        };
        self.dispatch.as_looked_up(id, attempt).await
    }

    /// The step with what a reopening has to know.
    fn completed(
        &self,
        d: &Decision<'_>,
        step: &Step,
        assignee: Option<UserId>,
    ) -> Result<Step, CommandError> {
        let Step::Reopen { reason, .. } = step else {
            return Ok(step.clone());
        };
        Ok(Step::Reopen {
            window: self.settings.reopen_window,
            assignee_fit: assignee.map_or(Ok(false), |user| is_fit(d, user))?,
            reason: reason.clone(),
        })
    }
}

/// The incident is open.
pub(super) fn enter_docket(
    d: &mut Decision<'_>,
    building: BuildingId,
    incident: IncidentId,
) -> Result<(), CommandError> {
    let enter = DocketCommand::Enter(EnterDocket { incident });
    d.decide::<Docket>(building, &enter).map(drop)
}

/// The incident is open no more.
fn leave_docket(
    d: &mut Decision<'_>,
    building: BuildingId,
    incident: IncidentId,
) -> Result<(), CommandError> {
    let leave = DocketCommand::Leave(LeaveDocket { incident });
    d.decide::<Docket>(building, &leave).map(drop)
}
