//! Commands on users.

use std::collections::BTreeSet;

use domain::booking::Booking;
use domain::claim::{Claim, ClaimCommand, ClaimKind, ReleaseClaim, TakeClaim};
use domain::commitments::Commitments;
use domain::id::{BookingId, UserId};
use domain::permission::{Permission, Role, Scope};
use domain::roster::{JoinRoster, LeaveRoster, Roster, RosterCommand};
use domain::user::{
    ChangePassword, ChangeUser, DeactivateUser, GrantRole, ReactivateUser, RevokeRole, SignUp,
    SuspendUser, User, UserCommand,
};
use domain::{Personal, RefusalKind, secret};

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

/// The most bookings that are looked at beside the stream of commitments.
const CANDIDATES_MAX: usize = 40;

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
}

impl Commands {
    /// Creates a user and takes the claim on the address. Anyone may sign up as a member or host;
    /// other roles are given by those who may grant them.
    pub async fn sign_up(&self, context: &Context, new: &NewUser) -> Result<Done, CommandError> {
        let email = normalise_email(&new.email);
        let claim = self.secret.claim_id("email", &email);
        let streams = vec![
            fresh::<User>(new.user)?,
            want::<Claim>(&claim)?,
            want::<Roster>(ADMINISTRATORS)?,
        ];
        let sign_up = UserCommand::SignUp(SignUp {
            user: new.user,
            email: Personal::new(new.user, email),
            name: Personal::new(new.user, new.name.clone()),
            roles: new.roles.clone(),
            password_hash: new.password_hash.clone(),
        });
        let decide = |d: &mut Decision<'_>| {
            authorize_roles(d, &new.roles)?;
            d.decide::<User>(new.user, &sign_up)?;
            let take = TakeClaim {
                owner: new.user.0,
                kind: ClaimKind::Email,
            };
            d.decide::<Claim>(&claim, &ClaimCommand::Take(take))
                .map_err(email_taken)?;
            keep_roster(d, new.user, false)
        };
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

    /// Who holds the claim on an address, whatever he may do.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserId>, CommandError> {
        let claim = self.secret.claim_id("email", &normalise_email(email));
        let (claim, _) = self.dispatch.peek::<Claim>(claim).await?;
        Ok(claim.owner().map(UserId))
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

    /// Lets another password hold. Whoever asks has proved the old one, or is the operator.
    pub async fn change_password(
        &self,
        context: &Context,
        id: UserId,
        password_hash: secret::Secret<String>,
    ) -> Result<Done, CommandError> {
        let command = UserCommand::ChangePassword(ChangePassword { password_hash });
        let decide = |d: &mut Decision<'_>| {
            match d.context.who {
                Who::User { user, .. } if user == id => d.permissions().map(drop)?,
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

    /// Closes an account for good and frees its address, unless a confirmed booking binds its user.
    ///
    /// `candidates` are bookings that may do so and were confirmed before there were streams of
    /// commitments; each is asked of its own stream.
    pub async fn deactivate_user(
        &self,
        context: &Context,
        id: UserId,
        candidates: &[BookingId],
    ) -> Result<Done, CommandError> {
        let (user, _) = self.dispatch.peek::<User>(id).await?;
        let account = user
            .account()
            .ok_or_else(|| CommandError::unknown("user"))?;
        let claim = self.secret.claim_id("email", &account.email.value);
        let mut streams = vec![
            want::<User>(id)?,
            want::<Claim>(&claim)?,
            want::<Roster>(ADMINISTRATORS)?,
            want::<Commitments>(id)?,
        ];
        let candidates = &candidates[..candidates.len().min(CANDIDATES_MAX)];
        for booking in candidates {
            streams.push(want::<Booking>(*booking)?);
        }
        let decide = |d: &mut Decision<'_>| {
            authorize_own(d, id, Permission::UserDeactivate)?;
            require_free(d, id, candidates)?;
            let was = d.state::<User>(id)?.is_administrator();
            if d.decide::<User>(id, &UserCommand::Deactivate(DeactivateUser {}))? {
                let release = ClaimCommand::Release(ReleaseClaim { owner: id.0 });
                d.decide::<Claim>(&claim, &release)?;
            }
            keep_roster(d, id, was)
        };
        self.dispatch
            .command(context, "user.deactivate", id.to_string(), streams, &decide)
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
            let target = d.state::<User>(id)?;
            let account = target
                .account()
                .ok_or_else(|| CommandError::unknown("user"))?;
            // Only the highest may touch the highest, whatever is done to them.
            if account.roles.contains(&Role::SuperAdmin) {
                d.require(Permission::RoleGrantSuper)?;
            }
            let was = target.is_administrator();
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
    let account = d.state::<User>(id)?.account();
    let roles = &account.ok_or_else(|| CommandError::unknown("user"))?.roles;
    // Only the highest may touch the highest, but for himself.
    let is_own = d.context.user().is_ok_and(|me| me == id);
    if roles.contains(&Role::SuperAdmin) && !is_own {
        d.require(Permission::RoleGrantSuper)?;
    }
    Ok(())
}

/// Nobody leaves while guests, or a host, rely on them.
fn require_free(
    d: &Decision<'_>,
    id: UserId,
    candidates: &[BookingId],
) -> Result<(), CommandError> {
    if matches!(d.state::<User>(id)?, User::Deactivated(_)) {
        return Ok(());
    }
    let mut open = d.state::<Commitments>(id)?.bookings.clone();
    for booking in candidates {
        let made = d.state::<Booking>(*booking)?.reservation();
        let binds = made.is_some_and(|made| {
            let is_party = made.request.host == id || made.request.party.user() == Some(id);
            is_party && made.is_confirmed()
        });
        if binds {
            open.insert(*booking);
        }
    }
    let Some(first) = open.first() else {
        return Ok(());
    };
    let more = match open.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let detail = format!(
        "the account still has the confirmed booking {first}{more}; cancel or complete it, and let \
         it be paid, before the account is closed"
    );
    Err(CommandError::refused(
        RefusalKind::Conflict,
        "account_has_bookings",
        detail,
    ))
}

/// Nobody gives himself more than the house gives to everyone.
fn authorize_roles(d: &Decision<'_>, roles: &BTreeSet<Role>) -> Result<(), CommandError> {
    if d.context.who == Who::Anonymous {
        let open_to_all = [Role::Member, Role::Host];
        return match roles.iter().find(|role| !open_to_all.contains(role)) {
            Some(role) => Err(CommandError::forbidden(role.granted_with())),
            None => Ok(()),
        };
    }
    d.require(Permission::UserInvite)?;
    let mut granted = roles.iter().filter(|role| **role != Role::Member);
    granted.try_for_each(|role| d.require(role.granted_with()))
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
