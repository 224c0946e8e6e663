//! What proves who someone is: kept for comparing, never shown.

use serde::{Deserialize, Serialize};

/// The names of all fields that hold a [`Secret`], by which a tool blanks them in raw JSON.
pub const FIELDS: &[&str] = &[
    "password_hash",
    "refresh_hash",
    "previous_hash",
    "superseded_hashes",
    "retired_hashes",
];

/// What stands in place of a secret wherever one is shown.
pub const BLANK: &str = "[secret]";

/// A value that is compared but never shown.
///
/// On the wire it is the bare value; a debug line shows none of it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Keeps `value` out of sight.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that compares it.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(BLANK)
    }
}

/// Blanks every secret in a JSON value that is about to be shown, however deep.
pub fn redact(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if FIELDS.contains(&name.as_str()) && !value.is_null() {
                    *value = BLANK.into();
                } else {
                    redact(value);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
