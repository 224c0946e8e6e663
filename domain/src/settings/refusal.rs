//! Why the settings say no.

use crate::aggregate::{Refusal, RefusalKind};

/// Why the settings say no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsRefusal {
    /// A number that makes no sense.
    #[error("the value must be from {least} to {most}")]
    OutOfRange {
        /// The JSON pointer of the number.
        pointer: &'static str,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A sum below zero.
    #[error("a fee cannot be below zero")]
    Negative {
        /// The JSON pointer of the sum.
        pointer: &'static str,
    },
}

impl Refusal for SettingsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "out_of_range",
            Self::Negative { .. } => "price_negative",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::OutOfRange { pointer, .. } | Self::Negative { pointer } => Some(pointer),
        }
    }
}
