//! How the state of a piece grows.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Down, EquipmentCameUp, EquipmentChanged, EquipmentEvent, EquipmentMeterRead,
    EquipmentMeterReset, EquipmentOrderEnded, EquipmentPlanAdded, EquipmentPlanChanged,
    EquipmentPlanFired, EquipmentRegistered, EquipmentWentDown, MeterState, Piece, PlanState,
    Trigger, threshold_after,
};

impl Piece {
    pub(super) fn new(body: &EquipmentRegistered) -> Self {
        Self {
            owner: body.owner,
            building: body.building,
            lot: body.lot,
            parent: body.parent,
            name: body.name.clone(),
            category: body.category.clone(),
            model: body.model.clone(),
            serial: body.serial.clone(),
            status: body.status,
            in_service_since: body.in_service_since,
            down: None,
            last_up: None,
            open_orders: BTreeMap::new(),
            plans: BTreeMap::new(),
            meters: BTreeMap::new(),
        }
    }

    pub(super) fn evolve(&mut self, event: &EquipmentEvent) {
        match event {
            EquipmentEvent::Registered(_) | EquipmentEvent::Deleted(_) => {}
            EquipmentEvent::Changed(body) => self.change(body),
            EquipmentEvent::Moved(body) => (self.parent, self.lot) = (body.parent, body.lot),
            EquipmentEvent::WentDown(body) => self.go_down(body),
            EquipmentEvent::KeptDown(body) => {
                if let Some(down) = &mut self.down {
                    down.kept_by.insert(body.work_order);
                }
            }
            EquipmentEvent::LetGo(body) => {
                if let Some(down) = &mut self.down {
                    down.kept_by.remove(&body.work_order);
                }
            }
            EquipmentEvent::CameUp(body) => self.come_up(body),
            EquipmentEvent::OrderNoted(body) => {
                self.open_orders.insert(body.work_order, None);
            }
            EquipmentEvent::OrderTouched(body) => {
                if let Some(plan) = self.plans.get_mut(&body.plan) {
                    plan.untouched = 0;
                }
            }
            EquipmentEvent::OrderEnded(body) => self.end_order(body),
            // A plan has asked for it once; what becomes of it now is nothing to the plan.
            EquipmentEvent::OrderReopened(body) => {
                self.open_orders.insert(body.work_order, None);
            }
            event => self.evolve_plans(event),
        }
    }

    fn evolve_plans(&mut self, event: &EquipmentEvent) {
        match event {
            EquipmentEvent::PlanAdded(body) => self.add_plan(body),
            EquipmentEvent::PlanChanged(body) => self.change_plan(body),
            EquipmentEvent::PlanRemoved(body) => {
                self.plans.remove(&body.plan_id);
            }
            EquipmentEvent::PlanFired(body) => self.fire(body),
            EquipmentEvent::PlanSwitchedOff(body) => {
                if let Some(plan) = self.plans.get_mut(&body.plan_id) {
                    plan.active = false;
                }
            }
            EquipmentEvent::MeterAdded(body) => {
                let state = MeterState {
                    meter: body.meter.clone(),
                    value_e3: None,
                    before_e3: 0,
                    read_at: None,
                };
                self.meters.insert(body.meter_id, state);
            }
            EquipmentEvent::MeterRead(body) => self.read(body),
            EquipmentEvent::MeterReset(body) => self.reset(body),
            EquipmentEvent::MeterRemoved(body) => {
                self.meters.remove(&body.meter_id);
            }
            _ => {}
        }
    }

    fn change(&mut self, body: &EquipmentChanged) {
        let EquipmentChanged {
            building: _,
            name,
            category,
            model,
            serial,
            status,
        } = body.clone();
        self.name = name.unwrap_or(std::mem::take(&mut self.name));
        self.category = category.unwrap_or(std::mem::take(&mut self.category));
        self.model = model.or(self.model.take());
        self.serial = serial.or(self.serial.take());
        self.status = status.unwrap_or(self.status);
    }

    fn go_down(&mut self, body: &EquipmentWentDown) {
        self.down = Some(Down {
            since: body.since,
            kind: body.kind,
            work_order: body.work_order,
            kept_by: body.work_order.into_iter().collect(),
            before: self.status,
        });
        self.status = body.status;
    }

    fn come_up(&mut self, body: &EquipmentCameUp) {
        self.down = None;
        self.last_up = Some(body.until);
        self.status = body.status;
    }

    fn end_order(&mut self, body: &EquipmentOrderEnded) {
        self.open_orders.remove(&body.work_order);
        let Some(plan) = body.plan.and_then(|plan| self.plans.get_mut(&plan)) else {
            return;
        };
        plan.open.remove(&body.work_order);
        if body.next_due_at.is_some() {
            plan.next_due_at = body.next_due_at;
        }
    }

    fn add_plan(&mut self, body: &EquipmentPlanAdded) {
        let state = PlanState {
            plan: body.plan.clone(),
            active: true,
            next_due_at: body.next_due_at,
            next_e3: body.next_e3,
            fired: 0,
            untouched: 0,
            open: BTreeSet::new(),
        };
        self.plans.insert(body.plan_id, state);
    }

    fn change_plan(&mut self, body: &EquipmentPlanChanged) {
        let Some(state) = self.plans.get_mut(&body.plan_id) else {
            return;
        };
        if body.active && !state.active {
            state.untouched = 0;
        }
        state.plan = body.plan.clone();
        state.active = body.active;
        state.next_due_at = body.next_due_at;
        state.next_e3 = body.next_e3;
    }

    fn fire(&mut self, body: &EquipmentPlanFired) {
        let Some(state) = self.plans.get_mut(&body.plan_id) else {
            return;
        };
        state.fired = body.occurrence;
        state.untouched = state.untouched.saturating_add(1);
        state.open.insert(body.work_order);
        if body.due_at.is_some() {
            state.next_due_at = body.next_due_at;
        }
        self.open_orders.insert(body.work_order, Some(body.plan_id));
    }

    fn read(&mut self, body: &EquipmentMeterRead) {
        let Some(meter) = self.meters.get_mut(&body.meter_id) else {
            return;
        };
        meter.value_e3 = Some(body.value_e3);
        meter.read_at = Some(body.read_at);
        // Whatever came of it, a threshold that was passed is passed.
        for plan in self.plans.values_mut() {
            let Trigger::Every(every) = &plan.plan.trigger else {
                continue;
            };
            if every.meter == body.meter_id {
                plan.next_e3 = plan
                    .next_e3
                    .map(|next| threshold_after(next, every.every_e3, body.total_e3));
            }
        }
    }

    fn reset(&mut self, body: &EquipmentMeterReset) {
        let Some(meter) = self.meters.get_mut(&body.meter_id) else {
            return;
        };
        meter.before_e3 = meter
            .before_e3
            .saturating_add(body.final_e3)
            .saturating_sub(body.start_e3);
        meter.value_e3 = Some(body.start_e3);
        meter.read_at = Some(body.reset_at);
    }
}
