//! What work orders mean to the piece. The orders themselves have streams of their own.

use super::Decision;
use crate::equipment::{
    Basis, EquipmentEvent, EquipmentKeptDown, EquipmentLetGo, EquipmentOrderEnded,
    EquipmentOrderNoted, EquipmentOrderReopened, EquipmentOrderTouched, EquipmentRefusal, NoteEnd,
    NoteOrder, NoteWork, OPEN_ORDERS_MAX, Piece,
};
use crate::id::{PlanId, WorkOrderId};

impl Piece {
    pub(super) fn note_order(&self, c: &NoteOrder) -> Decision {
        if self.open_orders.contains_key(&c.work_order) {
            return Ok(vec![]);
        }
        self.has_room_for_orders()?;
        Ok(vec![EquipmentEvent::OrderNoted(EquipmentOrderNoted {
            building: self.building,
            work_order: c.work_order,
        })])
    }

    pub(super) fn has_room_for_orders(&self) -> Result<(), EquipmentRefusal> {
        if self.open_orders.len() >= OPEN_ORDERS_MAX {
            return Err(EquipmentRefusal::TooMany {
                what: "open work orders",
                max: OPEN_ORDERS_MAX,
            });
        }
        Ok(())
    }

    pub(super) fn note_work(&self, c: &NoteWork) -> Decision {
        let plan = self.plan_of(c.work_order)?;
        let mut events = self.touched(c.work_order, plan);
        let Some(kind) = c.takes_down else {
            return Ok(events);
        };
        match &self.down {
            None => events.push(self.down_for(c.work_order, kind, c.at)),
            Some(down) if down.kept_by.contains(&c.work_order) => {}
            Some(_) => events.push(EquipmentEvent::KeptDown(EquipmentKeptDown {
                building: self.building,
                work_order: c.work_order,
            })),
        }
        Ok(events)
    }

    pub(super) fn note_end(&self, c: &NoteEnd) -> Decision {
        let plan = self.plan_of(c.work_order)?;
        let mut events = self.touched(c.work_order, plan);
        events.push(EquipmentEvent::OrderEnded(EquipmentOrderEnded {
            building: self.building,
            work_order: c.work_order,
            completed: c.completed,
            plan,
            next_due_at: plan.and_then(|plan| self.due_after(plan, c)),
        }));
        events.extend(self.let_go(c));
        Ok(events)
    }

    pub(super) fn note_reopening(&self, c: &NoteOrder) -> Decision {
        if self.open_orders.contains_key(&c.work_order) {
            return Ok(vec![]);
        }
        self.has_room_for_orders()?;
        Ok(vec![EquipmentEvent::OrderReopened(
            EquipmentOrderReopened {
                building: self.building,
                work_order: c.work_order,
            },
        )])
    }

    /// The plan that asked for an open order, if one did.
    fn plan_of(&self, work_order: WorkOrderId) -> Result<Option<PlanId>, EquipmentRefusal> {
        let plan = self.open_orders.get(&work_order);
        plan.copied().ok_or(EquipmentRefusal::OrderUnknown)
    }

    fn touched(&self, work_order: WorkOrderId, plan: Option<PlanId>) -> Vec<EquipmentEvent> {
        let Some(plan) = plan else { return vec![] };
        if self.plans.get(&plan).is_none_or(|plan| plan.untouched == 0) {
            return vec![];
        }
        vec![EquipmentEvent::OrderTouched(EquipmentOrderTouched {
            building: self.building,
            work_order,
            plan,
        })]
    }

    /// When the plan asks next, if it counts from the end of this work.
    fn due_after(&self, plan: PlanId, c: &NoteEnd) -> Option<chrono::DateTime<chrono::Utc>> {
        let calendar = self.plans.get(&plan)?.plan.trigger.calendar()?;
        if calendar.basis == Basis::Scheduled {
            return None;
        }
        calendar.after_completion(c.at)
    }

    /// What the end of the work means to a piece that is down.
    ///
    /// It comes up with the last work that kept it down. Only work that was called off leaves a
    /// piece down that had gone down without it: nothing was mended.
    fn let_go(&self, c: &NoteEnd) -> Option<EquipmentEvent> {
        let down = self.down.as_ref()?;
        if !down.kept_by.contains(&c.work_order) {
            return None;
        }
        let others = down.kept_by.len() > 1;
        if others || (!c.completed && down.work_order.is_none()) {
            return Some(EquipmentEvent::LetGo(EquipmentLetGo {
                building: self.building,
                work_order: c.work_order,
            }));
        }
        self.up(c.at, None, Some(c.work_order))
    }
}
