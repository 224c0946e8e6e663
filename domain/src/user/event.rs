//! What happened to a user.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::id::{SessionId, UserId};
use crate::money::Currency;
use crate::permission::Role;
use crate::personal::Personal;
use crate::secret::Secret;

/// A user signed up, or was invited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserCreated {
    /// Who it is; the state compares it with who asks.
    pub user: UserId,
    /// The normalised address, which the user also holds a claim on.
    pub email: Personal<String>,
    /// How the user wants to be called.
    pub name: Personal<String>,
    /// What the user may do from the start.
    pub roles: BTreeSet<Role>,
    /// A PHC string; absent until one is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<Secret<String>>,
    /// Whether someone else knows the password, so that it must be changed at first use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub password_temporary: bool,
}

/// Named fields of the profile were changed; what is absent stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserChanged {
    /// How the user wants to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
    /// A language tag, such as `fr` or `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Where the user's clock stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Tz>,
    /// In which currency the user wants to see prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// Another password holds from now on, and every session but the kept one is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserPasswordChanged {
    /// A PHC string.
    pub password_hash: Secret<String>,
    /// The one session that goes on; absent, none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_session: Option<SessionId>,
    /// Whether someone else knows the password, so that it must be changed at first use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub temporary: bool,
}

/// The user ended every session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserLoggedOutEverywhere {}

/// The user may do more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRoleGranted {
    /// What was granted.
    pub role: Role,
}

/// The user may do less.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRoleRevoked {
    /// What was revoked.
    pub role: Role,
}

/// The user may do nothing until reactivated, and every session is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSuspended {
    /// Why, in words about the user.
    pub reason: Personal<String>,
}

/// The user may act again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserReactivated {
    /// Why, in words about the user.
    pub reason: Personal<String>,
}

/// The user left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserDeactivated {}

events! {
    /// What happened to a user.
    pub enum UserEvent {
        /// The user signed up, or was invited.
        Created(UserCreated) = "user.created" v 1,
        /// Named fields of the profile were changed.
        Changed(UserChanged) = "user.changed" v 1,
        /// Another password holds.
        PasswordChanged(UserPasswordChanged) = "user.password_changed" v 1,
        /// The user ended every session.
        LoggedOutEverywhere(UserLoggedOutEverywhere) = "user.logged_out_everywhere" v 1,
        /// The user may do more.
        RoleGranted(UserRoleGranted) = "user.role_granted" v 1,
        /// The user may do less.
        RoleRevoked(UserRoleRevoked) = "user.role_revoked" v 1,
        /// The user may do nothing until reactivated.
        Suspended(UserSuspended) = "user.suspended" v 1,
        /// The user may act again.
        Reactivated(UserReactivated) = "user.reactivated" v 1,
        /// The user left.
        Deactivated(UserDeactivated) = "user.deactivated" v 1,
    }
}
