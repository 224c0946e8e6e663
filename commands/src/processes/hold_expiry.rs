//! Lets a hold go that was neither accepted nor paid in time.

use domain::booking::{Booking, BookingCommand, ExpireBooking, Status};
use domain::id::BookingId;
use domain::process::{Process, ProcessCommand, SetDeadline};

use super::{Cause, HOLD_EXPIRY, Story, correlated};
use crate::Commands;
use crate::booking::rules::{release_of, reservation};
use crate::decision::Decision;
use crate::error::CommandError;
use crate::wanted::want;

/// The one deadline of the process.
const DEADLINE: &str = "hold";

/// Goes as far as it can at this moment: sets the deadline, moves it, lets the hold go, or ends.
pub(super) async fn drive(
    commands: &Commands,
    cause: Cause,
    booking: BookingId,
) -> Result<(), CommandError> {
    let story = Story::new(HOLD_EXPIRY, booking.0);
    let mut streams = vec![want::<Process>(&story.id)?];
    streams.extend(commands.booking_streams(booking).await?);
    let decide = |d: &mut Decision<'_>| decide(d, &story, booking);
    let context = correlated(commands, cause, &story.id)
        .await?
        .context(HOLD_EXPIRY);
    commands
        .dispatch
        .command(
            &context,
            "process.hold_expiry",
            story.id.clone(),
            streams,
            &decide,
        )
        .await
        .map(drop)
}

fn decide(d: &mut Decision<'_>, story: &Story, booking: BookingId) -> Result<(), CommandError> {
    if story.has_ended(d)? {
        return Ok(());
    }
    let (status, deadline) = {
        let made = reservation(d, booking)?;
        (made.status.clone(), made.deadline())
    };
    let started = d.state::<Process>(&story.id)?.run().is_some();
    match (status, deadline) {
        (Status::Pending { .. }, Some(deadline)) if deadline <= d.context.at => {
            story.start(d)?;
            expire(d, story, booking)
        }
        (Status::Pending { .. }, Some(due_at)) => {
            story.start(d)?;
            let name = DEADLINE.to_owned();
            story.write(d, ProcessCommand::SetDeadline(SetDeadline { name, due_at }))
        }
        (Status::Pending { .. }, None) => Ok(()),
        // What never waited for anything needs no process.
        _ if !started => Ok(()),
        (status, _) => story.end(d, status.word()),
    }
}

fn expire(d: &mut Decision<'_>, story: &Story, booking: BookingId) -> Result<(), CommandError> {
    let release = release_of(d, booking)?;
    let expire = BookingCommand::Expire(ExpireBooking { at: d.context.at });
    d.decide::<Booking>(booking, &expire)?;
    release.decide(d)?;
    story.step(d, "expire")?;
    story.end(d, "expired")
}
