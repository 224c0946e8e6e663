//! What a file is now.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ContentType, FileCommand, FileDeclared, FileEvent, FileOwner, FileRefusal, Pixels, Purpose,
    Visibility,
};
use crate::aggregate::Aggregate;
use crate::id::UserId;
use crate::personal::Personal;

/// A file, from never heard of to gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum File {
    /// Never declared.
    #[default]
    Absent,
    /// In the store.
    Kept(Box<Known>),
    /// Gone from the store; what was known of it stays.
    Deleted(Box<Known>),
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Who uploaded it.
    pub uploader: UserId,
    /// What it is called.
    pub name: Personal<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// Who may see it once it is attached.
    pub visibility: Visibility,
    /// What its bytes are.
    pub content_type: ContentType,
    /// How many bytes are kept.
    pub bytes: u64,
    /// SHA-256 of the bytes that are kept.
    pub sha256: String,
    /// The size of a picture.
    pub pixels: Option<Pixels>,
    /// What it belongs to.
    pub owner: Option<FileOwner>,
    /// Since when it belongs to nothing.
    pub loose_since: Option<DateTime<Utc>>,
}

impl File {
    /// The file, while it is in the store.
    pub fn kept(&self) -> Option<&Known> {
        match self {
            Self::Kept(known) => Some(known),
            Self::Absent | Self::Deleted(_) => None,
        }
    }

    /// What is known of it, of a deleted one too.
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Kept(known) | Self::Deleted(known) => Some(known),
            Self::Absent => None,
        }
    }
}

impl From<&FileDeclared> for Known {
    fn from(declared: &FileDeclared) -> Self {
        Self {
            uploader: declared.uploader,
            name: declared.name.clone(),
            purpose: declared.purpose,
            visibility: declared.visibility,
            content_type: declared.content_type,
            bytes: declared.bytes,
            sha256: declared.sha256.clone(),
            pixels: declared.pixels,
            owner: None,
            loose_since: Some(declared.declared_at),
        }
    }
}

impl Known {
    fn evolve(&mut self, event: &FileEvent) {
        match event {
            FileEvent::Changed(e) => {
                if let Some(name) = &e.name {
                    self.name.clone_from(name);
                }
                self.visibility = e.visibility.unwrap_or(self.visibility);
            }
            FileEvent::Attached(e) => {
                self.owner = Some(e.owner);
                self.loose_since = None;
                self.visibility = e.owner.visibility().unwrap_or(self.visibility);
            }
            FileEvent::Detached(e) => {
                self.owner = None;
                self.loose_since = Some(e.detached_at);
            }
            FileEvent::Declared(_) | FileEvent::Deleted(_) => {}
        }
    }
}

impl Aggregate for File {
    const NOUN: &'static str = "file";
    const STATE_VERSION: u32 = 1;
    type Command = FileCommand;
    type Event = FileEvent;
    type Refusal = FileRefusal;

    fn decide(&self, command: &FileCommand) -> Result<Vec<FileEvent>, FileRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &FileEvent) {
        match (&mut *self, event) {
            (Self::Absent, FileEvent::Declared(e)) => *self = Self::Kept(Box::new(e.into())),
            (Self::Kept(known), FileEvent::Deleted(_)) => *self = Self::Deleted(known.clone()),
            (Self::Kept(known), event) => known.evolve(event),
            // What was never declared or is gone does not change any more.
            (Self::Absent | Self::Deleted(_), _) => {}
        }
    }
}
