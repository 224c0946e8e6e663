//! Commands on who owns and rents the lots of a building.

use chrono::NaiveDate;
use domain::building::{Building, BuildingRefusal};
use domain::id::{BuildingId, LotId, OccupantId};
use domain::occupancy::{CorrectOccupant, MoveIn, Occupancy, OccupancyCommand};
use domain::permission::Permission;
use domain::user::User;

use crate::Commands;
use crate::building::authorize;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Lets somebody move in, or become an owner. Answers the occupant's id.
    pub async fn move_in(&self, context: &Context, command: &MoveIn) -> Result<Done, CommandError> {
        let (building, lot, user) = (command.building, command.lot, command.user);
        let move_in = OccupancyCommand::MoveIn(Box::new(command.clone()));
        let decide = |d: &mut Decision<'_>| {
            authorize(d, building, Permission::BuildingChange)?;
            has_lot(d, building, lot)?;
            if let Some(user) = user
                && d.state::<User>(user)?.account().is_none()
            {
                let detail =
                    "there is no such user; leave `user` out for somebody who has no account";
                return Err(CommandError::invalid("user_unknown", "/user", detail));
            }
            d.decide::<Occupancy>(lot, &move_in).map(drop)
        };
        let mut streams = vec![want::<Occupancy>(lot)?, want::<Building>(building)?];
        streams.extend(user.map(want::<User>).transpose()?);
        let answer_id = command.occupant.to_string();
        self.dispatch
            .command(context, "occupancy.move_in", answer_id, streams, &decide)
            .await
    }

    /// Lets somebody move in whom a file names, unless he has; everything else as in
    /// [`Self::move_in`].
    pub async fn import_occupant(
        &self,
        context: &Context,
        command: &MoveIn,
    ) -> Result<Done, CommandError> {
        let (building, lot, occupant) = (command.building, command.lot, command.occupant);
        let move_in = OccupancyCommand::MoveIn(Box::new(command.clone()));
        let decide = |d: &mut Decision<'_>| {
            authorize(d, building, Permission::BuildingChange)?;
            if d.state::<Occupancy>(lot)?.occupants.contains_key(&occupant) {
                return Ok(());
            }
            has_lot(d, building, lot)?;
            d.decide::<Occupancy>(lot, &move_in).map(drop)
        };
        let streams = vec![want::<Occupancy>(lot)?, want::<Building>(building)?];
        let answer_id = occupant.to_string();
        self.dispatch
            .command(context, "import.occupant", answer_id, streams, &decide)
            .await
    }

    /// Says better what was said of an occupant.
    pub async fn correct_occupant(
        &self,
        context: &Context,
        at: (BuildingId, LotId),
        occupant: OccupantId,
        correction: CorrectOccupant,
    ) -> Result<Done, CommandError> {
        let command = OccupancyCommand::Correct(occupant, Box::new(correction));
        self.on_occupancy(context, "occupancy.correct", at, occupant, &command)
            .await
    }

    /// Lets an occupant go: he is there no more from the day `until` on.
    pub async fn move_out(
        &self,
        context: &Context,
        at: (BuildingId, LotId),
        occupant: OccupantId,
        until: NaiveDate,
    ) -> Result<Done, CommandError> {
        let command = OccupancyCommand::MoveOut(occupant, until);
        self.on_occupancy(context, "occupancy.move_out", at, occupant, &command)
            .await
    }

    async fn on_occupancy(
        &self,
        context: &Context,
        name: &'static str,
        (building, lot): (BuildingId, LotId),
        occupant: OccupantId,
        command: &OccupancyCommand,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, building, Permission::BuildingChange)?;
            // What is said of the past stays correctable when the lot is no more.
            if d.state::<Occupancy>(lot)?.building != Some(building) {
                return Err(CommandError::unknown("occupant"));
            }
            d.decide::<Occupancy>(lot, command).map(drop)
        };
        let streams = vec![want::<Occupancy>(lot)?, want::<Building>(building)?];
        let answer_id = occupant.to_string();
        self.dispatch
            .command(context, name, answer_id, streams, &decide)
            .await
    }
}

fn has_lot(d: &Decision<'_>, building: BuildingId, lot: LotId) -> Result<(), CommandError> {
    let standing = d.state::<Building>(building)?.standing();
    if standing.is_some_and(|standing| standing.lots.contains_key(&lot)) {
        Ok(())
    } else {
        Err(BuildingRefusal::LotUnknown.into())
    }
}
