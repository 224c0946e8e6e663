//! The rules for a service level.

use super::{
    Calendar, DAY_MINUTES, HOLIDAYS_MAX, OPENINGS_MAX, SetSlaPolicy, SlaPolicy, SlaPolicyCommand,
    SlaPolicyEvent, SlaPolicyRefusal, SlaPolicySet, Terms,
};

/// The longest target: a year of hours.
pub const TARGET_MINUTES_MAX: u32 = 366 * 24 * 60;

type Checked = Result<(), SlaPolicyRefusal>;

impl SlaPolicy {
    pub(super) fn decide_on(
        &self,
        command: &SlaPolicyCommand,
    ) -> Result<Vec<SlaPolicyEvent>, SlaPolicyRefusal> {
        let SlaPolicyCommand::Set(SetSlaPolicy { holds_for, terms }) = command;
        if self.holds_for.is_some_and(|before| before != *holds_for) {
            return Err(SlaPolicyRefusal::OfAnother);
        }
        check(terms)?;
        if self.terms.as_ref() == Some(terms) {
            return Ok(vec![]);
        }
        Ok(vec![SlaPolicyEvent::Set(SlaPolicySet {
            holds_for: *holds_for,
            terms: terms.clone(),
        })])
    }
}

fn check(terms: &Terms) -> Checked {
    hours(&terms.calendar)?;
    if terms.targets.is_empty() {
        return Err(SlaPolicyRefusal::NoTarget);
    }
    for target in terms.targets.values() {
        let fits = |minutes: u32| (1..=TARGET_MINUTES_MAX).contains(&minutes);
        if !fits(target.take_charge_minutes) || !fits(target.resolve_minutes) {
            return Err(SlaPolicyRefusal::TargetOutOfRange);
        }
    }
    if let Some(state) = terms.pauses.iter().find(|state| !state.is_waiting()) {
        return Err(SlaPolicyRefusal::NoPause(state.word()));
    }
    if !(1..=99).contains(&terms.escalate_at_percent) {
        return Err(SlaPolicyRefusal::PercentOutOfRange);
    }
    Ok(())
}

fn hours(calendar: &Calendar) -> Checked {
    if calendar.openings.is_empty() || calendar.openings.len() > OPENINGS_MAX {
        return Err(SlaPolicyRefusal::Openings(OPENINGS_MAX));
    }
    if calendar.holidays.len() > HOLIDAYS_MAX {
        return Err(SlaPolicyRefusal::Holidays(HOLIDAYS_MAX));
    }
    let mut openings = calendar.openings.clone();
    openings.sort_unstable();
    for opening in &openings {
        let is_day = (1..=7).contains(&opening.weekday);
        if !is_day || opening.from >= opening.until || opening.until > DAY_MINUTES {
            return Err(SlaPolicyRefusal::OpeningOutOfRange);
        }
    }
    let meet = |pair: &[super::Opening]| {
        pair[0].weekday == pair[1].weekday && pair[1].from < pair[0].until
    };
    if openings.windows(2).any(meet) {
        return Err(SlaPolicyRefusal::OpeningsMeet);
    }
    Ok(())
}
