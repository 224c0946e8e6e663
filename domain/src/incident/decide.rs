//! The rules for an incident.

use chrono::{DateTime, Utc};

use super::check;
use super::{
    AddAttachment, AssignIncident, COMMENTS_MAX, Case, ClockKind, CommentIncident,
    DETAILS_CHARS_MAX, FILES_MAX, Incident, IncidentAssigned, IncidentAttachmentAdded,
    IncidentAttachmentRemoved, IncidentCommand, IncidentCommented, IncidentEscalated,
    IncidentEvent, IncidentRefusal, IncidentReported, IncidentResumed, IncidentSlaBreached,
    IncidentSlaStated, IncidentState, RemoveAttachment, ReportIncident, StateSla, Visibility,
};
use crate::personal::Personal;
use crate::text;

pub(super) type Decision = Result<Vec<IncidentEvent>, IncidentRefusal>;

impl Incident {
    pub(super) fn decide_on(&self, command: &IncidentCommand) -> Decision {
        if let IncidentCommand::Report(c) = command {
            return self.report(c);
        }
        let case = self.case().ok_or(IncidentRefusal::Unknown)?;
        match command {
            IncidentCommand::Report(_) => Ok(vec![]),
            IncidentCommand::Change(c) => case.change_named(c),
            IncidentCommand::Assign(c) => case.assign(c),
            IncidentCommand::Move(c) => case.go(c),
            IncidentCommand::Comment(c) => case.comment(c),
            IncidentCommand::AddAttachment(c) => case.add_attachment(c),
            IncidentCommand::RemoveAttachment(c) => case.remove_attachment(c),
            IncidentCommand::SetService(c) => Ok(case.set_service(c)),
            IncidentCommand::KeepTime(c) => Ok(case.keep_time(c.at)),
            IncidentCommand::StateSla(c) => Ok(case.state_sla(c)),
        }
    }

    fn report(&self, c: &ReportIncident) -> Decision {
        if *self != Self::Absent {
            return Err(IncidentRefusal::Exists);
        }
        check::category(&c.category)?;
        check::title(&c.title)?;
        check::details(&c.details)?;
        check::contact(&c.contact)?;
        let subject = c.reporter.subject();
        let reported = IncidentReported {
            place: c.place.clone(),
            manager: c.manager,
            category: c.category.clone(),
            priority: c.priority,
            title: Personal::new(subject, c.title.trim().to_owned()),
            details: Personal::new(subject, c.details.trim().to_owned()),
            reporter: c.reporter,
            contact: c.contact.clone(),
            service: c.service.clone(),
            source: c.source.clone(),
            reported_at: c.at,
        };
        Ok(vec![IncidentEvent::Reported(Box::new(reported))])
    }
}

impl Case {
    /// Refuses what cannot be done to an incident that is over.
    pub(super) fn not_over(&self) -> Result<(), IncidentRefusal> {
        if self.state().is_terminal() {
            return Err(IncidentRefusal::Over(self.state().word()));
        }
        Ok(())
    }

    pub(super) fn waiting(&self) -> Result<(), IncidentRefusal> {
        self.not_over()?;
        if self.state() == IncidentState::Completed {
            return Err(IncidentRefusal::Completed);
        }
        Ok(())
    }

    fn assign(&self, c: &AssignIncident) -> Decision {
        self.waiting()?;
        if self.assignee == c.assignee {
            return Ok(vec![]);
        }
        let assignee = c.assignee.clone();
        Ok(vec![IncidentEvent::Assigned(IncidentAssigned { assignee })])
    }

    fn comment(&self, c: &CommentIncident) -> Decision {
        if c.visibility == Visibility::Internal && !c.staff {
            return Err(IncidentRefusal::CommentType);
        }
        if !c.staff {
            self.not_over()?;
        }
        text::lines("/text", &c.text, DETAILS_CHARS_MAX)?;
        if self.comments >= COMMENTS_MAX {
            return Err(IncidentRefusal::TooManyComments);
        }
        Ok(vec![IncidentEvent::Commented(IncidentCommented {
            comment: c.comment,
            by: c.by,
            text: Personal::new(c.by, c.text.clone()),
            visibility: c.visibility,
        })])
    }

    fn add_attachment(&self, c: &AddAttachment) -> Decision {
        if self.files.contains(&c.file) {
            return Ok(vec![]);
        }
        self.not_over()?;
        if self.files.len() >= FILES_MAX {
            return Err(IncidentRefusal::TooManyFiles);
        }
        let file = c.file;
        Ok(vec![IncidentEvent::AttachmentAdded(
            IncidentAttachmentAdded { file },
        )])
    }

    fn remove_attachment(&self, c: &RemoveAttachment) -> Decision {
        if !self.files.contains(&c.file) {
            return Err(IncidentRefusal::FileUnknown);
        }
        let file = c.file;
        Ok(vec![IncidentEvent::AttachmentRemoved(
            IncidentAttachmentRemoved { file },
        )])
    }

    fn state_sla(&self, c: &StateSla) -> Vec<IncidentEvent> {
        if self.stated_sla == Some(c.kept) {
            return vec![];
        }
        vec![IncidentEvent::SlaStated(IncidentSlaStated { kept: c.kept })]
    }

    fn keep_time(&self, at: DateTime<Utc>) -> Vec<IncidentEvent> {
        let mut case = self.clone();
        let mut events = Vec::new();
        if case.deferred_until.is_some_and(|until| until <= at) {
            let resumed = IncidentEvent::Resumed(IncidentResumed { expired: true, at });
            case.evolve(&resumed);
            events.push(resumed);
        }
        for clock in ClockKind::ALL {
            let asks = case.asks(clock, at);
            let due_at = asks.due_at;
            if asks.tell {
                events.push(IncidentEvent::SlaBreached(IncidentSlaBreached {
                    clock,
                    due_at,
                }));
            } else if asks.warn {
                events.push(IncidentEvent::Escalated(IncidentEscalated {
                    clock,
                    due_at,
                }));
            }
        }
        events
    }
}
