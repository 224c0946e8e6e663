//! What may be changed about an incident, and what becomes of its clocks then.

use std::collections::BTreeSet;

use super::check;
use super::decide::Decision;
use super::{
    Case, ChangeIncident, Due, DueBy, IncidentChanged, IncidentEvent, IncidentRefusal,
    IncidentServiceSet, SetService,
};
use crate::personal::Personal;

impl Case {
    pub(super) fn change_named(&self, c: &ChangeIncident) -> Decision {
        self.waiting()?;
        if let Some(category) = &c.category {
            check::category(category)?;
        }
        if let Some(title) = &c.title {
            check::title(title)?;
        }
        if let Some(details) = &c.details {
            check::details(details)?;
        }
        // Only what differs is told, so that a change to the same values is none.
        let differs = |text: &Option<String>, before: &Personal<String>| {
            let text = text.as_ref().map(|text| text.trim().to_owned());
            text.filter(|text| *text != before.value)
                .map(|text| Personal::new(before.subject, text))
        };
        let mut changed = IncidentChanged {
            category: c.category.clone().filter(|word| *word != self.category),
            priority: c.priority.filter(|priority| *priority != self.priority),
            title: differs(&c.title, &self.title),
            details: differs(&c.details, &self.details),
            due: self.due(c)?,
            lifted: BTreeSet::new(),
        };
        if changed == IncidentChanged::default() {
            return Ok(vec![]);
        }
        let mut after = self.clone();
        after.evolve(&IncidentEvent::Changed(changed.clone()));
        changed.lifted = after.lifted(c.at);
        Ok(vec![IncidentEvent::Changed(changed)])
    }

    fn due(&self, c: &ChangeIncident) -> Result<Option<Due>, IncidentRefusal> {
        Ok(match c.due_by {
            Some(DueBy::Hand(due_at)) if self.due_by_hand != Some(due_at) => {
                if due_at <= c.at {
                    return Err(IncidentRefusal::DuePast);
                }
                Some(Due::Hand { due_at })
            }
            Some(DueBy::Policy) if self.due_by_hand.is_some() => Some(Due::Policy),
            _ => None,
        })
    }

    pub(super) fn set_service(&self, c: &SetService) -> Vec<IncidentEvent> {
        // What is done was done under what was promised then.
        if !self.state().is_waiting() || self.service == c.service {
            return vec![];
        }
        let mut set = IncidentServiceSet {
            service: c.service.clone(),
            lifted: BTreeSet::new(),
        };
        let mut after = self.clone();
        after.evolve(&IncidentEvent::ServiceSet(set.clone()));
        set.lifted = after.lifted(c.at);
        vec![IncidentEvent::ServiceSet(set)]
    }
}
