//! Why a session's command is refused.

use crate::aggregate::{Refusal, RefusalKind};
use crate::text::FieldFault;

/// Why a session's command is refused. To a client they are all one 401, told apart in the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionRefusal {
    /// Nobody logged in under this id.
    #[error("there is no such session; log in")]
    Unknown,
    /// The id is in use.
    #[error("a session with this id exists; start one under a new id")]
    Exists,
    /// It is over.
    #[error("the session has ended; log in again")]
    Ended,
    /// Its time is up.
    #[error("the session has expired; log in again")]
    Expired,
    /// No token that this session ever gave out.
    #[error("the refresh token is not one of this session; log in again")]
    TokenUnknown,
    /// A new token must be new.
    #[error("the next refresh token was used before in this session; mint a new one")]
    TokenNotNew,
    /// The hash is none.
    #[error("the hash of a refresh token is 64 lower-case hexadecimal digits")]
    HashMalformed,
    /// It would be over before it began.
    #[error("the session would expire before it is used; give it a later end")]
    ExpiresTooSoon,
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for SessionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "session_unknown",
            Self::Exists => "session_exists",
            Self::Ended => "session_ended",
            Self::Expired => "session_expired",
            Self::TokenUnknown => "refresh_token_unknown",
            Self::TokenNotNew => "refresh_token_not_new",
            Self::HashMalformed => "refresh_hash_malformed",
            Self::ExpiresTooSoon => "session_expires_too_soon",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Exists => RefusalKind::Conflict,
            Self::Ended | Self::Expired | Self::TokenUnknown => RefusalKind::Forbidden,
            Self::TokenNotNew | Self::HashMalformed | Self::ExpiresTooSoon | Self::Text(_) => {
                RefusalKind::Invalid
            }
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Text(fault) => Some(fault.pointer),
            Self::TokenUnknown => Some("/refresh_token"),
            _ => None,
        }
    }
}
