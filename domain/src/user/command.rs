//! What can be asked of a user.

use std::collections::BTreeSet;

use crate::id::{SessionId, UserId};
use crate::permission::Role;
use crate::personal::Personal;
use crate::secret::Secret;

/// Create the user. The claim on the address is taken in the same append.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The id of the new user.
    pub user: UserId,
    /// The address, normalised.
    pub email: Personal<String>,
    /// How the user wants to be called.
    pub name: Personal<String>,
    /// What the user may do from the start.
    pub roles: BTreeSet<Role>,
    /// A PHC string made outside; deciding never hashes.
    pub password_hash: Option<Secret<String>>,
    /// Whether someone else knows the password, so that it must be changed at first use.
    pub password_temporary: bool,
}

/// Change named fields of the profile; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeUser {
    /// How the user wants to be called.
    pub name: Option<Personal<String>>,
    /// A language tag, such as `fr` or `pt-BR`.
    pub locale: Option<String>,
    /// An IANA name.
    pub time_zone: Option<String>,
    /// Three letters of ISO 4217.
    pub currency: Option<String>,
}

/// Let another password hold.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// A PHC string made outside; deciding never hashes.
    pub password_hash: Secret<String>,
    /// The one session that stays; absent, none does.
    pub kept_session: Option<SessionId>,
    /// Whether someone else knows the password, so that it must be changed at first use.
    pub temporary: bool,
}

/// End every session of the user.
#[derive(Clone, Debug)]
pub struct LogOutEverywhere {}

/// Let the user do more.
#[derive(Clone, Debug)]
pub struct GrantRole {
    /// What to grant.
    pub role: Role,
}

/// Let the user do less.
#[derive(Clone, Debug)]
pub struct RevokeRole {
    /// What to revoke.
    pub role: Role,
    /// Which user asks; absent for the operator.
    pub by: Option<UserId>,
}

/// Let the user do nothing until reactivated.
#[derive(Clone, Debug)]
pub struct SuspendUser {
    /// Why.
    pub reason: Personal<String>,
    /// Which user asks; absent for the operator.
    pub by: Option<UserId>,
}

/// Let the user act again.
#[derive(Clone, Debug)]
pub struct ReactivateUser {
    /// Why.
    pub reason: Personal<String>,
}

/// Let the user leave.
#[derive(Clone, Debug)]
pub struct DeactivateUser {}

/// What can be asked of a user.
#[derive(Clone, Debug)]
pub enum UserCommand {
    /// Create the user.
    SignUp(SignUp),
    /// Change named fields of the profile.
    Change(ChangeUser),
    /// Let another password hold.
    ChangePassword(ChangePassword),
    /// End every session of the user.
    LogOutEverywhere(LogOutEverywhere),
    /// Let the user do more.
    GrantRole(GrantRole),
    /// Let the user do less.
    RevokeRole(RevokeRole),
    /// Let the user do nothing until reactivated.
    Suspend(SuspendUser),
    /// Let the user act again.
    Reactivate(ReactivateUser),
    /// Let the user leave.
    Deactivate(DeactivateUser),
}
