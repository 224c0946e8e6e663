//! The rules for a file.

use super::{
    AttachFile, ChangeFile, DeclareFile, DeletedBecause, DetachFile, ExpireFile, File,
    FileAttached, FileChanged, FileCommand, FileDeclared, FileDeleted, FileDetached, FileEvent,
    FileRefusal, Known, Pixels,
};
use crate::personal::Personal;
use crate::text;

/// The largest file, 10 MB.
pub const FILE_BYTES_MAX: u64 = 10_000_000;
/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 120;
/// The most pixels of a picture, 50 million.
pub const PIXELS_MAX: u64 = 50_000_000;
const DIGEST_DIGITS: usize = 64;

type Decision = Result<Vec<FileEvent>, FileRefusal>;

impl File {
    pub(super) fn decide_on(&self, command: &FileCommand) -> Decision {
        match command {
            FileCommand::Declare(c) => self.declare(c),
            FileCommand::Change(c) => self.in_store()?.change(c),
            FileCommand::Attach(c) => self.in_store()?.attach(*c),
            FileCommand::Detach(c) => self.in_store()?.detach(*c),
            FileCommand::Delete(_) => self.delete(),
            FileCommand::Expire(c) => self.in_store()?.expire(*c),
        }
    }

    fn in_store(&self) -> Result<&Known, FileRefusal> {
        self.kept().ok_or(FileRefusal::Unknown)
    }

    fn declare(&self, c: &DeclareFile) -> Decision {
        if *self != Self::Absent {
            return Err(FileRefusal::Exists);
        }
        text::line("/name", &c.name, NAME_CHARS_MAX)?;
        if !c.purpose.takes(c.content_type) {
            return Err(FileRefusal::NotForPurpose(c.content_type, c.purpose));
        }
        if !(1..=FILE_BYTES_MAX).contains(&c.bytes) {
            return Err(FileRefusal::BytesOutOfRange);
        }
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if c.sha256.len() != DIGEST_DIGITS || !c.sha256.bytes().all(is_digit) {
            return Err(FileRefusal::NoDigest);
        }
        if c.content_type.is_picture() != c.pixels.is_some_and(is_size) {
            return Err(FileRefusal::PixelsOutOfRange);
        }
        Ok(vec![FileEvent::Declared(FileDeclared {
            uploader: c.uploader,
            name: Personal::new(c.uploader, c.name.clone()),
            purpose: c.purpose,
            visibility: c.visibility,
            content_type: c.content_type,
            bytes: c.bytes,
            sha256: c.sha256.clone(),
            pixels: c.pixels,
            declared_at: c.at,
        })])
    }

    fn delete(&self) -> Decision {
        match self {
            Self::Absent => Err(FileRefusal::Unknown),
            Self::Kept(known) if known.owner.is_some() => Err(FileRefusal::Attached),
            Self::Kept(_) => Ok(deleted(DeletedBecause::Asked)),
            Self::Deleted(_) => Ok(vec![]),
        }
    }
}

impl Known {
    fn change(&self, c: &ChangeFile) -> Decision {
        if let Some(name) = &c.name {
            text::line("/name", name, NAME_CHARS_MAX)?;
        }
        let visibility = c.visibility.filter(|asked| *asked != self.visibility);
        // What it belongs to relies on who may see it.
        if visibility.is_some() && self.owner.is_some() {
            return Err(FileRefusal::Attached);
        }
        let name = c.name.clone().filter(|name| *name != self.name.value);
        if name.is_none() && visibility.is_none() {
            return Ok(vec![]);
        }
        let name = name.map(|name| Personal::new(self.uploader, name));
        Ok(vec![FileEvent::Changed(FileChanged { name, visibility })])
    }

    fn attach(&self, c: AttachFile) -> Decision {
        match self.owner {
            Some(owner) if owner == c.owner => return Ok(vec![]),
            Some(_) => return Err(FileRefusal::Attached),
            None => {}
        }
        if !c.owner.takes(self.purpose) {
            return Err(FileRefusal::NotForOwner(self.purpose));
        }
        Ok(vec![FileEvent::Attached(FileAttached { owner: c.owner })])
    }

    fn detach(&self, c: DetachFile) -> Decision {
        if self.owner != Some(c.owner) {
            return Err(FileRefusal::NotAttached);
        }
        Ok(vec![FileEvent::Detached(FileDetached {
            owner: c.owner,
            detached_at: c.at,
        })])
    }

    fn expire(&self, c: ExpireFile) -> Decision {
        let is_over = self
            .loose_since
            .is_some_and(|since| c.at.signed_duration_since(since) >= c.after);
        if !is_over || self.owner.is_some() {
            return Err(FileRefusal::InUse);
        }
        Ok(deleted(DeletedBecause::Unattached))
    }
}

fn deleted(because: DeletedBecause) -> Vec<FileEvent> {
    vec![FileEvent::Deleted(FileDeleted { because })]
}

fn is_size(pixels: Pixels) -> bool {
    let count = u64::from(pixels.width) * u64::from(pixels.height);
    (1..=PIXELS_MAX).contains(&count)
}
