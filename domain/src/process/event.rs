//! What a process did.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A process began to look after something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessStarted {
    /// Which process, such as `booking_payment`.
    pub kind: String,
    /// What it looks after, by id.
    pub subject: Uuid,
    /// One id for all that follows from the same cause outside.
    pub correlation_id: Uuid,
}

/// A step was taken, together with the events it led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessStepTaken {
    /// Which step.
    pub step: String,
    /// What the next step has to know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The house said no to a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessStepRefused {
    /// Which step.
    pub step: String,
    /// The code of the refusal.
    pub code: String,
}

/// Something outside is about to be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessEffectIntended {
    /// What is asked, such as `refund`.
    pub effect: String,
    /// The idempotency key it is asked with, however often.
    pub key: String,
    /// What else is needed to ask, such as the payment method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How something outside answered, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectOutcome {
    /// It was done.
    Succeeded,
    /// It was not, and asking again does not help.
    Failed,
}

/// Something outside answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessEffectAnswered {
    /// What was asked.
    pub effect: String,
    /// The idempotency key it was asked with.
    pub key: String,
    /// Whether it was done.
    pub outcome: EffectOutcome,
    /// The other side's own reference, or its code for why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The process wants to be woken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessDeadlineSet {
    /// What for; another time under the same name replaces the first.
    pub name: String,
    /// When.
    pub due_at: DateTime<Utc>,
}

/// The process no longer wants to be woken for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessDeadlineCleared {
    /// What for.
    pub name: String,
}

/// The process has nothing left to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessEnded {
    /// With what, such as `confirmed` or `refunded`.
    pub outcome: String,
}

/// Someone told the process to try its refused step again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessRetried {
    /// Which user; absent for the operator at the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Uuid>,
}

events! {
    /// What a process did.
    pub enum ProcessEvent {
        /// It began.
        Started(ProcessStarted) = "process.started" v 1,
        /// A step was taken.
        StepTaken(ProcessStepTaken) = "process.step_taken" v 1,
        /// A step was refused.
        StepRefused(ProcessStepRefused) = "process.step_refused" v 1,
        /// Something outside is about to be asked.
        EffectIntended(ProcessEffectIntended) = "process.effect_intended" v 1,
        /// Something outside answered.
        EffectAnswered(ProcessEffectAnswered) = "process.effect_answered" v 1,
        /// It wants to be woken.
        DeadlineSet(ProcessDeadlineSet) = "process.deadline_set" v 1,
        /// It no longer wants to be woken.
        DeadlineCleared(ProcessDeadlineCleared) = "process.deadline_cleared" v 1,
        /// It has nothing left to do.
        Ended(ProcessEnded) = "process.ended" v 1,
        /// Someone told it to try again.
        Retried(ProcessRetried) = "process.retried" v 1,
    }
}
