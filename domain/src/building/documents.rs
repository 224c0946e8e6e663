//! The documents of a building: files that are attached to it.

use serde::{Deserialize, Serialize};

use super::{BuildingEvent, BuildingRefusal, Standing};
use crate::id::FileId;

/// The most documents of a building.
pub const DOCUMENTS_MAX: usize = 1_000;

/// A file is a document of the building.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingDocumentAdded {
    /// Which file.
    pub file: FileId,
}

/// A file is no document of the building any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingDocumentRemoved {
    /// Which file.
    pub file: FileId,
}

/// Make a file a document of the building.
#[derive(Clone, Copy, Debug)]
pub struct AddDocument {
    /// Which file.
    pub file: FileId,
}

/// Make a file no document of the building any more.
#[derive(Clone, Copy, Debug)]
pub struct RemoveDocument {
    /// Which file.
    pub file: FileId,
}

type Decision = Result<Vec<BuildingEvent>, BuildingRefusal>;

impl Standing {
    pub(super) fn add_document(&self, c: AddDocument) -> Decision {
        if self.documents.contains(&c.file) {
            return Ok(vec![]);
        }
        if self.documents.len() >= DOCUMENTS_MAX {
            return Err(BuildingRefusal::DocumentsFull);
        }
        let added = BuildingDocumentAdded { file: c.file };
        Ok(vec![BuildingEvent::DocumentAdded(added)])
    }

    pub(super) fn remove_document(&self, c: RemoveDocument) -> Decision {
        if !self.documents.contains(&c.file) {
            return Err(BuildingRefusal::DocumentUnknown);
        }
        let removed = BuildingDocumentRemoved { file: c.file };
        Ok(vec![BuildingEvent::DocumentRemoved(removed)])
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::building::{Building, BuildingCommand, RegisterBuilding};
    use crate::{Aggregate, Refusal};

    fn file(number: u128) -> FileId {
        FileId(Uuid::from_u128(number))
    }

    fn add(number: u128) -> BuildingCommand {
        BuildingCommand::AddDocument(AddDocument { file: file(number) })
    }

    fn remove(number: u128) -> BuildingCommand {
        BuildingCommand::RemoveDocument(RemoveDocument { file: file(number) })
    }

    fn registered() -> Building {
        let register = RegisterBuilding {
            owner: Uuid::from_u128(1).into(),
            name: "Casa".to_owned(),
            address: crate::building::Address {
                lines: vec!["12 Rua das Flores".to_owned()],
                city: "Lisboa".to_owned(),
                postal_code: None,
                country: "PT".to_owned(),
                point: None,
            },
            time_zone: None,
            sections: vec![],
            attributes: [].into(),
        };
        let register = BuildingCommand::Register(register);
        Building::fold(&Building::Absent.decide(&register).unwrap())
    }

    #[test]
    fn a_document_is_added_once_and_removed_once() {
        let mut building = registered();
        for event in building.decide(&add(1)).unwrap() {
            building.evolve(&event);
        }
        assert!(building.decide(&add(1)).unwrap().is_empty());
        assert_eq!(
            building.decide(&remove(2)).unwrap_err().code(),
            "document_unknown"
        );
        for event in building.decide(&remove(1)).unwrap() {
            building.evolve(&event);
        }
        assert_eq!(building, registered());
    }

    #[test]
    fn documents_have_an_end_and_keep_a_building_in_the_books() {
        let mut building = registered();
        for number in 0..DOCUMENTS_MAX as u128 {
            let added = BuildingDocumentAdded { file: file(number) };
            building.evolve(&BuildingEvent::DocumentAdded(added));
        }
        let refusal = building.decide(&add(DOCUMENTS_MAX as u128)).unwrap_err();
        assert_eq!(refusal.code(), "documents_full");
        let delete = BuildingCommand::Delete(crate::building::DeleteBuilding::default());
        let refusal = building.decide(&delete).unwrap_err();
        assert_eq!(refusal.code(), "building_has_documents");
    }
}
