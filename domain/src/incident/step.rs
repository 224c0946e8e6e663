//! A step of an incident along the table.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::check;
use super::decide::Decision;
use super::{
    Case, DETAILS_CHARS_MAX, IncidentClosed, IncidentCompleted, IncidentDeclined, IncidentDeferred,
    IncidentEvent, IncidentRefusal, IncidentReleased, IncidentReopened, IncidentResumed,
    IncidentStarted, IncidentWithdrawn, MOVES_MAX, MoveIncident, Step, transition,
};
use crate::personal::Personal;
use crate::text;

/// The longest wait.
pub const DEFERRAL_DAYS_MAX: i64 = 365;

impl Case {
    pub(super) fn go(&self, c: &MoveIncident) -> Decision {
        let (verb, at) = (c.step.verb(), c.at);
        if transition(verb, self.state()).is_none() {
            let (from, to) = (self.state().word(), verb.target().word());
            return Err(IncidentRefusal::Illegal { from, to });
        }
        if self.stretches.len() > MOVES_MAX {
            return Err(IncidentRefusal::TooManyMoves);
        }
        let event = match &c.step {
            Step::Start => IncidentEvent::Started(IncidentStarted { at }),
            Step::Release => IncidentEvent::Released(IncidentReleased { at }),
            Step::Defer { until, reason } => deferred(*until, reason.as_deref(), c.by, at)?,
            Step::Resume => IncidentEvent::Resumed(IncidentResumed { expired: false, at }),
            Step::Complete { resolution } => {
                text::lines("/resolution", resolution, DETAILS_CHARS_MAX)?;
                let resolution = Personal::new(c.by, resolution.clone());
                IncidentEvent::Completed(IncidentCompleted { resolution, at })
            }
            Step::Close => IncidentEvent::Closed(IncidentClosed { at }),
            Step::Reopen {
                window,
                assignee_fit,
                reason,
            } => self.reopened(*window, *assignee_fit, words(reason.as_deref(), c.by)?, at)?,
            Step::Decline { reason } => {
                check::reason(reason)?;
                let reason = Personal::new(c.by, reason.clone());
                IncidentEvent::Declined(IncidentDeclined { reason, at })
            }
            Step::Withdraw => IncidentEvent::Withdrawn(IncidentWithdrawn { at }),
        };
        Ok(vec![event])
    }

    fn reopened(
        &self,
        window: TimeDelta,
        assignee_fit: bool,
        reason: Option<Personal<String>>,
        at: DateTime<Utc>,
    ) -> Result<IncidentEvent, IncidentRefusal> {
        if at - self.since() > window {
            return Err(IncidentRefusal::ReopenTooLate(window.num_days()));
        }
        Ok(IncidentEvent::Reopened(IncidentReopened {
            assignee_dropped: self.assignee.is_some() && !assignee_fit,
            reason,
            at,
        }))
    }
}

fn deferred(
    until: Option<DateTime<Utc>>,
    reason: Option<&str>,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<IncidentEvent, IncidentRefusal> {
    if let Some(until) = until {
        if until <= at {
            return Err(IncidentRefusal::DeferralPast);
        }
        if until - at > TimeDelta::days(DEFERRAL_DAYS_MAX) {
            return Err(IncidentRefusal::DeferralTooLong(DEFERRAL_DAYS_MAX));
        }
    }
    let reason = words(reason, by)?;
    Ok(IncidentEvent::Deferred(IncidentDeferred {
        until,
        reason,
        at,
    }))
}

fn words(reason: Option<&str>, by: Uuid) -> Result<Option<Personal<String>>, IncidentRefusal> {
    let Some(reason) = reason else {
        return Ok(None);
    };
    check::reason(reason)?;
    Ok(Some(Personal::new(by, reason.to_owned())))
}
