//! Limits on text: what is asked of every string before it may enter an event.

use std::fmt;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing but spaces.
    Blank,
    /// More characters than the limit.
    TooLong {
        /// The limit.
        chars_max: usize,
    },
    /// A control character, NUL among them.
    Control,
    /// A word of another form than `snake_case`.
    NoWord,
}

impl TextFault {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Blank => "text_blank",
            Self::TooLong { .. } => "text_too_long",
            Self::Control => "text_control_character",
            Self::NoWord => "text_no_word",
        }
    }
}

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("is blank; write at least one visible character"),
            Self::TooLong { chars_max } => {
                write!(f, "is too long; write {chars_max} characters at most")
            }
            Self::Control => f.write_str("has a control character; remove it"),
            Self::NoWord => f.write_str(
                "is no word; use lower-case letters, digits and `_`, starting with a letter",
            ),
        }
    }
}

/// A text field that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pointer}` {fault}")]
pub struct FieldFault {
    /// The JSON pointer of the field.
    pub pointer: &'static str,
    /// What is wrong with it.
    pub fault: TextFault,
}

/// Asks of a one-line text that it says something, fits, and has no control character.
pub fn line(pointer: &'static str, text: &str, chars_max: usize) -> Result<(), FieldFault> {
    check(pointer, text, chars_max, char::is_control)
}

/// Asks the same of a longer text, in which line breaks and tabs may stand.
pub fn lines(pointer: &'static str, text: &str, chars_max: usize) -> Result<(), FieldFault> {
    check(pointer, text, chars_max, |c| {
        c.is_control() && !matches!(c, '\n' | '\r' | '\t')
    })
}

/// Asks of a word that it is in `snake_case` and fits.
pub fn word(pointer: &'static str, text: &str, chars_max: usize) -> Result<(), FieldFault> {
    line(pointer, text, chars_max)?;
    let formed = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if formed {
        Ok(())
    } else {
        Err(FieldFault {
            pointer,
            fault: TextFault::NoWord,
        })
    }
}

fn check(
    pointer: &'static str,
    text: &str,
    chars_max: usize,
    refused: fn(char) -> bool,
) -> Result<(), FieldFault> {
    let fault = if text.trim().is_empty() {
        TextFault::Blank
    } else if text.len() > chars_max && text.chars().nth(chars_max).is_some() {
        TextFault::TooLong { chars_max }
    } else if text.chars().any(refused) {
        TextFault::Control
    } else {
        return Ok(());
    };
    Err(FieldFault { pointer, fault })
}

#[cfg(test)]
mod tests;
