//! Commands that bring in equipment and what became of it elsewhere, at its own time. Each is named
//! by ids that follow from the row it comes from, and does nothing where the state shows that it
//! was done before.

use chrono::{DateTime, Utc};
use domain::RefusalKind;
use domain::building::Building;
use domain::equipment::{
    AddMeter, ComeUp, DownKind, Equipment, EquipmentCommand, EquipmentStatus, GoDown, Meter,
    MeterKind, NoteEnd, NoteOrder, ReadMeter, RegisterEquipment,
};
use domain::equipment_tree::EquipmentTree;
use domain::id::{EquipmentId, MeterId, WorkOrderId};
use domain::permission::Permission;
use domain::work_order::{Act, OpenWorkOrder, Priority, WorkKind, WorkOrder, WorkOrderCommand};

use super::{owner, piece, place};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

/// One event of an error of a machine, in thousandths.
const ONE_E3: i64 = 1_000;

impl Commands {
    /// Puts a piece into the books that was there before us.
    pub async fn import_equipment(
        &self,
        context: &Context,
        id: EquipmentId,
        register: &RegisterEquipment,
    ) -> Result<Done, CommandError> {
        let building = register.building;
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            if *d.state::<Equipment>(id)? != Equipment::Absent {
                return Ok(());
            }
            let owner = owner(d, building)?.ok_or_else(|| CommandError::unknown("building"))?;
            let register = RegisterEquipment {
                owner,
                ..register.clone()
            };
            d.decide::<Equipment>(id, &EquipmentCommand::Register(Box::new(register)))?;
            place(d, building, id, None)
        };
        let streams = vec![
            want::<Equipment>(id)?,
            want::<EquipmentTree>(building)?,
            want::<Building>(building)?,
        ];
        self.dispatch
            .command(
                context,
                "import.equipment",
                id.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Records that a component of a piece failed at the time of `context`: the piece was down at
    /// that moment, once for all components that failed then, and an order to replace it is open.
    pub async fn import_failure(
        &self,
        context: &Context,
        id: EquipmentId,
        order: WorkOrderId,
        component: &str,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            if d.state::<WorkOrder>(order)?.work().is_some() {
                return Ok(());
            }
            let at = d.context.at;
            if piece(d, id)?.last_up != Some(at) {
                fail(d, id, at)?;
            }
            let title = format!("Replace {component}, which has failed");
            open(d, id, order, WorkKind::Corrective, title)
        };
        self.on_imported_order(context, "import.failure", id, order, &decide)
            .await
    }

    /// Records that a component of a piece was replaced at the time of `context`: the order that
    /// its failure has opened is complete, or else it was replaced by plan.
    pub async fn import_replacement(
        &self,
        context: &Context,
        id: EquipmentId,
        order: WorkOrderId,
        component: &str,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            if d.state::<WorkOrder>(order)?.work().is_none() {
                let title = format!("Replace {component} by plan");
                open(d, id, order, WorkKind::Preventive, title)?;
            }
            let (by, at) = (piece(d, id)?.owner, d.context.at);
            let complete = WorkOrderCommand::Complete(Act { by, at });
            if !d.decide::<WorkOrder>(order, &complete)? {
                return Ok(());
            }
            let end = NoteEnd {
                work_order: order,
                completed: true,
                at,
            };
            d.decide::<Equipment>(id, &EquipmentCommand::NoteEnd(end))
                .map(drop)
        };
        self.on_imported_order(context, "import.replacement", id, order, &decide)
            .await
    }

    /// Records that a piece reported an error at the time of `context`, which did not stop it: one
    /// more on the meter of such errors. Those of one kind come in their order.
    pub async fn import_error(
        &self,
        context: &Context,
        id: EquipmentId,
        meter_id: MeterId,
        error: &str,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            count_error(d, id, meter_id, error)
        };
        let streams = vec![want::<Equipment>(id)?];
        self.dispatch
            .command(context, "import.error", id.to_string(), streams, &decide)
            .await
    }

    async fn on_imported_order(
        &self,
        context: &Context,
        name: &'static str,
        id: EquipmentId,
        order: WorkOrderId,
        decide: &crate::dispatch::Decide<'_>,
    ) -> Result<Done, CommandError> {
        let streams = vec![want::<WorkOrder>(order)?, want::<Equipment>(id)?];
        self.dispatch
            .command(context, name, order.to_string(), streams, decide)
            .await
    }
}

/// The piece fails and runs again at the same moment: how long it took, nobody has written down.
fn fail(d: &mut Decision<'_>, id: EquipmentId, at: DateTime<Utc>) -> Result<(), CommandError> {
    let down = GoDown {
        status: EquipmentStatus::Down,
        kind: DownKind::Failure,
        since: Some(at),
        reason: None,
        at,
    };
    d.decide::<Equipment>(id, &EquipmentCommand::GoDown(down))?;
    let up = ComeUp {
        until: Some(at),
        status: None,
        at,
    };
    d.decide::<Equipment>(id, &EquipmentCommand::ComeUp(up))
        .map(drop)
}

fn open(
    d: &mut Decision<'_>,
    id: EquipmentId,
    order: WorkOrderId,
    kind: WorkKind,
    title: String,
) -> Result<(), CommandError> {
    let open = OpenWorkOrder {
        building: piece(d, id)?.building,
        equipment: id,
        title,
        description: None,
        kind,
        priority: match kind {
            WorkKind::Corrective => Priority::High,
            WorkKind::Preventive => Priority::None,
        },
        takes_down: false,
        needs_signature: false,
        tasks: vec![],
        due_at: None,
        assignee: None,
        plan: None,
    };
    d.decide::<WorkOrder>(order, &WorkOrderCommand::Open(Box::new(open)))?;
    let note = NoteOrder { work_order: order };
    d.decide::<Equipment>(id, &EquipmentCommand::NoteOrder(note))
        .map(drop)
}

fn count_error(
    d: &mut Decision<'_>,
    id: EquipmentId,
    meter_id: MeterId,
    error: &str,
) -> Result<(), CommandError> {
    let at = d.context.at;
    let unit = "errors".to_owned();
    if !piece(d, id)?.meters.contains_key(&meter_id) {
        let meter = Meter {
            name: error.to_owned(),
            unit: unit.clone(),
            kind: MeterKind::Cumulative,
        };
        let add = AddMeter { meter_id, meter };
        d.decide::<Equipment>(id, &EquipmentCommand::AddMeter(add))?;
    }
    let known = piece(d, id)?.meters.get(&meter_id);
    let (before, read_at) = known.map_or((0, None), |m| (m.value_e3.unwrap_or(0), m.read_at));
    if read_at.is_some_and(|last| last >= at) {
        return Ok(());
    }
    let value_e3 = before + ONE_E3;
    if !piece(d, id)?.crossed(meter_id, value_e3).is_empty() {
        let detail = "a plan looks at this meter, which would ask for work in the past; \
             switch the plan off first";
        return Err(CommandError::refused(
            RefusalKind::Conflict,
            "meter_in_use",
            detail,
        ));
    }
    let read = ReadMeter {
        meter_id,
        value_e3,
        unit,
        read_at: Some(at),
        at,
    };
    d.decide::<Equipment>(id, &EquipmentCommand::ReadMeter(read))
        .map(drop)
}
