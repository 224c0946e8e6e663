//! How the events of a piece become rows.

use domain::equipment::{
    EquipmentCameUp, EquipmentChanged, EquipmentEvent, EquipmentMeterRead, EquipmentPlanAdded,
    EquipmentPlanChanged, EquipmentRegistered, EquipmentWentDown, Plan,
};
use uuid::Uuid;

use super::load::Tables;
use super::rows::{DowntimeRow, EquipmentRow, MeterRow, PlanRow, ReadingRow};
use crate::decoded::Decoded;
use crate::fold::{id, plain, word};
use crate::projector::ApplyError;

impl Tables {
    pub(super) fn fold(
        &mut self,
        event: &Decoded,
        what: &EquipmentEvent,
    ) -> Result<(), ApplyError> {
        let id = id(event)?;
        match what {
            EquipmentEvent::Registered(body) => {
                self.pieces.put(registered(id, event, body)?);
                self.place(id, event, body.parent.map(|parent| parent.0))?;
            }
            EquipmentEvent::Changed(body) => change(self.pieces.expect(&id)?, body)?,
            EquipmentEvent::Moved(body) => {
                self.pieces.expect(&id)?.lot = body.lot.map(|lot| lot.0);
                self.place(id, event, body.parent.map(|parent| parent.0))?;
            }
            EquipmentEvent::WentDown(body) => self.go_down(id, event, body)?,
            EquipmentEvent::CameUp(body) => self.come_up(id, body)?,
            EquipmentEvent::Deleted(_) => return self.delete(id, event),
            what => self.fold_plans(id, event, what)?,
        }
        let row = self.pieces.expect(&id)?;
        row.changed_at = event.recorded.occurred_at;
        row.version = event.recorded.version;
        Ok(())
    }

    fn go_down(
        &mut self,
        id: Uuid,
        event: &Decoded,
        body: &EquipmentWentDown,
    ) -> Result<(), ApplyError> {
        let number = event.recorded.version;
        let row = self.pieces.expect(&id)?;
        row.status = word(&body.status)?;
        row.down_since = Some(body.since);
        row.down_kind = Some(word(&body.kind)?);
        row.down_number = Some(number);
        self.downtimes.put(DowntimeRow {
            equipment: id,
            number,
            building: body.building.0,
            kind: word(&body.kind)?,
            status: word(&body.status)?,
            since: body.since,
            until: None,
            work_order: body.work_order.map(|order| order.0),
            reason: plain(body.reason.as_ref()),
        });
        Ok(())
    }

    fn come_up(&mut self, id: Uuid, body: &EquipmentCameUp) -> Result<(), ApplyError> {
        let row = self.pieces.expect(&id)?;
        row.status = word(&body.status)?;
        row.down_since = None;
        row.down_kind = None;
        if let Some(number) = row.down_number.take() {
            self.downtimes.expect(&(id, number))?.until = Some(body.until);
        }
        Ok(())
    }

    /// Its down times, readings and orders stay: they are history, and nobody is shown them.
    fn delete(&mut self, id: Uuid, event: &Decoded) -> Result<(), ApplyError> {
        let placement = self.pieces.expect(&id)?.placement_number;
        self.leave(id, placement, event)?;
        self.pieces.remove(&id);
        let from = (id, Uuid::nil());
        self.plans.remove_while(from.., |(of, _)| *of == id);
        self.meters.remove_while(from.., |(of, _)| *of == id);
        Ok(())
    }

    fn fold_plans(
        &mut self,
        id: Uuid,
        event: &Decoded,
        what: &EquipmentEvent,
    ) -> Result<(), ApplyError> {
        match what {
            EquipmentEvent::OrderTouched(body) => {
                // The plan may have been taken out since it asked.
                if self.plans.get(&(id, body.plan.0)).is_some() {
                    self.plans.expect(&(id, body.plan.0))?.untouched = 0;
                }
            }
            EquipmentEvent::OrderEnded(body) => {
                if let (Some(plan), Some(next)) = (body.plan, body.next_due_at) {
                    self.plans.expect(&(id, plan.0))?.next_due_at = Some(next);
                }
            }
            EquipmentEvent::PlanAdded(body) => self.plans.put(added(id, body)?),
            EquipmentEvent::PlanChanged(body) => {
                change_plan(self.plans.expect(&(id, body.plan_id.0))?, body)?;
            }
            EquipmentEvent::PlanRemoved(body) => self.plans.remove(&(id, body.plan_id.0)),
            EquipmentEvent::PlanFired(body) => {
                let row = self.plans.expect(&(id, body.plan_id.0))?;
                row.fired = body.occurrence;
                row.untouched = row.untouched.saturating_add(1);
                if body.due_at.is_some() {
                    row.next_due_at = body.next_due_at;
                }
            }
            EquipmentEvent::PlanSwitchedOff(body) => {
                self.plans.expect(&(id, body.plan_id.0))?.active = false;
            }
            what => self.fold_meters(id, event, what)?,
        }
        Ok(())
    }

    fn fold_meters(
        &mut self,
        id: Uuid,
        event: &Decoded,
        what: &EquipmentEvent,
    ) -> Result<(), ApplyError> {
        match what {
            EquipmentEvent::MeterAdded(body) => self.meters.put(MeterRow {
                equipment: id,
                id: body.meter_id.0,
                building: body.building.0,
                name: body.meter.name.clone(),
                unit: body.meter.unit.clone(),
                kind: word(&body.meter.kind)?,
                value_e3: None,
                before_e3: 0,
                read_at: None,
            }),
            EquipmentEvent::MeterRead(body) => self.read(id, event, body)?,
            EquipmentEvent::MeterReset(body) => {
                let row = self.meters.expect(&(id, body.meter_id.0))?;
                row.before_e3 = row
                    .before_e3
                    .saturating_add(body.final_e3)
                    .saturating_sub(body.start_e3);
                row.value_e3 = Some(body.start_e3);
                row.read_at = Some(body.reset_at);
            }
            EquipmentEvent::MeterRemoved(body) => self.meters.remove(&(id, body.meter_id.0)),
            _ => {}
        }
        Ok(())
    }

    fn read(
        &mut self,
        id: Uuid,
        event: &Decoded,
        body: &EquipmentMeterRead,
    ) -> Result<(), ApplyError> {
        let row = self.meters.expect(&(id, body.meter_id.0))?;
        row.value_e3 = Some(body.value_e3);
        row.read_at = Some(body.read_at);
        self.readings.put(ReadingRow {
            equipment: id,
            meter: body.meter_id.0,
            number: event.recorded.version,
            building: body.building.0,
            read_at: body.read_at,
            value_e3: body.value_e3,
            total_e3: body.total_e3,
        });
        Ok(())
    }
}

fn registered(
    id: Uuid,
    event: &Decoded,
    body: &EquipmentRegistered,
) -> Result<EquipmentRow, ApplyError> {
    let status = word(&body.status)?;
    Ok(EquipmentRow {
        id,
        building: body.building.0,
        owner: body.owner.0,
        lot: body.lot.map(|lot| lot.0),
        parent: body.parent.map(|parent| parent.0),
        name: body.name.clone(),
        category: body.category.clone(),
        model: body.model.clone(),
        serial: body.serial.clone(),
        effective_status: status.clone(),
        status,
        down_since: None,
        down_kind: None,
        down_number: None,
        placement_number: None,
        down_because: None,
        parts_down: 0,
        in_service_since: body.in_service_since,
        created_at: event.recorded.occurred_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}

fn change(row: &mut EquipmentRow, body: &EquipmentChanged) -> Result<(), ApplyError> {
    if let Some(name) = &body.name {
        row.name.clone_from(name);
    }
    if let Some(category) = &body.category {
        row.category.clone_from(category);
    }
    if let Some(status) = &body.status {
        row.status = word(status)?;
    }
    row.model = body.model.clone().or(row.model.take());
    row.serial = body.serial.clone().or(row.serial.take());
    Ok(())
}

fn added(id: Uuid, body: &EquipmentPlanAdded) -> Result<PlanRow, ApplyError> {
    let Plan {
        title,
        priority,
        takes_down,
        needs_signature,
        tasks,
        trigger,
    } = body.plan.clone();
    Ok(PlanRow {
        equipment: id,
        id: body.plan_id.0,
        building: body.building.0,
        title,
        priority: word(&priority)?,
        takes_down,
        needs_signature,
        tasks,
        trigger,
        active: true,
        next_due_at: body.next_due_at,
        first_e3: body.next_e3,
        fired: 0,
        untouched: 0,
    })
}

fn change_plan(row: &mut PlanRow, body: &EquipmentPlanChanged) -> Result<(), ApplyError> {
    let plan = body.plan.clone();
    if body.active && !row.active {
        row.untouched = 0;
    }
    row.title = plan.title;
    row.priority = word(&plan.priority)?;
    row.takes_down = plan.takes_down;
    row.needs_signature = plan.needs_signature;
    row.tasks = plan.tasks;
    row.trigger = plan.trigger;
    row.active = body.active;
    row.next_due_at = body.next_due_at;
    row.first_e3 = body.next_e3;
    Ok(())
}
