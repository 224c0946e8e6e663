//! What is so of an import now.

use serde::{Deserialize, Serialize};

use super::{ImportCommand, ImportEvent, ImportReceived, ImportRefusal};
use crate::aggregate::Aggregate;

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// It was read; nothing has happened yet.
    Received,
    /// Its rows are being carried out.
    Committed,
    /// All its rows were carried out.
    Finished,
    /// None of its rows is carried out from now on.
    Cancelled,
}

/// An import, once its file was received.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// What was received, and how far it has come.
    pub file: Option<(ImportReceived, ImportStatus)>,
}

cqrs_aggregate!(Import);

impl Aggregate for Import {
    const NOUN: &'static str = "import";
    const STATE_VERSION: u32 = 1;
    type Command = ImportCommand;
    type Event = ImportEvent;
    type Refusal = ImportRefusal;

    fn decide(&self, command: &ImportCommand) -> Result<Vec<ImportEvent>, ImportRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &ImportEvent) {
        let status = match event {
            ImportEvent::Received(received) => {
                self.file = Some((received.clone(), ImportStatus::Received));
                return;
            }
            ImportEvent::Committed(_) => ImportStatus::Committed,
            ImportEvent::Finished(_) => ImportStatus::Finished,
            ImportEvent::Cancelled(_) => ImportStatus::Cancelled,
        };
        if let Some((_, now)) = &mut self.file {
            *now = status;
        }
    }
}
