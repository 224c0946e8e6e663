//! Why a command on a work order is refused.

use super::WorkStatus;
use crate::aggregate::{Refusal, RefusalKind};
use crate::money::MoneyError;
use crate::text::FieldFault;

/// Why a command on a work order is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkOrderRefusal {
    /// Never opened.
    #[error("there is no such work order; check the id")]
    Unknown,
    /// The id is in use.
    #[error("a work order with this id exists; open it under a new id")]
    Exists,
    /// The step does not lead on from where the order stands.
    #[error("the work order is {from}; it cannot become {to} from there")]
    Transition {
        /// Where it stands.
        from: WorkStatus,
        /// Where it was to go.
        to: WorkStatus,
    },
    /// It has ended.
    #[error("the work order is {0}; reopen it first")]
    Ended(WorkStatus),
    /// Nobody has signed.
    #[error("the work order needs a signature before it is complete; sign it first")]
    SignatureMissing,
    /// There is no task with this number.
    #[error("the work order has no task of this number; they are counted from 0")]
    TaskUnknown,
    /// The answer is none to this task.
    #[error("this is no answer to a task of this kind")]
    AnswerInvalid,
    /// One can choose only where there are choices.
    #[error("a task of the kind `multiple` has 2 to 20 choices, and no other has any")]
    Choices,
    /// More than the state should carry.
    #[error("a work order has at most {max} {what}; leave some out")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there can be.
        max: usize,
        /// Where they stand.
        pointer: &'static str,
    },
    /// Nothing, or more than anyone uses.
    #[error("a quantity is from 1 to 1,000,000")]
    QuantityOutOfRange,
    /// Nobody is paid for using a part.
    #[error("a cost is not below zero")]
    CostNegative,
    /// The costs do not add up.
    #[error("{0}; all costs of an order are in one currency")]
    Cost(#[from] MoneyError),
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for WorkOrderRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "work_order_unknown",
            Self::Exists => "work_order_exists",
            Self::Transition { .. } => "work_order_transition",
            Self::Ended(_) => "work_order_ended",
            Self::SignatureMissing => "signature_missing",
            Self::TaskUnknown => "task_unknown",
            Self::AnswerInvalid => "answer_invalid",
            Self::Choices => "choices",
            Self::TooMany { .. } => "too_many",
            Self::QuantityOutOfRange => "quantity_out_of_range",
            Self::CostNegative => "cost_negative",
            Self::Cost(MoneyError::CurrencyMismatch(..)) => "currency_mismatch",
            Self::Cost(_) => "cost_out_of_range",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Exists | Self::Transition { .. } | Self::Ended(_) | Self::SignatureMissing => {
                RefusalKind::Conflict
            }
            _ => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::TaskUnknown => Some("/task"),
            Self::AnswerInvalid => Some("/answer"),
            Self::Choices => Some("/tasks"),
            Self::TooMany { pointer, .. } => Some(pointer),
            Self::QuantityOutOfRange => Some("/quantity"),
            Self::CostNegative | Self::Cost(_) => Some("/unit_cost"),
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}
