//! The rules for a piece of equipment.

mod down;
mod meters;
mod orders;
mod plans;

use chrono::{DateTime, Utc};

use super::check;
use super::{
    ChangeEquipment, Equipment, EquipmentChanged, EquipmentCommand, EquipmentDeleted,
    EquipmentEvent, EquipmentMoved, EquipmentRefusal, EquipmentRegistered, MoveEquipment, Piece,
    RegisterEquipment,
};

type Decision = Result<Vec<EquipmentEvent>, EquipmentRefusal>;

impl Equipment {
    pub(super) fn decide_on(&self, command: &EquipmentCommand) -> Decision {
        let piece = match (self, command) {
            (Self::Absent, EquipmentCommand::Register(c)) => return register(c),
            (_, EquipmentCommand::Register(_)) => return Err(EquipmentRefusal::Exists),
            (Self::Deleted, EquipmentCommand::Delete) => return Ok(vec![]),
            (Self::Absent | Self::Deleted, _) => return Err(EquipmentRefusal::Unknown),
            (Self::Standing(piece), _) => piece,
        };
        match command {
            EquipmentCommand::Register(_) => Err(EquipmentRefusal::Exists),
            EquipmentCommand::Change(c) => piece.change_named(c),
            EquipmentCommand::Move(c) => Ok(piece.move_to(c)),
            EquipmentCommand::Delete => piece.delete(),
            EquipmentCommand::GoDown(c) => piece.report_down(c),
            EquipmentCommand::ComeUp(c) => piece.report_up(c),
            EquipmentCommand::NoteOrder(c) => piece.note_order(c),
            EquipmentCommand::NoteWork(c) => piece.note_work(c),
            EquipmentCommand::NoteEnd(c) => piece.note_end(c),
            EquipmentCommand::NoteReopening(c) => piece.note_reopening(c),
            EquipmentCommand::AddPlan(c) => piece.plan(c),
            EquipmentCommand::ChangePlan(c) => piece.replan(c),
            EquipmentCommand::RemovePlan(c) => piece.remove_plan(c),
            EquipmentCommand::FirePlan(c) => piece.fire_plan(c),
            EquipmentCommand::AddMeter(c) => piece.add_meter(c),
            EquipmentCommand::ReadMeter(c) => piece.read_meter(c),
            EquipmentCommand::ResetMeter(c) => piece.reset_meter(c),
            EquipmentCommand::RemoveMeter(c) => piece.remove_meter(c),
        }
    }
}

fn register(c: &RegisterEquipment) -> Decision {
    check::named("/name", Some(&c.name))?;
    check::category(&c.category)?;
    check::named("/model", c.model.as_ref())?;
    check::named("/serial", c.serial.as_ref())?;
    if c.status.is_down() {
        return Err(EquipmentRefusal::StatusIsDown);
    }
    let in_service_since = passed("/in_service_since", c.in_service_since, c.at)?;
    Ok(vec![EquipmentEvent::Registered(Box::new(
        EquipmentRegistered {
            building: c.building,
            owner: c.owner,
            lot: c.lot,
            parent: c.parent,
            name: c.name.clone(),
            category: c.category.clone(),
            model: c.model.clone(),
            serial: c.serial.clone(),
            status: c.status,
            in_service_since,
        },
    ))])
}

/// The time that was named, or now; never one that is still to come.
fn passed(
    pointer: &'static str,
    named: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, EquipmentRefusal> {
    match named {
        Some(named) if named > now => Err(EquipmentRefusal::InTheFuture(pointer)),
        Some(named) => Ok(named),
        None => Ok(now),
    }
}

impl Piece {
    fn change_named(&self, c: &ChangeEquipment) -> Decision {
        check::named("/name", c.name.as_ref())?;
        c.category.as_deref().map_or(Ok(()), check::category)?;
        check::named("/model", c.model.as_ref())?;
        check::named("/serial", c.serial.as_ref())?;
        if c.status.is_some_and(super::EquipmentStatus::is_down) {
            return Err(EquipmentRefusal::StatusIsDown);
        }
        if c.status.is_some() && self.down.is_some() {
            return Err(EquipmentRefusal::IsDown);
        }
        let other =
            |new: &Option<String>, old: Option<&String>| new.clone().filter(|new| Some(new) != old);
        let changed = EquipmentChanged {
            building: self.building,
            name: other(&c.name, Some(&self.name)),
            category: other(&c.category, Some(&self.category)),
            model: other(&c.model, self.model.as_ref()),
            serial: other(&c.serial, self.serial.as_ref()),
            status: c.status.filter(|status| *status != self.status),
        };
        let nothing = EquipmentChanged {
            building: self.building,
            name: None,
            category: None,
            model: None,
            serial: None,
            status: None,
        };
        if changed == nothing {
            return Ok(vec![]);
        }
        Ok(vec![EquipmentEvent::Changed(changed)])
    }

    fn move_to(&self, c: &MoveEquipment) -> Vec<EquipmentEvent> {
        if (c.parent, c.lot) == (self.parent, self.lot) {
            return vec![];
        }
        vec![EquipmentEvent::Moved(EquipmentMoved {
            building: self.building,
            parent: c.parent,
            lot: c.lot,
        })]
    }

    fn delete(&self) -> Decision {
        if !self.open_orders.is_empty() {
            return Err(EquipmentRefusal::HasOpenOrders(self.open_orders.len()));
        }
        Ok(vec![EquipmentEvent::Deleted(EquipmentDeleted {
            building: self.building,
        })])
    }
}
