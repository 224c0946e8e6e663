//! Commands on maintenance plans, and the orders that they ask for.

use chrono::{DateTime, Utc};
use domain::equipment::{
    AddPlan, ChangePlan, Equipment, EquipmentCommand, FirePlan, Firing, Plan, PlanChange,
    RemovePlan,
};
use domain::id::{EquipmentId, PlanId};
use domain::work_order::{OpenWorkOrder, WorkKind, WorkOrder, WorkOrderCommand};

use super::{Ask, piece};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;

impl Commands {
    /// Adds a plan to a piece.
    pub async fn add_plan(
        &self,
        context: &Context,
        id: EquipmentId,
        plan_id: PlanId,
        plan: Plan,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.add_plan", plan_id);
        let at = context.at;
        let command = EquipmentCommand::AddPlan(Box::new(AddPlan { plan_id, plan, at }));
        self.on_piece(context, id, ask, &command).await
    }

    /// Changes named fields of a plan.
    pub async fn change_plan(
        &self,
        context: &Context,
        id: EquipmentId,
        plan_id: PlanId,
        change: PlanChange,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.change_plan", plan_id);
        let at = context.at;
        let change = ChangePlan {
            plan_id,
            change,
            at,
        };
        let command = EquipmentCommand::ChangePlan(Box::new(change));
        self.on_piece(context, id, ask, &command).await
    }

    /// Takes a plan out.
    pub async fn remove_plan(
        &self,
        context: &Context,
        id: EquipmentId,
        plan_id: PlanId,
    ) -> Result<Done, CommandError> {
        let ask = Ask::change("equipment.remove_plan", plan_id);
        let command = EquipmentCommand::RemovePlan(RemovePlan { plan_id });
        self.on_piece(context, id, ask, &command).await
    }
}

/// Lets the plan ask by the calendar, and opens the order that it asks for.
pub(crate) fn fire(
    d: &mut Decision<'_>,
    id: EquipmentId,
    firing: Firing,
) -> Result<(), CommandError> {
    let at = d.context.at;
    let due_at = due_at(d, id, firing.plan)?;
    let plan_id = firing.plan;
    d.decide::<Equipment>(id, &EquipmentCommand::FirePlan(FirePlan { plan_id, at }))?;
    open_fired(d, id, firing, due_at)
}

/// When the work is due that a plan asks for now.
fn due_at(
    d: &Decision<'_>,
    id: EquipmentId,
    plan: PlanId,
) -> Result<Option<DateTime<Utc>>, CommandError> {
    let state = piece(d, id)?.plans.get(&plan);
    let due = state.and_then(|state| {
        let calendar = state.plan.trigger.calendar()?;
        Some(calendar.last_until(state.next_due_at?, d.context.at))
    });
    Ok(due)
}

/// Opens the order that a plan has asked for, if it has: it may have switched itself off instead.
pub(crate) fn open_fired(
    d: &mut Decision<'_>,
    id: EquipmentId,
    firing: Firing,
    due_at: Option<DateTime<Utc>>,
) -> Result<(), CommandError> {
    let piece = piece(d, id)?;
    let plan = piece.plans.get(&firing.plan);
    let plan = plan.filter(|_| piece.open_orders.contains_key(&firing.work_order));
    let Some(plan) = plan.map(|state| state.plan.clone()) else {
        return Ok(());
    };
    let open = OpenWorkOrder {
        building: piece.building,
        equipment: id,
        title: plan.title,
        description: None,
        kind: WorkKind::Preventive,
        priority: plan.priority,
        takes_down: plan.takes_down,
        needs_signature: plan.needs_signature,
        tasks: plan.tasks,
        due_at,
        assignee: None,
        plan: Some(firing.plan),
    };
    d.decide::<WorkOrder>(firing.work_order, &WorkOrderCommand::Open(Box::new(open)))
        .map(drop)
}
