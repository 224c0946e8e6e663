//! How the events of a work order become a row.

use chrono::{DateTime, Utc};
use domain::id::UserId;
use domain::work_order::{
    WorkOrderChanged, WorkOrderEvent, WorkOrderOpened, WorkOrderPartUsed, WorkOrderTaskDone,
};
use uuid::Uuid;

use super::rows::{PartLine, TaskLine, WorkOrderRow};
use crate::decoded::Decoded;
use crate::fold::{fits, id, plain, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn fold(
    orders: &mut Rows<WorkOrderRow>,
    event: &Decoded,
    what: &WorkOrderEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    if let WorkOrderEvent::Opened(body) = what {
        orders.put(opened(id, event, body)?);
        return Ok(());
    }
    let row = orders.expect(&id)?;
    match what {
        WorkOrderEvent::Opened(_) => {}
        WorkOrderEvent::Changed(body) => change(row, body)?,
        WorkOrderEvent::Started(body) => step(row, "in_progress", body.by, body.at),
        WorkOrderEvent::Held(body) => step(row, "on_hold", body.by, body.at),
        WorkOrderEvent::Completed(body) => {
            step(row, "complete", body.by, body.at);
            (row.completed_by, row.completed_at) = (Some(body.by.0), Some(body.at));
        }
        WorkOrderEvent::Cancelled(body) => step(row, "cancelled", body.by, body.at),
        WorkOrderEvent::Reopened(body) => {
            step(row, "open", body.by, body.at);
            (row.completed_by, row.completed_at) = (None, None);
            (row.signed_by, row.signed_at, row.signed_as) = (None, None, None);
        }
        WorkOrderEvent::TaskDone(body) => do_task(row, body),
        WorkOrderEvent::PartUsed(body) => use_part(row, body)?,
        WorkOrderEvent::Signed(body) => {
            reacted(row, body.by, body.at);
            (row.signed_by, row.signed_at) = (Some(body.by.0), Some(body.at));
            row.signed_as = Some(body.name.value.clone());
        }
    }
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    Ok(())
}

fn opened(id: Uuid, event: &Decoded, body: &WorkOrderOpened) -> Result<WorkOrderRow, ApplyError> {
    let task = |task: &domain::work_order::Task| TaskLine {
        task: task.clone(),
        answer: None,
        done_by: None,
        done_at: None,
    };
    Ok(WorkOrderRow {
        id,
        building: body.building.0,
        equipment: body.equipment.0,
        title: body.title.clone(),
        description: plain(body.description.as_ref()),
        kind: word(&body.kind)?,
        priority: word(&body.priority)?,
        status: "open".to_owned(),
        takes_down: body.takes_down,
        needs_signature: body.needs_signature,
        tasks: body.tasks.iter().map(task).collect(),
        parts: Vec::new(),
        cost: 0,
        currency: None,
        due_at: body.due_at,
        assignee: body.assignee.map(|user| user.0),
        plan: body.plan.map(|plan| plan.0),
        first_reaction_at: None,
        first_reaction_by: None,
        completed_at: None,
        completed_by: None,
        signed_at: None,
        signed_by: None,
        signed_as: None,
        created_at: event.recorded.occurred_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}

fn change(row: &mut WorkOrderRow, body: &WorkOrderChanged) -> Result<(), ApplyError> {
    reacted(row, body.by, body.at);
    if let Some(title) = &body.title {
        row.title.clone_from(title);
    }
    if let Some(priority) = &body.priority {
        row.priority = word(priority)?;
    }
    row.description = plain(body.description.as_ref()).or(row.description.take());
    row.due_at = body.due_at.or(row.due_at);
    row.assignee = body.assignee.map(|user| user.0).or(row.assignee);
    Ok(())
}

fn do_task(row: &mut WorkOrderRow, body: &WorkOrderTaskDone) {
    reacted(row, body.by, body.at);
    if let Some(line) = row.tasks.get_mut(usize::from(body.task)) {
        line.answer = plain(body.answer.as_ref());
        (line.done_by, line.done_at) = (Some(body.by.0), Some(body.at));
    }
}

fn use_part(row: &mut WorkOrderRow, body: &WorkOrderPartUsed) -> Result<(), ApplyError> {
    reacted(row, body.by, body.at);
    let currency = body.cost.currency.code().to_owned();
    row.cost = fits(row.cost.checked_add(body.cost.amount))?;
    row.currency = Some(currency.clone());
    row.parts.push(PartLine {
        name: body.name.clone(),
        quantity: body.quantity,
        unit_cost: body.unit_cost.amount,
        cost: body.cost.amount,
        currency,
        by: body.by.0,
        at: body.at,
    });
    Ok(())
}

fn step(row: &mut WorkOrderRow, to: &str, by: UserId, at: DateTime<Utc>) {
    reacted(row, by, at);
    to.clone_into(&mut row.status);
}

fn reacted(row: &mut WorkOrderRow, by: UserId, at: DateTime<Utc>) {
    row.first_reaction_at.get_or_insert(at);
    row.first_reaction_by.get_or_insert(by.0);
}
