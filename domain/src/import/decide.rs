//! The rules for an import.

use super::{
    Import, ImportCancelled, ImportCommand, ImportCommitted, ImportEvent, ImportFinished,
    ImportRefusal, ImportStatus,
};

type Decision = Result<Vec<ImportEvent>, ImportRefusal>;

impl Import {
    pub(super) fn decide_on(&self, command: &ImportCommand) -> Decision {
        let status = self.file.as_ref().map(|(_, status)| *status);
        match (command, status) {
            // One file is one import, however often it is sent.
            (ImportCommand::Receive(received), None | Some(ImportStatus::Cancelled)) => {
                Ok(vec![ImportEvent::Received(received.clone())])
            }
            (ImportCommand::Receive(_), Some(_)) => Ok(vec![]),
            (_, None) => Err(ImportRefusal::Unknown),
            (ImportCommand::Commit, Some(ImportStatus::Received)) => {
                Ok(vec![ImportEvent::Committed(ImportCommitted {})])
            }
            (ImportCommand::Commit, Some(ImportStatus::Cancelled)) => Err(ImportRefusal::Cancelled),
            (ImportCommand::Finish { accepted, refused }, Some(ImportStatus::Committed)) => {
                let (accepted, refused) = (*accepted, *refused);
                let finished = ImportFinished { accepted, refused };
                Ok(vec![ImportEvent::Finished(finished)])
            }
            (ImportCommand::Cancel, Some(ImportStatus::Received | ImportStatus::Committed)) => {
                Ok(vec![ImportEvent::Cancelled(ImportCancelled {})])
            }
            (ImportCommand::Cancel, Some(ImportStatus::Finished)) => Err(ImportRefusal::Finished),
            (ImportCommand::Commit | ImportCommand::Cancel | ImportCommand::Finish { .. }, _) => {
                Ok(vec![])
            }
        }
    }
}
