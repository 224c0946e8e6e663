//! Commands on work orders. The piece takes note of each in the same append.

use chrono::{DateTime, Utc};
use domain::equipment::{DownKind, Equipment, EquipmentCommand, NoteEnd, NoteOrder, NoteWork};
use domain::id::{EquipmentId, UserId, WorkOrderId};
use domain::user::User;
use domain::work_order::{
    Act, ChangeWorkOrder, DoTask, OpenWorkOrder, Priority, SignWorkOrder, Task, UsePart, WorkKind,
    WorkOrder, WorkOrderCommand,
};
use domain::{Money, Personal};

use super::{Ask, piece};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{fresh, want};

/// What is asked of a new work order.
#[derive(Clone, Debug)]
pub struct NewWorkOrder {
    /// What is to be done, in one line.
    pub title: String,
    /// What is to be done, at length.
    pub description: Option<String>,
    /// What it is for.
    pub kind: WorkKind,
    /// How urgent it is.
    pub priority: Priority,
    /// Whether the piece is down while it is done.
    pub takes_down: bool,
    /// Whether it is done only once somebody has signed.
    pub needs_signature: bool,
    /// What it consists of.
    pub tasks: Vec<Task>,
    /// By when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// Who is to do it.
    pub assignee: Option<UserId>,
}

/// What becomes of a work order.
#[derive(Clone, Debug)]
pub enum OrderStep {
    /// Named fields change.
    Change(ChangeWorkOrder),
    /// The work begins, or goes on.
    Start,
    /// It is left for a while.
    Hold,
    /// It is done.
    Complete,
    /// It is called off.
    Cancel,
    /// It is asked for again.
    Reopen,
    /// A task is done, with an answer.
    Task(u16, Option<String>),
    /// Something is used.
    Part {
        /// What.
        name: String,
        /// How many.
        quantity: u32,
        /// What one costs.
        unit_cost: Money,
    },
    /// Somebody signs, under this name.
    Sign(String),
}

impl OrderStep {
    fn name(&self) -> &'static str {
        match self {
            Self::Change(_) => "work_order.change",
            Self::Start => "work_order.start",
            Self::Hold => "work_order.hold",
            Self::Complete => "work_order.complete",
            Self::Cancel => "work_order.cancel",
            Self::Reopen => "work_order.reopen",
            Self::Task(..) => "work_order.do_task",
            Self::Part { .. } => "work_order.use_part",
            Self::Sign(_) => "work_order.sign",
        }
    }

    fn command(&self, act: Act) -> WorkOrderCommand {
        let own = |text: &String| Personal::new(act.by, text.clone());
        match self {
            Self::Change(change) => WorkOrderCommand::Change(change.clone(), act),
            Self::Start => WorkOrderCommand::Start(act),
            Self::Hold => WorkOrderCommand::Hold(act),
            Self::Complete => WorkOrderCommand::Complete(act),
            Self::Cancel => WorkOrderCommand::Cancel(act),
            Self::Reopen => WorkOrderCommand::Reopen(act),
            Self::Task(task, answer) => WorkOrderCommand::DoTask(DoTask {
                task: *task,
                answer: answer.as_ref().map(own),
                act,
            }),
            Self::Part {
                name,
                quantity,
                unit_cost,
            } => WorkOrderCommand::UsePart(UsePart {
                name: name.clone(),
                quantity: *quantity,
                unit_cost: *unit_cost,
                act,
            }),
            Self::Sign(name) => WorkOrderCommand::Sign(SignWorkOrder {
                name: own(name),
                act,
            }),
        }
    }
}

impl Commands {
    /// Opens a work order for a piece.
    pub async fn open_work_order(
        &self,
        context: &Context,
        id: EquipmentId,
        order: WorkOrderId,
        new: NewWorkOrder,
    ) -> Result<Done, CommandError> {
        let by = context.user()?;
        let decide = |d: &mut Decision<'_>| {
            check_assignee(d, new.assignee)?;
            let building = piece(d, id)?.building;
            let NewWorkOrder {
                title,
                description,
                kind,
                priority,
                takes_down,
                needs_signature,
                tasks,
                due_at,
                assignee,
            } = new.clone();
            let open = OpenWorkOrder {
                building,
                equipment: id,
                title,
                description: description.map(|text| Personal::new(by, text)),
                kind,
                priority,
                takes_down,
                needs_signature,
                tasks,
                due_at,
                assignee,
                plan: None,
            };
            d.decide::<WorkOrder>(order, &WorkOrderCommand::Open(Box::new(open)))?;
            let note = NoteOrder { work_order: order };
            d.decide::<Equipment>(id, &EquipmentCommand::NoteOrder(note))
                .map(drop)
        };
        let mut streams = vec![fresh::<WorkOrder>(order)?, want::<Equipment>(id)?];
        streams.extend(new.assignee.map(want::<User>).transpose()?);
        let ask = Ask::work("work_order.open", order);
        self.on_equipment(context, id, ask, streams, &decide).await
    }

    /// Takes a step of a work order, as the user who asks.
    pub async fn step_work_order(
        &self,
        context: &Context,
        id: EquipmentId,
        order: WorkOrderId,
        step: &OrderStep,
    ) -> Result<Done, CommandError> {
        let by = context.user()?;
        let assignee = match step {
            OrderStep::Change(change) => change.assignee,
            _ => None,
        };
        let decide = |d: &mut Decision<'_>| {
            check_assignee(d, assignee)?;
            take(d, id, order, step, by)
        };
        let mut streams = vec![want::<WorkOrder>(order)?, want::<Equipment>(id)?];
        streams.extend(assignee.map(want::<User>).transpose()?);
        let ask = Ask::work(step.name(), order);
        self.on_equipment(context, id, ask, streams, &decide).await
    }
}

/// Work is given to a user who can do it: there, and neither suspended nor gone.
fn check_assignee(d: &Decision<'_>, assignee: Option<UserId>) -> Result<(), CommandError> {
    let Some(user) = assignee else { return Ok(()) };
    if matches!(d.state::<User>(user)?, User::Active(_)) {
        return Ok(());
    }
    let detail = "the assignee has to be an active user; name another";
    Err(CommandError::invalid("assignee_unfit", "/assignee", detail))
}

/// Takes the step, and lets the piece take note of it.
pub(crate) fn take(
    d: &mut Decision<'_>,
    id: EquipmentId,
    order: WorkOrderId,
    step: &OrderStep,
    by: UserId,
) -> Result<(), CommandError> {
    let at = d.context.at;
    let work = d.state::<WorkOrder>(order)?.work();
    let work = work.filter(|work| work.equipment == id);
    let work = work.ok_or_else(|| CommandError::unknown("work_order"))?;
    let takes_down = work.takes_down.then_some(match work.kind {
        WorkKind::Corrective => DownKind::Failure,
        WorkKind::Preventive => DownKind::Planned,
    });
    if !d.decide::<WorkOrder>(order, &step.command(Act { by, at }))? {
        return Ok(());
    }
    let note = match step {
        OrderStep::Complete | OrderStep::Cancel => EquipmentCommand::NoteEnd(NoteEnd {
            work_order: order,
            completed: matches!(step, OrderStep::Complete),
            at,
        }),
        OrderStep::Reopen => EquipmentCommand::NoteReopening(NoteOrder { work_order: order }),
        OrderStep::Start => EquipmentCommand::NoteWork(NoteWork {
            work_order: order,
            takes_down,
            at,
        }),
        _ => EquipmentCommand::NoteWork(NoteWork {
            work_order: order,
            takes_down: None,
            at,
        }),
    };
    d.decide::<Equipment>(id, &note).map(drop)
}
