//! Opens the work that the plans of a piece of equipment ask for by the calendar.
//!
//! The deadline is the next due time of any plan. What is asked for is moved on in the same append
//! as the order is opened, and the order's id follows from the plan and the occurrence, so that no
//! occurrence leads to two orders, however often or by whomever the process is driven.

use domain::equipment::{Equipment, Firing};
use domain::id::EquipmentId;
use domain::process::{ClearDeadline, Process, ProcessCommand, SetDeadline};
use domain::work_order::WorkOrder;

use super::{Cause, MAINTENANCE, Story, correlated};
use crate::Commands;
use crate::decision::Decision;
use crate::equipment::plans;
use crate::error::CommandError;
use crate::wanted::want;

/// The one deadline of the process.
const DEADLINE: &str = "next_due";
/// How many orders are opened before others get their turn; the deadline brings us back.
const ROUNDS_MAX: u32 = 100;

/// Opens all that is due at this moment, and sets the deadline of what is next.
pub(super) async fn drive(
    commands: &Commands,
    cause: Cause,
    equipment: EquipmentId,
) -> Result<(), CommandError> {
    let story = Story::new(MAINTENANCE, equipment.0);
    for _ in 0..ROUNDS_MAX {
        let (state, _) = commands.dispatch.peek::<Equipment>(equipment).await?;
        let due = state.standing().and_then(|piece| piece.due(cause.at));
        match round(commands, cause, &story, equipment, due).await {
            Err(CommandError::Moved) => commands.dispatch.forget::<Equipment>(equipment)?,
            Ok(()) if due.is_some() => {}
            answer => return answer,
        }
    }
    Ok(())
}

/// Opens the one order that is due, if one is.
async fn round(
    commands: &Commands,
    cause: Cause,
    story: &Story,
    equipment: EquipmentId,
    due: Option<Firing>,
) -> Result<(), CommandError> {
    let mut streams = vec![want::<Process>(&story.id)?, want::<Equipment>(equipment)?];
    if let Some(firing) = due {
        streams.push(want::<WorkOrder>(firing.work_order)?);
    }
    let decide = |d: &mut Decision<'_>| decide(d, story, equipment, due);
    let cause = correlated(commands, cause, &story.id).await?;
    let (context, id) = (cause.context(MAINTENANCE), story.id.clone());
    commands
        .dispatch
        .command(&context, "process.maintenance", id, streams, &decide)
        .await
        .map(drop)
}

fn decide(
    d: &mut Decision<'_>,
    story: &Story,
    equipment: EquipmentId,
    due: Option<Firing>,
) -> Result<(), CommandError> {
    if story.has_ended(d)? {
        return Ok(());
    }
    let started = d.state::<Process>(&story.id)?.run().is_some();
    let piece = d.state::<Equipment>(equipment)?.standing();
    let Some(piece) = piece else {
        return if started {
            story.end(d, "deleted")
        } else {
            Ok(())
        };
    };
    if piece.due(d.context.at) != due {
        return Err(CommandError::Moved);
    }
    if let Some(firing) = due {
        story.start(d)?;
        plans::fire(d, equipment, firing)?;
    }
    let next = d.state::<Equipment>(equipment)?.standing();
    let name = DEADLINE.to_owned();
    match next.and_then(domain::equipment::Piece::next_due_at) {
        Some(due_at) => {
            story.start(d)?;
            story.write(d, ProcessCommand::SetDeadline(SetDeadline { name, due_at }))
        }
        None if started || due.is_some() => {
            story.write(d, ProcessCommand::ClearDeadline(ClearDeadline { name }))
        }
        None => Ok(()),
    }
}
