//! The two clocks of an incident, read from the states that it was in.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Case, ClockKind, IncidentState, Mark, Stretch};
use crate::id::SlaPolicyId;
use crate::sla_policy::{Clock, Motion, Segment, Terms, read};

/// What is promised of one incident, copied so that it can be told what was promised when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Which service level.
    pub policy: SlaPolicyId,
    /// In which version of it.
    pub version: i64,
    /// What it says.
    pub terms: Terms,
}

/// Both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Until somebody takes it in charge.
    pub take_charge: Clock,
    /// Until it is resolved.
    pub resolve: Clock,
}

impl Clocks {
    /// One of them.
    pub fn of(&self, kind: ClockKind) -> &Clock {
        match kind {
            ClockKind::TakeCharge => &self.take_charge,
            ClockKind::Resolve => &self.resolve,
        }
    }
}

impl Mark {
    pub(super) fn escalated(clock: ClockKind) -> Self {
        match clock {
            ClockKind::TakeCharge => Self::TakeChargeEscalated,
            ClockKind::Resolve => Self::ResolveEscalated,
        }
    }

    pub(super) fn breached(clock: ClockKind) -> Self {
        match clock {
            ClockKind::TakeCharge => Self::TakeChargeBreached,
            ClockKind::Resolve => Self::ResolveBreached,
        }
    }
}

impl Case {
    /// What both clocks show at `now`, if anything is promised for its priority.
    pub fn clocks(&self, now: DateTime<Utc>) -> Option<Clocks> {
        let (take_charge, resolve) = self.service.as_ref()?.terms.target(self.priority)?;
        Some(Clocks {
            take_charge: self.clock(ClockKind::TakeCharge, take_charge, now)?,
            resolve: self.clock(ClockKind::Resolve, resolve, now)?,
        })
    }

    fn clock(&self, kind: ClockKind, target: TimeDelta, now: DateTime<Utc>) -> Option<Clock> {
        let calendar = &self.service.as_ref()?.terms.calendar;
        Some(read(
            calendar,
            target,
            &self.segments(kind),
            self.by_hand(kind),
            now,
        ))
    }

    /// Only when it has to be resolved can be set by hand.
    fn by_hand(&self, kind: ClockKind) -> Option<DateTime<Utc>> {
        self.due_by_hand.filter(|_| kind == ClockKind::Resolve)
    }

    fn segments(&self, kind: ClockKind) -> Vec<Segment> {
        let no_pauses = BTreeSet::new();
        let service = self.service.as_ref();
        let pauses = service.map_or(&no_pauses, |service| &service.terms.pauses);
        let mut taken = false;
        let motion = |stretch: &Stretch| {
            // Once it was taken in charge it stays so, whatever comes after.
            let charged = kind == ClockKind::TakeCharge;
            taken |= charged && stretch.state == IncidentState::InProgress;
            let motion = if taken || !stretch.state.is_waiting() {
                Motion::Stopped
            } else if pauses.contains(&stretch.state) {
                Motion::Paused
            } else {
                Motion::Running
            };
            Segment {
                motion,
                from: stretch.from,
                to: stretch.to,
            }
        };
        self.stretches.iter().map(motion).collect()
    }

    /// When a warning is due of the clock `kind`, as things stand at `now`.
    fn warning(&self, kind: ClockKind, clock: &Clock, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let percent = i32::from(self.service.as_ref()?.terms.escalate_at_percent);
        if let Some(deadline) = self.by_hand(kind) {
            let whole = (deadline - self.reported_at).max(TimeDelta::zero());
            return self.reported_at.checked_add_signed(whole / 100 * percent);
        }
        let target = clock.target / 100 * percent;
        self.clock(kind, target, now)?.due_at
    }

    /// What the time asks to be told at `now`, and when it will ask next, for the clock `kind`.
    pub(super) fn asks(&self, kind: ClockKind, now: DateTime<Utc>) -> Asks {
        let silent = Asks::default();
        let Some(clocks) = self.clocks(now) else {
            return silent;
        };
        let clock = clocks.of(kind);
        let (warned, told) = (
            self.marks.contains(&Mark::escalated(kind)),
            self.marks.contains(&Mark::breached(kind)),
        );
        let runs = clock.motion == Motion::Running;
        let warning = self
            .warning(kind, clock, now)
            .filter(|_| runs && !warned && !told && !clock.breached);
        Asks {
            warn: warning.is_some_and(|at| at <= now),
            tell: clock.breached && !told,
            next: [
                warning.filter(|at| *at > now),
                clock.due_at.filter(|at| runs && !told && *at > now),
            ]
            .into_iter()
            .flatten()
            .min(),
            due_at: clock.due_at,
        }
    }

    /// What was told of its clocks and is no longer so at `now`.
    pub(super) fn lifted(&self, now: DateTime<Utc>) -> BTreeSet<Mark> {
        let untold = Self {
            marks: BTreeSet::new(),
            ..self.clone()
        };
        let mut lifted = self.marks.clone();
        for kind in ClockKind::ALL {
            let asks = untold.asks(kind, now);
            if asks.tell {
                lifted.remove(&Mark::breached(kind));
            }
            if asks.tell || asks.warn {
                lifted.remove(&Mark::escalated(kind));
            }
        }
        lifted
    }

    /// When the time will next ask for something, as things stand at `now`.
    pub fn next_due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let clocks = ClockKind::ALL.map(|kind| self.asks(kind, now).next);
        let wait = self.deferred_until.filter(|until| *until > now);
        clocks.into_iter().chain([wait]).flatten().min()
    }
}

/// What the time asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asks {
    /// To warn.
    pub(super) warn: bool,
    /// To tell of a breach.
    pub(super) tell: bool,
    /// To look again, at this instant.
    pub(super) next: Option<DateTime<Utc>>,
    /// When the target is reached.
    pub(super) due_at: Option<DateTime<Utc>>,
}
