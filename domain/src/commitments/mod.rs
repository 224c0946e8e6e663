//! What a user is still bound to: one stream for each, with the confirmed bookings that they made
//! and those of their listings, so that no account is closed at the moment at which one is
//! confirmed.
//!
//! A booking enters the streams of its guest and of its host in the append that confirms it, and
//! leaves them in the one that ends it; that of a guest who still has to pay, when it is paid.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::BookingId;

/// The most confirmed bookings that a user can have ahead.
pub const BOOKINGS_MAX: usize = 100_000;

/// What can be asked.
#[derive(Clone, Copy, Debug)]
pub enum CommitmentsCommand {
    /// A booking is confirmed.
    Enter(BookingId),
    /// A booking has come to its end.
    Leave(BookingId),
}

/// A booking is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentsEntered {
    /// Which.
    pub booking: BookingId,
}

/// A booking has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentsLeft {
    /// Which.
    pub booking: BookingId,
}

events! {
    /// What happened.
    pub enum CommitmentsEvent {
        /// A booking is confirmed.
        Entered(CommitmentsEntered) = "commitments.entered" v 1,
        /// A booking has come to its end.
        Left(CommitmentsLeft) = "commitments.left" v 1,
    }
}

/// What a user is still bound to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitments {
    /// The confirmed bookings.
    pub bookings: BTreeSet<BookingId>,
}

cqrs_aggregate!(Commitments);

/// Why a booking is not put among them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitmentsRefusal {
    /// More than the state should carry.
    #[error("there are {BOOKINGS_MAX} confirmed bookings ahead; complete those that are over")]
    Full,
}

impl Refusal for CommitmentsRefusal {
    fn code(&self) -> &'static str {
        "commitments_full"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

impl Aggregate for Commitments {
    const NOUN: &'static str = "commitments";
    const STATE_VERSION: u32 = 1;
    type Command = CommitmentsCommand;
    type Event = CommitmentsEvent;
    type Refusal = CommitmentsRefusal;

    fn decide(
        &self,
        command: &CommitmentsCommand,
    ) -> Result<Vec<CommitmentsEvent>, CommitmentsRefusal> {
        match *command {
            CommitmentsCommand::Enter(booking) => {
                if self.bookings.contains(&booking) {
                    return Ok(vec![]);
                }
                if self.bookings.len() >= BOOKINGS_MAX {
                    return Err(CommitmentsRefusal::Full);
                }
                Ok(vec![CommitmentsEvent::Entered(CommitmentsEntered {
                    booking,
                })])
            }
            CommitmentsCommand::Leave(booking) => {
                let is_there = self.bookings.contains(&booking);
                let left = || CommitmentsEvent::Left(CommitmentsLeft { booking });
                Ok(is_there.then(left).into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &CommitmentsEvent) {
        match event {
            CommitmentsEvent::Entered(entered) => self.bookings.insert(entered.booking),
            CommitmentsEvent::Left(left) => self.bookings.remove(&left.booking),
        };
    }
}
