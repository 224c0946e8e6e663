//! What is asked of an incident's texts before they may enter an event.

use super::{Contact, IncidentRefusal};
use crate::personal::Personal;
use crate::text;

/// The longest title.
pub const TITLE_CHARS_MAX: usize = 200;
/// The longest details, resolution or comment.
pub const DETAILS_CHARS_MAX: usize = 5_000;
/// The longest reason.
pub const REASON_CHARS_MAX: usize = 1_000;
/// The longest word for a category.
pub const CATEGORY_CHARS_MAX: usize = 40;
/// The most comments on one incident.
pub const COMMENTS_MAX: u32 = 1_000;
/// The most files of one incident.
pub const FILES_MAX: usize = 20;
/// The most times that one incident can change its state.
pub const MOVES_MAX: usize = 500;

const CONTACT_CHARS_MAX: usize = 200;

type Checked = Result<(), IncidentRefusal>;

pub(super) fn title(title: &str) -> Checked {
    Ok(text::line("/title", title, TITLE_CHARS_MAX)?)
}

pub(super) fn details(details: &str) -> Checked {
    Ok(text::lines("/details", details, DETAILS_CHARS_MAX)?)
}

pub(super) fn category(category: &str) -> Checked {
    Ok(text::word("/category", category, CATEGORY_CHARS_MAX)?)
}

pub(super) fn reason(reason: &str) -> Checked {
    Ok(text::lines("/reason", reason, REASON_CHARS_MAX)?)
}

pub(super) fn contact(contact: &Contact) -> Checked {
    for (pointer, field) in [
        ("/contact/name", &contact.name),
        ("/contact/email", &contact.email),
        ("/contact/phone", &contact.phone),
    ] {
        if let Some(Personal { value, .. }) = field {
            text::line(pointer, value, CONTACT_CHARS_MAX)?;
        }
    }
    Ok(())
}
