//! What can be asked of a process.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::EffectOutcome;

/// Begin to look after something.
#[derive(Clone, Debug)]
pub struct StartProcess {
    /// Which process, such as `booking_payment`.
    pub kind: String,
    /// What it looks after, by id.
    pub subject: Uuid,
    /// One id for all that follows from the same cause outside.
    pub correlation_id: Uuid,
}

/// Tell that a step was taken, in the append that takes it.
#[derive(Clone, Debug)]
pub struct TakeStep {
    /// Which step.
    pub step: String,
    /// What the next step has to know of it.
    pub detail: Option<String>,
}

/// Tell that the house said no to a step.
#[derive(Clone, Debug)]
pub struct RefuseStep {
    /// Which step.
    pub step: String,
    /// The code of the refusal.
    pub code: String,
}

/// Tell that something outside is about to be asked.
#[derive(Clone, Debug)]
pub struct IntendEffect {
    /// What is asked, such as `refund`.
    pub effect: String,
    /// The idempotency key to ask it with, however often.
    pub key: String,
    /// What else is needed to ask, such as the payment method.
    pub detail: Option<String>,
}

/// Tell what something outside answered, for good.
#[derive(Clone, Debug)]
pub struct AnswerEffect {
    /// What was asked.
    pub effect: String,
    /// The idempotency key it was asked with.
    pub key: String,
    /// Whether it was done.
    pub outcome: EffectOutcome,
    /// The other side's own reference, or its code for why not.
    pub detail: Option<String>,
}

/// Ask to be woken.
#[derive(Clone, Debug)]
pub struct SetDeadline {
    /// What for; another time under the same name replaces the first.
    pub name: String,
    /// When.
    pub due_at: DateTime<Utc>,
}

/// Ask no longer to be woken.
#[derive(Clone, Debug)]
pub struct ClearDeadline {
    /// What for.
    pub name: String,
}

/// Say that nothing is left to do.
#[derive(Clone, Debug)]
pub struct EndProcess {
    /// With what, such as `confirmed` or `refunded`.
    pub outcome: String,
}

/// Tell the process to try its refused step again.
#[derive(Clone, Debug)]
pub struct RetryProcess {
    /// Which user asks; absent for the operator at the command line.
    pub by: Option<Uuid>,
}

/// What can be asked of a process.
#[derive(Clone, Debug)]
pub enum ProcessCommand {
    /// Begin.
    Start(StartProcess),
    /// Tell that a step was taken.
    TakeStep(TakeStep),
    /// Tell that a step was refused.
    RefuseStep(RefuseStep),
    /// Tell that something outside is about to be asked.
    IntendEffect(IntendEffect),
    /// Tell what something outside answered.
    AnswerEffect(AnswerEffect),
    /// Ask to be woken.
    SetDeadline(SetDeadline),
    /// Ask no longer to be woken.
    ClearDeadline(ClearDeadline),
    /// Say that nothing is left to do.
    End(EndProcess),
    /// Tell it to try again.
    Retry(RetryProcess),
}
