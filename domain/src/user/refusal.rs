//! Why a user's command is refused.

use crate::aggregate::{Refusal, RefusalKind};
use crate::money::MoneyError;
use crate::permission::Role;
use crate::text::FieldFault;

/// Why a user's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserRefusal {
    /// Nobody signed up under this id.
    #[error("there is no such user; check the id")]
    Unknown,
    /// The id is another's already.
    #[error("a user with this id exists; sign up under a new id")]
    Exists,
    /// Someone suspended may do nothing.
    #[error("the user is suspended; an administrator must reactivate the account first")]
    Suspended,
    /// Someone who left stays away.
    #[error("the user has left; a closed account cannot be changed or used again")]
    Deactivated,
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
    /// The address cannot be one.
    #[error("the e-mail address needs one `@` with something on both sides and no spaces")]
    EmailMalformed,
    /// The hash is none.
    #[error("the password's hash is no PHC string; make it with argon2id")]
    HashMalformed,
    /// A user needs at least one role.
    #[error("a user needs a role; leave at least `member`")]
    NoRole,
    /// The last role cannot be revoked.
    #[error("`{0}` is the user's only role; grant another first, or suspend the user")]
    LastRole(Role),
    /// No language is written so.
    #[error("`{0}` is no language tag; write it like `fr` or `pt-BR`")]
    UnknownLocale(String),
    /// The zone is not in the tz database.
    #[error("`{0}` is no time zone; use an IANA name such as `Europe/Lisbon`")]
    UnknownTimeZone(String),
    /// The currency is not one.
    #[error(transparent)]
    UnknownCurrency(#[from] MoneyError),
    /// An administrator may not lock oneself out.
    #[error("you cannot revoke your own role of administrator; ask another administrator to")]
    OwnRole,
    /// One may not suspend oneself.
    #[error("you cannot suspend yourself; ask another administrator, or close your account")]
    OwnSuspension,
}

impl Refusal for UserRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "user_unknown",
            Self::Exists => "user_exists",
            Self::Suspended => "user_suspended",
            Self::Deactivated => "user_deactivated",
            Self::Text(fault) => fault.fault.code(),
            Self::EmailMalformed => "email_malformed",
            Self::HashMalformed => "password_hash_malformed",
            Self::NoRole => "role_missing",
            Self::LastRole(_) => "last_role",
            Self::UnknownLocale(_) => "locale_unknown",
            Self::UnknownTimeZone(_) => "time_zone_unknown",
            Self::UnknownCurrency(_) => "currency_unknown",
            Self::OwnRole => "own_role",
            Self::OwnSuspension => "own_suspension",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Exists
            | Self::Suspended
            | Self::Deactivated
            | Self::LastRole(_)
            | Self::OwnRole
            | Self::OwnSuspension => RefusalKind::Conflict,
            Self::Text(_)
            | Self::EmailMalformed
            | Self::HashMalformed
            | Self::NoRole
            | Self::UnknownLocale(_)
            | Self::UnknownTimeZone(_)
            | Self::UnknownCurrency(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Text(fault) => Some(fault.pointer),
            Self::EmailMalformed => Some("/email"),
            Self::HashMalformed => Some("/password"),
            Self::NoRole => Some("/roles"),
            Self::UnknownLocale(_) => Some("/locale"),
            Self::UnknownTimeZone(_) => Some("/time_zone"),
            Self::UnknownCurrency(_) => Some("/currency"),
            _ => None,
        }
    }
}
