//! When plans ask for work.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::equipment::{
    AddPlan, Basis, ChangePlan, EquipmentEvent, EquipmentPlanAdded, EquipmentPlanChanged,
    EquipmentPlanFired, EquipmentPlanRemoved, EquipmentPlanSwitchedOff, EquipmentRefusal, FirePlan,
    PLANS_MAX, Piece, Plan, PlanState, RemovePlan, Trigger, UNTOUCHED_MAX, check,
};
use crate::id::PlanId;

impl Piece {
    pub(super) fn plan(&self, c: &AddPlan) -> Decision {
        if self.plans.contains_key(&c.plan_id) {
            return Err(EquipmentRefusal::PlanExists);
        }
        if self.plans.len() >= PLANS_MAX {
            let (what, max) = ("plans", PLANS_MAX);
            return Err(EquipmentRefusal::TooMany { what, max });
        }
        check::plan(&c.plan, &self.meters)?;
        Ok(vec![EquipmentEvent::PlanAdded(Box::new(
            EquipmentPlanAdded {
                building: self.building,
                plan_id: c.plan_id,
                next_due_at: first_due(&c.plan, c.at),
                next_e3: self.first_threshold(&c.plan),
                plan: c.plan.clone(),
            },
        ))])
    }

    pub(super) fn replan(&self, c: &ChangePlan) -> Decision {
        let before = self.known_plan(c.plan_id)?;
        let plan = before.plan.clone().with(&c.change);
        check::plan(&plan, &self.meters)?;
        let active = c.change.active.unwrap_or(before.active);
        if plan == before.plan && active == before.active {
            return Ok(vec![]);
        }
        // Who changes the days or switches a plan on begins anew from now on.
        let anew = plan.trigger != before.plan.trigger || (active && !before.active);
        let (next_due_at, next_e3) = if anew {
            (first_due(&plan, c.at), self.first_threshold(&plan))
        } else {
            (before.next_due_at, before.next_e3)
        };
        Ok(vec![EquipmentEvent::PlanChanged(Box::new(
            EquipmentPlanChanged {
                building: self.building,
                plan_id: c.plan_id,
                plan,
                active,
                next_due_at,
                next_e3,
            },
        ))])
    }

    pub(super) fn remove_plan(&self, c: &RemovePlan) -> Decision {
        self.known_plan(c.plan_id)?;
        Ok(vec![EquipmentEvent::PlanRemoved(EquipmentPlanRemoved {
            building: self.building,
            plan_id: c.plan_id,
        })])
    }

    /// What was missed while nobody looked is asked for once.
    pub(super) fn fire_plan(&self, c: &FirePlan) -> Decision {
        let state = self.known_plan(c.plan_id)?;
        let calendar = state.plan.trigger.calendar();
        let (Some(due), Some(calendar), true) = (state.next_due_at, calendar, state.active) else {
            return Ok(vec![]);
        };
        if due > c.at {
            return Ok(vec![]);
        }
        let due_at = calendar.last_until(due, c.at);
        let next_due_at = match calendar.basis {
            Basis::Scheduled => calendar.first_after(c.at),
            // It waits for this work to be completed.
            Basis::Completed => None,
        };
        self.ask(c.plan_id, state, |fired| EquipmentPlanFired {
            due_at: Some(due_at),
            next_due_at,
            ..fired
        })
        .map(|event| vec![event])
    }

    /// The plan asks for work, unless nobody has touched what it asked for before.
    pub(super) fn ask(
        &self,
        plan_id: PlanId,
        state: &PlanState,
        with: impl Fn(EquipmentPlanFired) -> EquipmentPlanFired,
    ) -> Result<EquipmentEvent, EquipmentRefusal> {
        if state.untouched >= UNTOUCHED_MAX {
            return Ok(EquipmentEvent::PlanSwitchedOff(EquipmentPlanSwitchedOff {
                building: self.building,
                plan_id,
                untouched: state.untouched,
            }));
        }
        self.has_room_for_orders()?;
        Ok(EquipmentEvent::PlanFired(with(EquipmentPlanFired {
            building: self.building,
            plan_id,
            work_order: state.next_order(plan_id),
            occurrence: state.fired.saturating_add(1),
            due_at: None,
            total_e3: None,
            next_due_at: None,
        })))
    }

    fn known_plan(&self, id: PlanId) -> Result<&PlanState, EquipmentRefusal> {
        self.plans.get(&id).ok_or(EquipmentRefusal::PlanUnknown)
    }

    /// The first threshold of a plan that counts units: so many after what was counted so far.
    fn first_threshold(&self, plan: &Plan) -> Option<i64> {
        let Trigger::Every(every) = &plan.trigger else {
            return None;
        };
        let counted = self.meters.get(&every.meter)?.last_total().unwrap_or(0);
        Some(counted.saturating_add(every.every_e3))
    }
}

fn first_due(plan: &Plan, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    plan.trigger.calendar()?.first_after(at)
}
