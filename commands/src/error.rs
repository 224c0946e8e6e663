//! Why a command was not carried out.

use std::borrow::Cow;

use domain::{Refusal, RefusalKind, Span};
use eventstore::{AppendError, JournalError, Version};

/// A refusal of any aggregate, as it leaves the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// A stable `snake_case` word.
    pub code: Cow<'static, str>,
    /// Who has to act on it.
    pub kind: RefusalKind,
    /// The JSON pointer of the field at fault.
    pub pointer: Option<&'static str>,
    /// A sentence that names the fault and the remedy.
    pub detail: String,
    /// The nights that could be had instead, where nights are refused.
    pub next_free: Option<Span>,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommandError {
    /// The rules say no.
    #[error("{}", .0.detail)]
    Refused(Refused),
    /// `If-Match` named another version than the present one.
    #[error("the present version is {actual}, not {expected}; read it again and decide anew")]
    Stale {
        /// The version that `If-Match` named.
        expected: Version,
        /// The present version.
        actual: Version,
    },
    /// The idempotency key was used with another request.
    #[error("this idempotency key was used before with another request; choose a new one")]
    KeyReused,
    /// The session has ended or expired, or the user may not act any more.
    #[error("this session has ended; log in again")]
    Unauthenticated,
    /// What links one thing to another has moved on since it was looked up; look again.
    #[error("the platform made a mistake; it is in the log")]
    Moved,
    /// Others were quicker, ten times.
    #[error("too many others change the same thing at this moment; try again shortly")]
    Contended,
    /// The journal cannot be used at the moment.
    #[error("the platform cannot record anything at the moment; try again shortly")]
    Unavailable(String),
    /// Something that must not happen did; the text is for the log only.
    #[error("the platform made a mistake; it is in the log")]
    Broken(String),
}

impl CommandError {
    /// The refusal `code` with a sentence.
    pub fn refused(kind: RefusalKind, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused(Refused {
            code: code.into(),
            kind,
            pointer: None,
            detail: detail.into(),
            next_free: None,
        })
    }

    /// The command itself is wrong, at `pointer`.
    pub fn invalid(code: &'static str, pointer: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused(Refused {
            code: code.into(),
            kind: RefusalKind::Invalid,
            pointer: Some(pointer),
            detail: detail.into(),
            next_free: None,
        })
    }

    /// There is no such thing, or it is none of the caller's business: the two look alike.
    pub fn unknown(noun: &str) -> Self {
        Self::Refused(Refused {
            code: format!("{noun}_unknown").into(),
            kind: RefusalKind::Unknown,
            pointer: None,
            detail: format!("there is no such {noun}"),
            next_free: None,
        })
    }

    /// The caller's roles do not allow it.
    pub fn forbidden(permission: impl std::fmt::Display) -> Self {
        Self::refused(
            RefusalKind::Forbidden,
            "permission_missing",
            format!("this needs the permission `{permission}`, which none of your roles gives"),
        )
    }

    /// Whether it is an answer of the rules, which has to be held against the journal.
    pub(crate) fn rests_on_state(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::Stale { .. } | Self::Unauthenticated
        )
    }

    /// Whether it says that the caller may not, or may not even know.
    pub(crate) fn is_about_rights(&self) -> bool {
        match self {
            Self::Refused(refused) => {
                matches!(refused.kind, RefusalKind::Unknown | RefusalKind::Forbidden)
            }
            error => matches!(error, Self::Unauthenticated),
        }
    }

    /// The code of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refused) => Some(&refused.code),
            _ => None,
        }
    }
}

impl<R: Refusal> From<R> for CommandError {
    fn from(refusal: R) -> Self {
        Self::Refused(Refused {
            code: refusal.code().into(),
            kind: refusal.kind(),
            pointer: refusal.pointer(),
            detail: refusal.to_string(),
            next_free: refusal.next_free(),
        })
    }
}

/// A journal that cannot be read is one that cannot be written to either.
pub(crate) fn unreadable(error: &JournalError) -> CommandError {
    CommandError::Unavailable(error.to_string())
}

/// Everything but a conflict, which is decided again.
pub(crate) fn unwritable(error: AppendError) -> CommandError {
    match error {
        AppendError::Conflict(_) => CommandError::Contended,
        AppendError::KeyReused => CommandError::KeyReused,
        AppendError::Invalid(text) => CommandError::Broken(text),
        AppendError::Unavailable(text) | AppendError::Unknown(text) => {
            CommandError::Unavailable(text)
        }
    }
}
