//! The rules for a roster.

use super::{
    JoinRoster, LeaveRoster, Roster, RosterCommand, RosterEvent, RosterJoined, RosterLeft,
    RosterRefusal,
};

/// The most users that can stand on a roster.
pub const USERS_MAX: usize = 1_000;

type Decision = Result<Vec<RosterEvent>, RosterRefusal>;

impl Roster {
    pub(super) fn decide_on(&self, command: &RosterCommand) -> Decision {
        match command {
            RosterCommand::Join(c) => self.join(c),
            RosterCommand::Leave(c) => self.leave(c),
        }
    }

    fn join(&self, c: &JoinRoster) -> Decision {
        if self.users.contains(&c.user) {
            return Ok(vec![]);
        }
        if self.users.len() >= USERS_MAX {
            return Err(RosterRefusal::Full(USERS_MAX));
        }
        Ok(vec![RosterEvent::Joined(RosterJoined { user: c.user })])
    }

    fn leave(&self, c: &LeaveRoster) -> Decision {
        if !self.users.contains(&c.user) {
            return Ok(vec![]);
        }
        if self.users.len() == 1 {
            return Err(RosterRefusal::LastAdmin);
        }
        Ok(vec![RosterEvent::Left(RosterLeft { user: c.user })])
    }
}
