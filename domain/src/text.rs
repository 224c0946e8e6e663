//! Text: its one form, how two texts are compared, and what is asked of every string before it may
//! enter an event.

mod chars;

use std::borrow::Cow;
use std::fmt;

use unicase::UniCase;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use chars::{is_bidi_control, is_ignorable, is_invisible};

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
    /// Characters that show nothing, and no other.
    Invisible,
    /// A character that changes the direction in which text is shown, and so can hide what it says.
    Bidi,
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
            Self::Invisible => "text_invisible",
            Self::Bidi => "text_bidi_control",
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
            Self::Invisible => f.write_str("shows nothing; write at least one visible character"),
            Self::Bidi => f.write_str(
                "has a control character for the direction of text (such as U+202E); remove it",
            ),
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

/// The text in the one form in which texts enter: composed (Unicode NFC). `é` as one character and
/// as two is the same then.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The same text with every accent as a character of its own (Unicode NFD): how some programs write
/// it, and how it may have been kept before texts were composed.
pub fn decomposed(text: &str) -> String {
    text.nfd().collect()
}

/// The text without what stands around it and shows nothing: white space of every kind, and the
/// marks that programs leave behind (U+FEFF, U+200B).
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// A label as it is kept: composed, each run of white space one space, and none around it.
pub fn label(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for word in trimmed(&composed(text)).split_whitespace() {
        if !label.is_empty() {
            label.push(' ');
        }
        label.push_str(word);
    }
    label
}

/// By what two texts are compared: equal for texts that differ in case (full case folding, so that
/// `Hauptstraße` is `HAUPTSTRASSE`), in white space, in the form of their accents, or in characters
/// that show nothing.
pub fn folded(text: &str) -> String {
    let label = label(text);
    if label.is_ascii() {
        return label.to_ascii_lowercase();
    }
    let shown: String = label.nfd().filter(|c| !is_ignorable(*c)).collect();
    UniCase::unicode(shown).to_folded_case().nfc().collect()
}

/// Whether two texts are one by [`folded`]. Most are plain letters, of which nothing has to be made
/// to find out.
pub fn is_same(one: &str, other: &str) -> bool {
    if !one.is_ascii() || !other.is_ascii() {
        return folded(one) == folded(other);
    }
    let (mut ones, mut others) = (one.split_ascii_whitespace(), other.split_ascii_whitespace());
    loop {
        match (ones.next(), others.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => {}
            _ => return false,
        }
    }
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
    } else if text.is_ascii() {
        return Ok(());
    } else if text.chars().any(is_bidi_control) {
        TextFault::Bidi
    } else if text.chars().all(is_invisible) {
        TextFault::Invisible
    } else {
        return Ok(());
    };
    Err(FieldFault { pointer, fault })
}

#[cfg(test)]
mod tests;
