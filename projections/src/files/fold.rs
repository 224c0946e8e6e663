//! How the events of a file become a row.

use domain::file::{FileDeclared, FileEvent, FileOwner};
use uuid::Uuid;

use super::FileRow;
use crate::decoded::Decoded;
use crate::fold::{id, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn file(
    rows: &mut Rows<FileRow>,
    event: &Decoded,
    what: &FileEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    if let FileEvent::Declared(body) = what {
        rows.put(declared(id, event, body)?);
        return Ok(());
    }
    let row = rows.expect(&id)?;
    match what {
        FileEvent::Declared(_) => {}
        FileEvent::Changed(body) => {
            if let Some(name) = &body.name {
                row.name.clone_from(&name.value);
            }
            if let Some(visibility) = &body.visibility {
                row.visibility = word(visibility)?;
            }
        }
        FileEvent::Attached(body) => attach(row, body.owner)?,
        FileEvent::Detached(body) => {
            (row.owner_kind, row.owner_id) = (None, None);
            row.loose_since = Some(body.detached_at);
        }
        FileEvent::Deleted(_) => {
            "deleted".clone_into(&mut row.status);
            row.loose_since = None;
        }
    }
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    Ok(())
}

fn attach(row: &mut FileRow, owner: FileOwner) -> Result<(), ApplyError> {
    let (noun, id) = owner.parts();
    row.owner_kind = Some(noun.to_owned());
    row.owner_id = Some(id);
    row.loose_since = None;
    if let Some(visibility) = owner.visibility() {
        row.visibility = word(&visibility)?;
    }
    Ok(())
}

fn declared(id: Uuid, event: &Decoded, body: &FileDeclared) -> Result<FileRow, ApplyError> {
    Ok(FileRow {
        id,
        uploader: body.uploader.0,
        name: body.name.value.clone(),
        purpose: word(&body.purpose)?,
        visibility: word(&body.visibility)?,
        content_type: body.content_type.as_str().to_owned(),
        bytes: body.bytes,
        sha256: body.sha256.clone(),
        width: body.pixels.map(|pixels| pixels.width),
        height: body.pixels.map(|pixels| pixels.height),
        owner_kind: None,
        owner_id: None,
        status: "kept".to_owned(),
        loose_since: Some(body.declared_at),
        created_at: event.recorded.occurred_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}
