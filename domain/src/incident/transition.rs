//! The one table of what may follow what. Decisions, tests and the documents read this table.

use std::collections::{BTreeMap, VecDeque};

use super::IncidentState::{
    self, Closed, Completed, Declined, Deferred, InProgress, Open, Withdrawn,
};

/// What is done to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// Somebody takes it in charge.
    Start,
    /// Whoever is at it lets it go.
    Release,
    /// It is put off.
    Defer,
    /// The wait is over.
    Resume,
    /// It is done.
    Complete,
    /// It is over.
    Close,
    /// It was not done after all.
    Reopen,
    /// Nothing will be done.
    Decline,
    /// Its reporter takes it back.
    Withdraw,
}

/// Whose business a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Those who work on it.
    Staff,
    /// The one who reported it.
    Reporter,
    /// Either.
    Either,
}

/// A line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// What is done.
    pub verb: Verb,
    /// In which state that can be done.
    pub from: IncidentState,
    /// To which state it leads.
    pub to: IncidentState,
    /// Whose business it is.
    pub by: By,
}

const fn line(verb: Verb, from: IncidentState, to: IncidentState, by: By) -> Transition {
    Transition { verb, from, to, by }
}

/// All that may follow. What stands in no line is refused.
pub const TRANSITIONS: &[Transition] = &[
    line(Verb::Start, Open, InProgress, By::Staff),
    line(Verb::Defer, Open, Deferred, By::Staff),
    line(Verb::Decline, Open, Declined, By::Staff),
    line(Verb::Withdraw, Open, Withdrawn, By::Reporter),
    line(Verb::Release, InProgress, Open, By::Staff),
    line(Verb::Defer, InProgress, Deferred, By::Staff),
    line(Verb::Complete, InProgress, Completed, By::Staff),
    line(Verb::Decline, InProgress, Declined, By::Staff),
    line(Verb::Withdraw, InProgress, Withdrawn, By::Reporter),
    line(Verb::Resume, Deferred, Open, By::Staff),
    line(Verb::Decline, Deferred, Declined, By::Staff),
    line(Verb::Withdraw, Deferred, Withdrawn, By::Reporter),
    line(Verb::Close, Completed, Closed, By::Either),
    line(Verb::Reopen, Completed, Open, By::Either),
];

impl Verb {
    /// The word for it, which is the name of its route.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Release => "release",
            Self::Defer => "defer",
            Self::Resume => "resume",
            Self::Complete => "complete",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
        }
    }

    /// The state that it leads to, from wherever it may be done.
    pub fn target(self) -> IncidentState {
        let line = TRANSITIONS.iter().find(|line| line.verb == self);
        line.map_or(Open, |line| line.to)
    }

    /// Whose business it is, wherever it may be done.
    pub fn by(self) -> By {
        let line = TRANSITIONS.iter().find(|line| line.verb == self);
        line.map_or(By::Staff, |line| line.by)
    }
}

/// The line of the table, if there is one.
pub fn transition(verb: Verb, from: IncidentState) -> Option<&'static Transition> {
    TRANSITIONS
        .iter()
        .find(|line| line.verb == verb && line.from == from)
}

/// The shortest way along the table from one state to another, without what only the reporter may
/// do; `None` if there is none. Another system may have come from one to the other at once.
pub fn path(from: IncidentState, to: IncidentState) -> Option<Vec<Verb>> {
    let mut came: BTreeMap<IncidentState, Vec<Verb>> = BTreeMap::from([(from, vec![])]);
    let mut ahead = VecDeque::from([from]);
    while let Some(state) = ahead.pop_front() {
        let way = came.get(&state).cloned().unwrap_or_default();
        if state == to {
            return Some(way);
        }
        for line in TRANSITIONS {
            let is_new = line.from == state && !came.contains_key(&line.to);
            if is_new && line.by != By::Reporter {
                came.insert(line.to, [way.clone(), vec![line.verb]].concat());
                ahead.push_back(line.to);
            }
        }
    }
    None
}
