//! Who may do what. Every right is read from the user's and the session's own streams, which are
//! named in the append, so that a right that is taken away at the same moment is gone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::RefusalKind;
use domain::id::{SessionId, UserId};
use domain::permission::{Permission, Permissions, Role, Scope};
use domain::secret::Secret;
use domain::session::{Live, Session};
use domain::user::{Account, User};

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
    /// Whether someone else knows the password, so that nothing is open to him but its change.
    pub must_change_password: bool,
    /// The hash of the current refresh token, while nothing that came with it is known to have been
    /// used.
    pub unconfirmed: Option<Secret<String>>,
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
        let (account, _) = self.dispatch.peek::<User>(user).await?;
        let (live, account) = admitted(session, &state, user, &account, at)?;
        let must_change_password = account.credentials.password_temporary;
        Ok(Caller {
            user,
            session,
            roles: account.roles.clone(),
            permissions: if must_change_password {
                Permissions::default()
            } else {
                Permissions::of(&account.roles)
            },
            must_change_password,
            unconfirmed: live.unconfirmed().cloned(),
        })
    }
}

/// The one rule of who may act by a session: it is the user's own and alive, the user is active,
/// and nothing has ended all sessions since it began.
pub(crate) fn admitted<'a>(
    id: SessionId,
    session: &'a Session,
    user: UserId,
    account: &'a User,
    at: DateTime<Utc>,
) -> Result<(&'a Live, &'a Account), CommandError> {
    match (session, account) {
        (Session::Live(live), User::Active(account))
            if live.user == user
                && session.is_live(at)
                && account.credentials.admit(id, live.credential_epoch) =>
        {
            Ok((live, account))
        }
        _ => Err(CommandError::Unauthenticated),
    }
}

impl Decision<'_> {
    /// What the one who asks may do, as his own streams say.
    pub fn permissions(&self) -> Result<Permissions, CommandError> {
        match self.context.who {
            Who::Process(_) | Who::Operator => Ok(Permission::all().collect()),
            Who::Anonymous => Ok(Permissions::default()),
            Who::User { user, session } => {
                let account = self.admitted(user, session)?;
                if account.credentials.password_temporary {
                    return Err(password_change_required());
                }
                Ok(Permissions::of(&account.roles))
            }
        }
    }

    /// The account of a user whose session holds, as their own streams say.
    pub(crate) fn admitted(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<&Account, CommandError> {
        let (state, account) = (self.state::<Session>(session)?, self.state::<User>(user)?);
        let at = self.context.at;
        admitted(session, state, user, account, at).map(|(_, account)| account)
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

    /// Refuses one who acts on the account of somebody of a higher rank than his own: only the
    /// highest touch the highest, whatever is done to them. One's own account is one's own.
    pub(crate) fn require_rank_of(&self, id: UserId) -> Result<(), CommandError> {
        let account = self.state::<User>(id)?.account();
        let roles = &account.ok_or_else(|| CommandError::unknown("user"))?.roles;
        let is_own = self.context.user().is_ok_and(|me| me == id);
        if roles.contains(&Role::SuperAdmin) && !is_own {
            self.require(Permission::RoleGrantSuper)?;
        }
        Ok(())
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

/// To one whose password someone else knows, nothing is open but its change.
pub fn password_change_required() -> CommandError {
    CommandError::refused(
        RefusalKind::Forbidden,
        "password_change_required",
        "this password was given out by someone else; change it first, by \
         `POST /api/v1/auth/change-password`",
    )
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
