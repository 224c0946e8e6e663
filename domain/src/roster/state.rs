//! What is so of a roster now.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{RosterCommand, RosterEvent, RosterRefusal};
use crate::aggregate::Aggregate;
use crate::id::UserId;

/// Who stands on a roster. It starts empty, and once someone joined it is never empty again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Everyone on it.
    pub users: BTreeSet<UserId>,
}

cqrs_aggregate!(Roster);

impl Aggregate for Roster {
    const NOUN: &'static str = "roster";
    const STATE_VERSION: u32 = 1;
    type Command = RosterCommand;
    type Event = RosterEvent;
    type Refusal = RosterRefusal;

    fn decide(&self, command: &RosterCommand) -> Result<Vec<RosterEvent>, RosterRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &RosterEvent) {
        match event {
            RosterEvent::Joined(joined) => self.users.insert(joined.user),
            RosterEvent::Left(left) => self.users.remove(&left.user),
        };
    }
}
