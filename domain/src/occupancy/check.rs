//! What is asked of an occupant before he may enter an event.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Occupancy, OccupancyRefusal, Occupant, OccupantKind};
use crate::id::OccupantId;
use crate::text;

/// The whole of a lot, in millionths.
pub const PART_MAX: u32 = 1_000_000;
/// The most occupants in all the history of a lot.
pub const OCCUPANTS_MAX: usize = 1_000;
/// The longest name.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest e-mail address.
pub const EMAIL_CHARS_MAX: usize = 254;

type Checked = Result<(), OccupancyRefusal>;

/// What can be wrong with an occupant whoever else is there.
pub(super) fn alone(one: &Occupant) -> Checked {
    text::line("/name", &one.name.value, NAME_CHARS_MAX)?;
    if let Some(email) = &one.email {
        text::line("/email", &email.value, EMAIL_CHARS_MAX)?;
        let (name, host) = email.value.rsplit_once('@').unwrap_or_default();
        let is_address = !name.is_empty() && !host.is_empty();
        if !is_address || email.value.contains(char::is_whitespace) {
            return Err(OccupancyRefusal::EmailMalformed);
        }
    }
    if one
        .period
        .until
        .is_some_and(|until| until <= one.period.from)
    {
        return Err(OccupancyRefusal::PeriodEmpty);
    }
    match (one.kind, one.part) {
        (OccupantKind::Tenant, Some(_)) => return Err(OccupancyRefusal::PartOfTenant),
        (_, Some(0)) => return Err(OccupancyRefusal::PartOutOfRange),
        (_, Some(part)) if part > PART_MAX => return Err(OccupancyRefusal::PartOutOfRange),
        _ => {}
    }
    if one.kind == OccupantKind::Owner && one.exclusive {
        return Err(OccupancyRefusal::ExclusiveOwner);
    }
    Ok(())
}

impl Occupancy {
    /// What can be wrong with `one` beside the others, of whom `id` is himself.
    pub(super) fn beside(&self, id: OccupantId, one: &Occupant) -> Checked {
        let others = || {
            let others = self
                .occupants
                .iter()
                .filter(move |(other, _)| **other != id);
            others.filter(|(_, other)| other.period.overlaps(one.period))
        };
        if let Some((other, _)) = others().find(|(_, other)| is_same_person(other, one)) {
            return Err(OccupancyRefusal::PersonTwice(*other));
        }
        let is_alone = |of: &Occupant| of.kind == OccupantKind::Tenant && of.exclusive;
        if let Some((other, _)) = others().find(|(_, other)| is_alone(one) && is_alone(other)) {
            return Err(OccupancyRefusal::TenancyOverlaps(*other));
        }
        let owners: Vec<&Occupant> = others()
            .map(|(_, other)| other)
            .filter(|other| other.kind == OccupantKind::Owner)
            .collect();
        parts(one, &owners)
    }
}

/// Asks that the owners' parts are no more than the whole on any day of `one`. They only grow on
/// days on which one of them comes, so that no other day need be looked at.
fn parts(one: &Occupant, owners: &[&Occupant]) -> Checked {
    if one.kind == OccupantKind::Tenant {
        return Ok(());
    }
    let first_days = owners.iter().map(|owner| owner.period.from);
    let days: BTreeSet<NaiveDate> = first_days
        .chain([one.period.from])
        .filter(|day| one.period.contains(*day))
        .collect();
    for day in days {
        let there = owners.iter().filter(|owner| owner.period.contains(day));
        let sum: u64 = there
            .map(|owner| owner.part)
            .chain([one.part])
            .map(|part| u64::from(part.unwrap_or_default()))
            .sum();
        if sum > u64::from(PART_MAX) {
            return Err(OccupancyRefusal::PartsExceed { day, sum });
        }
    }
    Ok(())
}

/// One user or one mailbox is one person; where neither is known of both, one name is. An owner who
/// lives in his own lot is no tenant of it.
fn is_same_person(one: &Occupant, other: &Occupant) -> bool {
    match (one.user, other.user) {
        (Some(one), Some(other)) => return one == other,
        _ if one.name.subject == other.name.subject => return true,
        _ => {}
    }
    match (&one.email, &other.email) {
        (Some(one), Some(other)) => text::is_same(&one.value, &other.value),
        _ => text::is_same(&one.name.value, &other.name.value),
    }
}
