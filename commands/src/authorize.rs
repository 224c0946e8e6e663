//! Who may do what. Every right is read from the user's and the session's own streams, which are
//! named in the append, so that a right that is taken away at the same moment is gone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::id::{SessionId, UserId};
use domain::permission::{Permission, Permissions, Role, Scope};
use domain::session::Session;
use domain::user::User;

use crate::Commands;
use crate::context::Who;
use crate::decision::Decision;
use crate::error::CommandError;

/// A user who proved who he is, and what he may do.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// The session his access token belongs to.
    pub session: SessionId,
    /// His roles.
    pub roles: BTreeSet<Role>,
    /// What he may do, all roles together.
    pub permissions: Permissions,
}

impl Commands {
    /// Whether `session` of `user` is alive at `at` and the user may act, and what he may do.
    pub async fn authenticate(
        &self,
        user: UserId,
        session: SessionId,
        at: DateTime<Utc>,
    ) -> Result<Caller, CommandError> {
        let (state, _) = self.dispatch.peek::<Session>(session).await?;
        check_session(&state, user, at)?;
        let (account, _) = self.dispatch.peek::<User>(user).await?;
        let User::Active(account) = &*account else {
            return Err(CommandError::Unauthenticated);
        };
        let permissions = Permissions::of(&account.roles);
        Ok(Caller {
            user,
            session,
            roles: account.roles.clone(),
            permissions,
        })
    }
}

fn check_session(session: &Session, user: UserId, at: DateTime<Utc>) -> Result<(), CommandError> {
    if session.user() == Some(user) && session.is_live(at) {
        Ok(())
    } else {
        Err(CommandError::Unauthenticated)
    }
}

impl Decision<'_> {
    /// What the one who asks may do, as his own streams say.
    pub fn permissions(&self) -> Result<Permissions, CommandError> {
        match self.context.who {
            Who::Process(_) | Who::Operator => Ok(Permission::all().collect()),
            Who::Anonymous => Ok(Permissions::default()),
            Who::User { user, session } => {
                check_session(self.state::<Session>(session)?, user, self.context.at)?;
                match self.state::<User>(user)? {
                    User::Active(account) => Ok(Permissions::of(&account.roles)),
                    _ => Err(CommandError::Unauthenticated),
                }
            }
        }
    }

    /// Refuses one who does not have `permission`.
    pub fn require(&self, permission: Permission) -> Result<(), CommandError> {
        if self.permissions()?.allows(permission) {
            Ok(())
        } else {
            Err(CommandError::forbidden(permission))
        }
    }

    /// Refuses one who makes something in the name of `owner` and is neither him nor one with
    /// `permission` over anyone's things.
    pub fn require_for(
        &self,
        owner: UserId,
        permission: fn(Scope) -> Permission,
    ) -> Result<(), CommandError> {
        let is_own = self.context.user().is_ok_and(|me| me == owner);
        if is_own || self.permissions()?.allows(permission(Scope::Any)) {
            Ok(())
        } else {
            Err(CommandError::forbidden(permission(Scope::Any)))
        }
    }

    /// Refuses one who may not do `permission` to a thing of `owners`. To one who may not even see
    /// it there is no such `noun`.
    pub fn require_over(
        &self,
        noun: &'static str,
        permission: fn(Scope) -> Permission,
        show: fn(Scope) -> Permission,
        owners: Owners<'_>,
    ) -> Result<(), CommandError> {
        let permissions = self.permissions()?;
        let me = self.context.user().ok();
        let holds = |users: &[UserId]| me.is_some_and(|me| users.contains(&me));
        if permissions.allows_over(permission, holds(owners.may_act)) {
            return Ok(());
        }
        if permissions.allows_over(show, holds(owners.may_see)) {
            Err(CommandError::forbidden(permission(Scope::Any)))
        } else {
            Err(CommandError::unknown(noun))
        }
    }

    /// Whether `command` would be refused as things stand; nothing happens.
    pub fn check<A: domain::Aggregate>(
        &self,
        id: impl std::fmt::Display,
        command: &A::Command,
    ) -> Result<Result<(), CommandError>, CommandError> {
        let decided = self.state::<A>(id)?.decide(command);
        Ok(decided.map(drop).map_err(CommandError::from))
    }
}

/// Whose a thing is.
#[derive(Clone, Copy, Debug)]
pub struct Owners<'a> {
    /// Those for whom it is their own to act on.
    pub may_act: &'a [UserId],
    /// Those for whom it is their own to see.
    pub may_see: &'a [UserId],
}

impl<'a> Owners<'a> {
    /// A thing that the same users may see and act on.
    pub fn of(users: &'a [UserId]) -> Self {
        Self {
            may_act: users,
            may_see: users,
        }
    }
}
