//! What keeps a building in the books: its open incidents and the published listings that stand in
//! it. One stream for each building, so that nothing is reported or published in it at the moment
//! at which it is deleted.
//!
//! An incident enters it in the append that reports it, and leaves it in the one that closes,
//! declines or withdraws it. One that was reported before there were dockets enters when it is
//! reopened. A listing enters it when it is published, and leaves it when it is unpublished,
//! deleted or stands elsewhere.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{IncidentId, ListingId};

/// The most open incidents of a building.
pub const INCIDENTS_MAX: usize = 5_000;
/// The most published listings of a building.
pub const LISTINGS_MAX: usize = 5_000;

/// Put an incident on it.
#[derive(Clone, Copy, Debug)]
pub struct EnterDocket {
    /// Which.
    pub incident: IncidentId,
}

/// Take an incident off it.
#[derive(Clone, Copy, Debug)]
pub struct LeaveDocket {
    /// Which.
    pub incident: IncidentId,
}

/// What can be asked.
#[derive(Clone, Copy, Debug)]
pub enum DocketCommand {
    /// Put an incident on it.
    Enter(EnterDocket),
    /// Take an incident off it.
    Leave(LeaveDocket),
    /// Put a published listing on it.
    EnterListing(ListingId),
    /// Take a listing off it.
    LeaveListing(ListingId),
}

/// An incident is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocketEntered {
    /// Which.
    pub incident: IncidentId,
}

/// An incident is open no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocketLeft {
    /// Which.
    pub incident: IncidentId,
}

/// A listing is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocketListingEntered {
    /// Which.
    pub listing: ListingId,
}

/// A listing is published no more, or elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocketListingLeft {
    /// Which.
    pub listing: ListingId,
}

events! {
    /// What happened.
    pub enum DocketEvent {
        /// An incident is open.
        Entered(DocketEntered) = "docket.entered" v 1,
        /// An incident is open no more.
        Left(DocketLeft) = "docket.left" v 1,
        /// A listing is published.
        ListingEntered(DocketListingEntered) = "docket.listing_entered" v 1,
        /// A listing is published no more, or elsewhere.
        ListingLeft(DocketListingLeft) = "docket.listing_left" v 1,
    }
}

/// What keeps a building in the books.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docket {
    /// Its open incidents.
    pub incidents: BTreeSet<IncidentId>,
    /// The published listings that stand in it.
    pub listings: BTreeSet<ListingId>,
}

cqrs_aggregate!(Docket);

/// Why something is not put on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocketRefusal {
    /// More than the state should carry.
    #[error("the building has {INCIDENTS_MAX} open incidents; close or decline some first")]
    Full,
    /// More than the state should carry.
    #[error("the building has {LISTINGS_MAX} published listings; unpublish some first")]
    ListingsFull,
}

impl Refusal for DocketRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Full => "incidents_full",
            Self::ListingsFull => "listings_full",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

impl Aggregate for Docket {
    const NOUN: &'static str = "docket";
    const STATE_VERSION: u32 = 2;
    type Command = DocketCommand;
    type Event = DocketEvent;
    type Refusal = DocketRefusal;

    fn decide(&self, command: &DocketCommand) -> Result<Vec<DocketEvent>, DocketRefusal> {
        match *command {
            DocketCommand::Enter(EnterDocket { incident }) => {
                if self.incidents.contains(&incident) {
                    return Ok(vec![]);
                }
                if self.incidents.len() >= INCIDENTS_MAX {
                    return Err(DocketRefusal::Full);
                }
                Ok(vec![DocketEvent::Entered(DocketEntered { incident })])
            }
            DocketCommand::Leave(LeaveDocket { incident }) => {
                let is_there = self.incidents.contains(&incident);
                let left = || DocketEvent::Left(DocketLeft { incident });
                Ok(is_there.then(left).into_iter().collect())
            }
            DocketCommand::EnterListing(listing) => {
                if self.listings.contains(&listing) {
                    return Ok(vec![]);
                }
                if self.listings.len() >= LISTINGS_MAX {
                    return Err(DocketRefusal::ListingsFull);
                }
                let entered = DocketListingEntered { listing };
                Ok(vec![DocketEvent::ListingEntered(entered)])
            }
            DocketCommand::LeaveListing(listing) => {
                let is_there = self.listings.contains(&listing);
                let left = || DocketEvent::ListingLeft(DocketListingLeft { listing });
                Ok(is_there.then(left).into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &DocketEvent) {
        match event {
            DocketEvent::Entered(entered) => self.incidents.insert(entered.incident),
            DocketEvent::Left(left) => self.incidents.remove(&left.incident),
            DocketEvent::ListingEntered(entered) => self.listings.insert(entered.listing),
            DocketEvent::ListingLeft(left) => self.listings.remove(&left.listing),
        };
    }
}
