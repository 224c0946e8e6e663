//! The rules for a work order.

use super::{
    Act, ChangeWorkOrder, DoTask, LINE_CHARS_MAX, OpenWorkOrder, SignWorkOrder, TEXT_CHARS_MAX,
    UsePart, Work, WorkOrder, WorkOrderCancelled, WorkOrderChanged, WorkOrderCommand,
    WorkOrderCompleted, WorkOrderEvent, WorkOrderHeld, WorkOrderOpened, WorkOrderPartUsed,
    WorkOrderRefusal, WorkOrderReopened, WorkOrderSigned, WorkOrderStarted, WorkOrderTaskDone,
    WorkStatus, tasks,
};
use crate::money::Money;
use crate::text;

/// The most things that an order can take.
pub const COSTS_MAX: usize = 1_000;
/// The most pieces of one part.
pub const QUANTITY_MAX: u32 = 1_000_000;

type Decision = Result<Vec<WorkOrderEvent>, WorkOrderRefusal>;

impl WorkOrder {
    pub(super) fn decide_on(&self, command: &WorkOrderCommand) -> Decision {
        let work = match (self, command) {
            (Self::Absent, WorkOrderCommand::Open(c)) => return open(c),
            (Self::Known(_), WorkOrderCommand::Open(_)) => return Err(WorkOrderRefusal::Exists),
            (Self::Absent, _) => return Err(WorkOrderRefusal::Unknown),
            (Self::Known(work), _) => work,
        };
        match command {
            WorkOrderCommand::Open(_) => Err(WorkOrderRefusal::Exists),
            WorkOrderCommand::Change(c, act) => work.change_named(c, *act),
            WorkOrderCommand::Start(act) => work.go(WorkStatus::InProgress, *act),
            WorkOrderCommand::Hold(act) => work.go(WorkStatus::OnHold, *act),
            WorkOrderCommand::Complete(act) => work.go(WorkStatus::Complete, *act),
            WorkOrderCommand::Cancel(act) => work.go(WorkStatus::Cancelled, *act),
            WorkOrderCommand::Reopen(act) => work.go(WorkStatus::Open, *act),
            WorkOrderCommand::DoTask(c) => work.do_task(c),
            WorkOrderCommand::UsePart(c) => work.use_part(c),
            WorkOrderCommand::Sign(c) => work.sign(c),
        }
    }
}

fn open(c: &OpenWorkOrder) -> Decision {
    text::line("/title", &c.title, LINE_CHARS_MAX)?;
    if let Some(description) = &c.description {
        text::lines("/description", &description.value, TEXT_CHARS_MAX)?;
    }
    tasks(&c.tasks)?;
    Ok(vec![WorkOrderEvent::Opened(Box::new(WorkOrderOpened {
        building: c.building,
        equipment: c.equipment,
        title: c.title.clone(),
        description: c.description.clone(),
        kind: c.kind,
        priority: c.priority,
        takes_down: c.takes_down,
        needs_signature: c.needs_signature,
        tasks: c.tasks.clone(),
        due_at: c.due_at,
        assignee: c.assignee,
        plan: c.plan,
    }))])
}

/// Where an order may go from where it stands.
fn leads(from: WorkStatus, to: WorkStatus) -> bool {
    use WorkStatus::{Cancelled, Complete, InProgress, OnHold, Open};
    match to {
        InProgress => matches!(from, Open | OnHold),
        OnHold => matches!(from, Open | InProgress),
        Complete => matches!(from, Open | InProgress),
        Cancelled => from.is_open(),
        Open => matches!(from, Complete | Cancelled),
    }
}

impl Work {
    /// Asking for what is so already changes nothing.
    fn go(&self, to: WorkStatus, act: Act) -> Decision {
        let from = self.status;
        if from == to {
            return Ok(vec![]);
        }
        if !leads(from, to) {
            return Err(WorkOrderRefusal::Transition { from, to });
        }
        if to == WorkStatus::Complete && self.needs_signature && self.signed.is_none() {
            return Err(WorkOrderRefusal::SignatureMissing);
        }
        let (building, Act { by, at }) = (self.building, act);
        Ok(vec![match to {
            WorkStatus::InProgress => {
                WorkOrderEvent::Started(WorkOrderStarted { building, by, at })
            }
            WorkStatus::OnHold => WorkOrderEvent::Held(WorkOrderHeld { building, by, at }),
            WorkStatus::Complete => {
                WorkOrderEvent::Completed(WorkOrderCompleted { building, by, at })
            }
            WorkStatus::Cancelled => {
                WorkOrderEvent::Cancelled(WorkOrderCancelled { building, by, at })
            }
            WorkStatus::Open => WorkOrderEvent::Reopened(WorkOrderReopened { building, by, at }),
        }])
    }

    fn still_open(&self) -> Result<(), WorkOrderRefusal> {
        if self.status.is_open() {
            Ok(())
        } else {
            Err(WorkOrderRefusal::Ended(self.status))
        }
    }

    fn change_named(&self, c: &ChangeWorkOrder, act: Act) -> Decision {
        self.still_open()?;
        if let Some(title) = &c.title {
            text::line("/title", title, LINE_CHARS_MAX)?;
        }
        if let Some(description) = &c.description {
            text::lines("/description", &description.value, TEXT_CHARS_MAX)?;
        }
        let same = |other: &crate::Personal<String>| {
            self.description
                .as_ref()
                .is_some_and(|own| own.value == other.value)
        };
        let changed = WorkOrderChanged {
            building: self.building,
            by: act.by,
            at: act.at,
            title: c.title.clone().filter(|title| *title != self.title),
            description: c.description.clone().filter(|other| !same(other)),
            priority: c.priority.filter(|priority| *priority != self.priority),
            due_at: c.due_at.filter(|due| Some(*due) != self.due_at),
            assignee: c.assignee.filter(|user| Some(*user) != self.assignee),
        };
        let is_news = changed.title.is_some()
            || changed.description.is_some()
            || changed.priority.is_some()
            || changed.due_at.is_some()
            || changed.assignee.is_some();
        let news = is_news.then(|| WorkOrderEvent::Changed(Box::new(changed)));
        Ok(news.into_iter().collect())
    }

    fn do_task(&self, c: &DoTask) -> Decision {
        self.still_open()?;
        let task = self.tasks.get(usize::from(c.task));
        let task = task.ok_or(WorkOrderRefusal::TaskUnknown)?;
        if !task.takes(c.answer.as_ref().map(|answer| answer.value.as_str())) {
            return Err(WorkOrderRefusal::AnswerInvalid);
        }
        Ok(vec![WorkOrderEvent::TaskDone(WorkOrderTaskDone {
            building: self.building,
            by: c.act.by,
            at: c.act.at,
            task: c.task,
            answer: c.answer.clone(),
        })])
    }

    fn use_part(&self, c: &UsePart) -> Decision {
        self.still_open()?;
        text::line("/name", &c.name, LINE_CHARS_MAX)?;
        if usize::try_from(self.costs).is_ok_and(|costs| costs >= COSTS_MAX) {
            return Err(WorkOrderRefusal::TooMany {
                what: "parts",
                max: COSTS_MAX,
                pointer: "/name",
            });
        }
        if !(1..=QUANTITY_MAX).contains(&c.quantity) {
            return Err(WorkOrderRefusal::QuantityOutOfRange);
        }
        if c.unit_cost.amount < 0 {
            return Err(WorkOrderRefusal::CostNegative);
        }
        let cost = c.unit_cost.times(c.quantity.into())?;
        // The sum has to fit too, and be of one currency.
        self.cost.unwrap_or(Money::zero(cost.currency)).plus(cost)?;
        Ok(vec![WorkOrderEvent::PartUsed(WorkOrderPartUsed {
            building: self.building,
            by: c.act.by,
            at: c.act.at,
            name: c.name.clone(),
            quantity: c.quantity,
            unit_cost: c.unit_cost,
            cost,
        })])
    }

    fn sign(&self, c: &SignWorkOrder) -> Decision {
        self.still_open()?;
        text::line("/name", &c.name.value, LINE_CHARS_MAX)?;
        if self.signed.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![WorkOrderEvent::Signed(WorkOrderSigned {
            building: self.building,
            by: c.act.by,
            at: c.act.at,
            name: c.name.clone(),
        })])
    }
}
