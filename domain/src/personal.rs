//! What identifies a person, kept so that it can be sealed later without touching an event type.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A value that identifies a person, with the id of the person it belongs to.
///
/// On the wire it is `{"subject": id, "value": …}` from the first version on.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personal<T> {
    /// Whose value it is: a user or a contact.
    pub subject: Uuid,
    /// The value itself.
    pub value: T,
}

impl<T> Personal<T> {
    /// The `value` of `subject`.
    pub fn new(subject: impl Into<Uuid>, value: T) -> Self {
        Self {
            subject: subject.into(),
            value,
        }
    }
}

/// Prints the owner, never the value: a debug line may end in a log.
impl<T> std::fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Personal(of {})", self.subject)
    }
}

impl From<crate::id::UserId> for Uuid {
    fn from(id: crate::id::UserId) -> Self {
        id.0
    }
}

impl From<crate::id::ContactId> for Uuid {
    fn from(id: crate::id::ContactId) -> Self {
        id.0
    }
}
