//! Commands on users.

mod close;

use std::collections::BTreeSet;

use domain::claim::{Claim, ClaimCommand, ClaimKind, ClaimRefusal, TakeClaim};
use domain::id::UserId;
use domain::permission::{Permission, Permissions, Role, Scope};
use domain::roster::{JoinRoster, LeaveRoster, Roster, RosterCommand};
use domain::text::{composed, decomposed};
use domain::user::{
    ChangePassword, ChangeUser, GrantRole, LogOutEverywhere, ReactivateUser, RevokeRole, SignUp,
    SuspendUser, User, UserCommand,
};
use domain::{Personal, secret};

use crate::Commands;
use crate::authorize::Owners;
use crate::context::{Context, Who};
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::secrets::normalise_email;
use crate::wanted::{fresh, want};

/// The one roster: of those who can open the house.
const ADMINISTRATORS: &str = "administrators";

/// Who signs up, or is invited.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The id of the new user.
    pub user: UserId,
    /// The address as it was typed.
    pub email: String,
    /// How the user wants to be called.
    pub name: String,
    /// What the user may do from the start.
    pub roles: BTreeSet<Role>,
    /// The hash of the password, as a PHC string.
    pub password_hash: Option<secret::Secret<String>>,
    /// Whether someone else knows the password, so that it must be changed at first use.
    pub password_temporary: bool,
}

impl Commands {
    /// Creates a user and takes the claim on the address. Anyone may sign up as a member or host;
    /// other roles are given by those who may grant them.
    pub async fn sign_up(&self, context: &Context, new: &NewUser) -> Result<Done, CommandError> {
        let email = normalise_email(&composed(&new.email));
        let [claim, earlier] = self.email_claims(&email);
        let mut streams = vec![
            fresh::<User>(new.user)?,
            want::<Claim>(&claim)?,
            want::<Roster>(ADMINISTRATORS)?,
        ];
        if earlier != claim {
            streams.push(want::<Claim>(&earlier)?);
        }
        let sign_up = UserCommand::SignUp(SignUp {
            user: new.user,
            email: Personal::new(new.user, email),
            name: Personal::new(new.user, new.name.clone()),
            roles: new.roles.clone(),
            password_hash: new.password_hash.clone(),
            password_temporary: new.password_temporary,
        });
        let decide = |d: &mut Decision<'_>| {
            authorize_roles(d, &new.roles)?;
            d.decide::<User>(new.user, &sign_up)?;
            if earlier != claim && d.state::<Claim>(&earlier)?.owner().is_some() {
                return Err(email_taken(ClaimRefusal::Taken.into()));
            }
            let take = TakeClaim {
                owner: new.user.0,
                kind: ClaimKind::Email,
            };
            d.decide::<Claim>(&claim, &ClaimCommand::Take(take))
                .map_err(email_taken)?;
            keep_roster(d, new.user, false)
        };
        let own = (context.who == Who::Anonymous).then(|| context.about(new.user));
        let context = own.as_ref().unwrap_or(context);
        self.dispatch
            .command(
                context,
                "user.sign_up",
                new.user.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// A key for the account of an address, whether there is one or not: what is counted or written
    /// down under it tells nobody the address.
    pub fn account_key(&self, email: &str) -> String {
        self.secret.claim_id("email", &normalise_email(email))
    }

    /// Who holds the claim on an address, whatever he may do.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserId>, CommandError> {
        let [claim, earlier] = self.email_claims(&normalise_email(&composed(email)));
        let (found, _) = self.dispatch.peek::<Claim>(&claim).await?;
        if found.owner().is_some() || earlier == claim {
            return Ok(found.owner().map(UserId));
        }
        let (found, _) = self.dispatch.peek::<Claim>(&earlier).await?;
        Ok(found.owner().map(UserId))
    }

    /// The ids of the claims on `email`: as it is taken now, and as it may have been taken before
    /// texts were composed.
    fn email_claims(&self, email: &str) -> [String; 2] {
        [email.to_owned(), decomposed(email)].map(|email| self.secret.claim_id("email", &email))
    }

    /// The user as far as this process knows.
    pub async fn user(&self, id: UserId) -> Result<std::sync::Arc<User>, CommandError> {
        Ok(self.dispatch.peek::<User>(id).await?.0)
    }

    /// Changes named fields of a profile.
    pub async fn change_user(
        &self,
        context: &Context,
        id: UserId,
        command: ChangeUser,
    ) -> Result<Done, CommandError> {
        self.on_own(
            context,
            "user.change",
            id,
            Permission::UserChange,
            UserCommand::Change(command),
        )
        .await
    }

    /// Lets another password hold, and ends every session but the one that asks. Whoever asks has
    /// proved the old one, whose hash is `proved`, or is the operator, whose password is temporary.
    pub async fn change_password(
        &self,
        context: &Context,
        id: UserId,
        proved: Option<secret::Secret<String>>,
        password_hash: secret::Secret<String>,
    ) -> Result<Done, CommandError> {
        let kept_session = match context.who {
            Who::User { session, .. } => Some(session),
            _ => None,
        };
        let command = UserCommand::ChangePassword(ChangePassword {
            password_hash,
            kept_session,
            temporary: context.who == Who::Operator,
        });
        let decide = |d: &mut Decision<'_>| {
            match d.context.who {
                Who::User { user, session } if user == id => {
                    // A password that was changed since proves nothing.
                    if d.admitted(user, session)?.password_hash != proved {
                        return Err(CommandError::Unauthenticated);
                    }
                }
                Who::Operator => {}
                _ => return Err(CommandError::forbidden(Permission::UserChange(Scope::Own))),
            }
            d.decide::<User>(id, &command).map(drop)
        };
        let streams = vec![want::<User>(id)?];
        self.dispatch
            .command(
                context,
                "user.change_password",
                id.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Ends every session of the user who asks, the one that asks too.
    pub async fn log_out_everywhere(&self, context: &Context) -> Result<Done, CommandError> {
        let id = context.user()?;
        let command = UserCommand::LogOutEverywhere(LogOutEverywhere {});
        let decide = |d: &mut Decision<'_>| {
            if let Who::User { user, session } = d.context.who {
                d.admitted(user, session)?;
            }
            d.decide::<User>(id, &command).map(drop)
        };
        let streams = vec![want::<User>(id)?];
        let name = "user.log_out_everywhere";
        self.dispatch
            .command(context, name, id.to_string(), streams, &decide)
            .await
    }

    /// Lets a user do more.
    pub async fn grant_role(
        &self,
        context: &Context,
        id: UserId,
        role: Role,
    ) -> Result<Done, CommandError> {
        let command = UserCommand::GrantRole(GrantRole { role });
        self.on_roles(context, "user.grant_role", id, role.granted_with(), command)
            .await
    }

    /// Lets a user do less; the last administrator stays one.
    pub async fn revoke_role(
        &self,
        context: &Context,
        id: UserId,
        role: Role,
    ) -> Result<Done, CommandError> {
        let command = UserCommand::RevokeRole(RevokeRole {
            role,
            by: context.user().ok(),
        });
        self.on_roles(
            context,
            "user.revoke_role",
            id,
            role.granted_with(),
            command,
        )
        .await
    }

    /// Lets a user do nothing until he is reactivated.
    pub async fn suspend_user(
        &self,
        context: &Context,
        id: UserId,
        reason: String,
    ) -> Result<Done, CommandError> {
        let reason = Personal::new(id, reason);
        let command = UserCommand::Suspend(SuspendUser {
            reason,
            by: context.user().ok(),
        });
        self.on_roles(
            context,
            "user.suspend",
            id,
            Permission::UserSuspend,
            command,
        )
        .await
    }

    /// Lets a suspended user act again.
    pub async fn reactivate_user(
        &self,
        context: &Context,
        id: UserId,
        reason: String,
    ) -> Result<Done, CommandError> {
        let command = UserCommand::Reactivate(ReactivateUser {
            reason: Personal::new(id, reason),
        });
        self.on_roles(
            context,
            "user.reactivate",
            id,
            Permission::UserSuspend,
            command,
        )
        .await
    }

    async fn on_own(
        &self,
        context: &Context,
        name: &'static str,
        id: UserId,
        permission: fn(Scope) -> Permission,
        command: UserCommand,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize_own(d, id, permission)?;
            d.decide::<User>(id, &command).map(drop)
        };
        let streams = vec![want::<User>(id)?];
        self.dispatch
            .command(context, name, id.to_string(), streams, &decide)
            .await
    }

    async fn on_roles(
        &self,
        context: &Context,
        name: &'static str,
        id: UserId,
        permission: Permission,
        command: UserCommand,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.require(permission)?;
            d.require_rank_of(id)?;
            let was = d.state::<User>(id)?.is_administrator();
            d.decide::<User>(id, &command)?;
            keep_roster(d, id, was)
        };
        let streams = vec![want::<User>(id)?, want::<Roster>(ADMINISTRATORS)?];
        self.dispatch
            .command(context, name, id.to_string(), streams, &decide)
            .await
    }
}

fn authorize_own(
    d: &Decision<'_>,
    id: UserId,
    permission: fn(Scope) -> Permission,
) -> Result<(), CommandError> {
    d.require_over("user", permission, Permission::UserShow, Owners::of(&[id]))?;
    d.require_rank_of(id)
}

/// Whether one with `permissions` may make a user with `roles`; without any, one signs up oneself.
/// Nobody gives more than they may grant, and nobody gives themselves more than everyone gets.
pub fn may_create(
    permissions: Option<&Permissions>,
    roles: &BTreeSet<Role>,
) -> Result<(), CommandError> {
    let Some(permissions) = permissions else {
        let open_to_all = [Role::Member, Role::Host];
        return match roles.iter().find(|role| !open_to_all.contains(role)) {
            Some(role) => Err(CommandError::forbidden(role.granted_with())),
            None => Ok(()),
        };
    };
    let granted = roles.iter().filter(|role| **role != Role::Member);
    let needed = granted.map(|role| role.granted_with());
    match std::iter::once(Permission::UserInvite)
        .chain(needed)
        .find(|needed| !permissions.allows(*needed))
    {
        Some(missing) => Err(CommandError::forbidden(missing)),
        None => Ok(()),
    }
}

fn authorize_roles(d: &Decision<'_>, roles: &BTreeSet<Role>) -> Result<(), CommandError> {
    let permissions = match d.context.who {
        Who::Anonymous => None,
        _ => Some(d.permissions()?),
    };
    may_create(permissions.as_ref(), roles)
}

/// Keeps the roster of administrators in step with what the user has become.
fn keep_roster(d: &mut Decision<'_>, id: UserId, was: bool) -> Result<(), CommandError> {
    let step = match (was, d.state::<User>(id)?.is_administrator()) {
        (false, true) => RosterCommand::Join(JoinRoster { user: id }),
        (true, false) => RosterCommand::Leave(LeaveRoster { user: id }),
        _ => return Ok(()),
    };
    d.decide::<Roster>(ADMINISTRATORS, &step).map(drop)
}

/// Says of a claim that is taken what was claimed.
fn email_taken(error: CommandError) -> CommandError {
    match error {
        CommandError::Refused(mut refused) if refused.code == "claim_taken" => {
            refused.code = "email_taken".into();
            refused.pointer = Some("/email");
            "there is an account with this address; log in instead".clone_into(&mut refused.detail);
            CommandError::Refused(refused)
        }
        other => other,
    }
}
