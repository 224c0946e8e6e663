//! The name of a stream: a noun and an id, such as `booking-0190f1…`.

use std::fmt;
use std::sync::Arc;

use crate::error::JournalError;

/// The longest name of a stream, in bytes.
pub const STREAM_NAME_BYTES_MAX: usize = 128;

/// Names a stream: 1 to 128 bytes, a noun, a hyphen and an id. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName(Arc<str>);

impl StreamName {
    /// The stream of `noun` with `id`.
    pub fn of(noun: &str, id: impl fmt::Display) -> Result<Self, JournalError> {
        Self::parse(&format!("{noun}-{id}"))
    }

    /// Reads a name; refuses one that is empty, too long, without a noun or with a control
    /// character.
    pub fn parse(text: &str) -> Result<Self, JournalError> {
        let has_noun_and_id = text
            .split_once('-')
            .is_some_and(|(noun, id)| !noun.is_empty() && !id.is_empty());
        if !has_noun_and_id || text.len() > STREAM_NAME_BYTES_MAX || has_control(text) {
            return Err(JournalError::StreamName(text.chars().take(160).collect()));
        }
        Ok(Self(text.into()))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the first hyphen.
    pub fn noun(&self) -> &str {
        self.0.split_once('-').map_or(&*self.0, |(noun, _)| noun)
    }

    /// What stands after the first hyphen.
    pub fn id(&self) -> &str {
        self.0.split_once('-').map_or("", |(_, id)| id)
    }
}

/// Almost every name is plain ASCII, which is seen at a glance.
fn has_control(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    !is_plain && text.chars().any(char::is_control)
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
