//! What can be asked of a lot's occupancy.

use chrono::NaiveDate;

use super::{OccupantKind, Period};
use crate::Personal;
use crate::id::{BuildingId, LotId, OccupantId, UserId};

/// Let somebody move in, or become an owner.
#[derive(Clone, Debug)]
pub struct MoveIn {
    /// The id of the occupant.
    pub occupant: OccupantId,
    /// The building.
    pub building: BuildingId,
    /// The lot.
    pub lot: LotId,
    /// Whether he owns or rents.
    pub kind: OccupantKind,
    /// Which user he is, if he is one.
    pub user: Option<UserId>,
    /// What he is called.
    pub name: Personal<String>,
    /// Where he is written to.
    pub email: Option<Personal<String>>,
    /// From when on, and until when, if that is known.
    pub period: Period,
    /// Which part of the lot an owner has, in millionths.
    pub part: Option<u32>,
    /// Whether a tenant has the lot to himself.
    pub exclusive: bool,
}

/// Say better what was said of an occupant; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct CorrectOccupant {
    /// What he is called.
    pub name: Option<String>,
    /// Where he is written to.
    pub email: Option<String>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The day after the last; `Some(None)` where he has not left.
    pub until: Option<Option<NaiveDate>>,
    /// Which part of the lot an owner has, in millionths.
    pub part: Option<u32>,
    /// Whether a tenant has the lot to himself.
    pub exclusive: Option<bool>,
}

/// What can be asked of a lot's occupancy.
#[derive(Clone, Debug)]
pub enum OccupancyCommand {
    /// Let somebody move in, or become an owner.
    MoveIn(Box<MoveIn>),
    /// Say better what was said of an occupant.
    Correct(OccupantId, Box<CorrectOccupant>),
    /// Let an occupant go: he is there no more from this day on.
    MoveOut(OccupantId, NaiveDate),
}
