//! The rules for a user.

use chrono_tz::Tz;

use super::{
    Account, ChangePassword, ChangeUser, DeactivateUser, GrantRole, LogOutEverywhere,
    ReactivateUser, RevokeRole, SignUp, SuspendUser, User, UserChanged, UserCommand, UserCreated,
    UserDeactivated, UserEvent, UserLoggedOutEverywhere, UserPasswordChanged, UserReactivated,
    UserRefusal, UserRoleGranted, UserRoleRevoked, UserSuspended,
};
use crate::id::UserId;
use crate::money::Currency;
use crate::secret::Secret;
use crate::text;

/// The longest address that a mail system carries (RFC 5321).
pub const EMAIL_CHARS_MAX: usize = 254;
/// The longest name of a user.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest reason for a suspension or its end.
pub const REASON_CHARS_MAX: usize = 1_000;
/// The longest hash of a password.
pub const HASH_CHARS_MAX: usize = 512;

type Decision = Result<Vec<UserEvent>, UserRefusal>;

impl User {
    pub(super) fn decide_on(&self, command: &UserCommand) -> Decision {
        match command {
            UserCommand::SignUp(c) => self.sign_up(c),
            UserCommand::Change(c) => self.change(c),
            UserCommand::ChangePassword(c) => self.change_password(c),
            UserCommand::LogOutEverywhere(c) => self.log_out_everywhere(c),
            UserCommand::GrantRole(c) => self.grant_role(c),
            UserCommand::RevokeRole(c) => self.revoke_role(c),
            UserCommand::Suspend(c) => self.suspend(c),
            UserCommand::Reactivate(c) => self.reactivate(c),
            UserCommand::Deactivate(c) => self.deactivate(c),
        }
    }

    fn active(&self) -> Result<&Account, UserRefusal> {
        match self {
            Self::Absent => Err(UserRefusal::Unknown),
            Self::Active(account) => Ok(account),
            Self::Suspended(_) => Err(UserRefusal::Suspended),
            Self::Deactivated(_) => Err(UserRefusal::Deactivated),
        }
    }

    /// The account of one who may be managed by others: active or suspended.
    fn present(&self) -> Result<&Account, UserRefusal> {
        match self {
            Self::Absent => Err(UserRefusal::Unknown),
            Self::Active(account) | Self::Suspended(account) => Ok(account),
            Self::Deactivated(_) => Err(UserRefusal::Deactivated),
        }
    }

    fn sign_up(&self, c: &SignUp) -> Decision {
        if *self != Self::Absent {
            return Err(UserRefusal::Exists);
        }
        text::line("/email", &c.email.value, EMAIL_CHARS_MAX)?;
        if !is_address(&c.email.value) {
            return Err(UserRefusal::EmailMalformed);
        }
        text::line("/name", &c.name.value, NAME_CHARS_MAX)?;
        c.password_hash.as_ref().map_or(Ok(()), check_hash)?;
        if c.roles.is_empty() {
            return Err(UserRefusal::NoRole);
        }
        Ok(vec![UserEvent::Created(UserCreated {
            user: c.user,
            email: c.email.clone(),
            name: c.name.clone(),
            roles: c.roles.clone(),
            password_hash: c.password_hash.clone(),
            password_temporary: c.password_temporary,
        })])
    }

    fn change(&self, c: &ChangeUser) -> Decision {
        let account = self.active()?;
        if let Some(name) = &c.name {
            text::line("/name", &name.value, NAME_CHARS_MAX)?;
        }
        let locale = c.locale.as_deref().map(locale).transpose()?;
        let time_zone = c.time_zone.as_deref().map(time_zone).transpose()?;
        let currency = c
            .currency
            .as_deref()
            .map(str::parse::<Currency>)
            .transpose()?;
        // Only what differs is told, so that a change to the same values is none.
        let changed = UserChanged {
            name: c.name.clone().filter(|name| *name != account.name),
            locale: locale.filter(|locale| account.locale.as_ref() != Some(locale)),
            time_zone: time_zone.filter(|zone| account.time_zone != Some(*zone)),
            currency: currency.filter(|currency| account.currency != Some(*currency)),
        };
        if changed == UserChanged::default() {
            return Ok(vec![]);
        }
        Ok(vec![UserEvent::Changed(changed)])
    }

    fn change_password(&self, c: &ChangePassword) -> Decision {
        self.active()?;
        check_hash(&c.password_hash)?;
        let password_hash = c.password_hash.clone();
        Ok(vec![UserEvent::PasswordChanged(UserPasswordChanged {
            password_hash,
            kept_session: c.kept_session,
            temporary: c.temporary,
        })])
    }

    /// It always happens: which sessions there are is not known here.
    fn log_out_everywhere(&self, _: &LogOutEverywhere) -> Decision {
        self.present()?;
        Ok(vec![UserEvent::LoggedOutEverywhere(
            UserLoggedOutEverywhere {},
        )])
    }

    fn grant_role(&self, c: &GrantRole) -> Decision {
        if self.present()?.roles.contains(&c.role) {
            return Ok(vec![]);
        }
        Ok(vec![UserEvent::RoleGranted(UserRoleGranted {
            role: c.role,
        })])
    }

    fn revoke_role(&self, c: &RevokeRole) -> Decision {
        let account = self.present()?;
        if !account.roles.contains(&c.role) {
            return Ok(vec![]);
        }
        if c.role.is_admin() && is_self(account, c.by) {
            return Err(UserRefusal::OwnRole);
        }
        if account.roles.len() == 1 {
            return Err(UserRefusal::LastRole(c.role));
        }
        Ok(vec![UserEvent::RoleRevoked(UserRoleRevoked {
            role: c.role,
        })])
    }

    fn suspend(&self, c: &SuspendUser) -> Decision {
        let account = self.present()?;
        text::lines("/reason", &c.reason.value, REASON_CHARS_MAX)?;
        if is_self(account, c.by) {
            return Err(UserRefusal::OwnSuspension);
        }
        match self {
            Self::Suspended(_) => Ok(vec![]),
            _ => Ok(vec![UserEvent::Suspended(UserSuspended {
                reason: c.reason.clone(),
            })]),
        }
    }

    fn reactivate(&self, c: &ReactivateUser) -> Decision {
        self.present()?;
        text::lines("/reason", &c.reason.value, REASON_CHARS_MAX)?;
        match self {
            Self::Suspended(_) => Ok(vec![UserEvent::Reactivated(UserReactivated {
                reason: c.reason.clone(),
            })]),
            _ => Ok(vec![]),
        }
    }

    fn deactivate(&self, _: &DeactivateUser) -> Decision {
        match self {
            Self::Absent => Err(UserRefusal::Unknown),
            Self::Deactivated(_) => Ok(vec![]),
            Self::Active(_) | Self::Suspended(_) => {
                Ok(vec![UserEvent::Deactivated(UserDeactivated {})])
            }
        }
    }
}

fn is_self(account: &Account, by: Option<UserId>) -> bool {
    by == Some(account.user)
}

/// The least that an address is; whether mail arrives there only mail can tell.
fn is_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    matches!(parts[..], [local, host] if !local.is_empty() && !host.is_empty())
        && !text.contains(char::is_whitespace)
}

fn check_hash(hash: &Secret<String>) -> Result<(), UserRefusal> {
    let hash = hash.reveal();
    let formed = hash.starts_with('$')
        && hash.len() <= HASH_CHARS_MAX
        && hash.split('$').count() >= 4
        && hash.chars().all(|c| c.is_ascii_graphic());
    if formed {
        Ok(())
    } else {
        Err(UserRefusal::HashMalformed)
    }
}

/// A language of two or three letters, a script of four, a region of two letters or three digits.
fn locale(tag: &str) -> Result<String, UserRefusal> {
    let mut parts = tag.split('-').peekable();
    let lower = |part: &&str| part.bytes().all(|b| b.is_ascii_lowercase());
    let language = parts
        .next()
        .filter(lower)
        .is_some_and(|part| matches!(part.len(), 2 | 3));
    let is_script = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic());
    let is_region = |part: &str| match part.len() {
        2 => part.bytes().all(|b| b.is_ascii_uppercase()),
        3 => part.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    };
    parts.next_if(|part| is_script(part));
    parts.next_if(|part| is_region(part));
    if language && parts.next().is_none() {
        return Ok(tag.to_owned());
    }
    Err(UserRefusal::UnknownLocale(shortened(tag)))
}

fn time_zone(name: &str) -> Result<Tz, UserRefusal> {
    name.parse()
        .map_err(|_| UserRefusal::UnknownTimeZone(shortened(name)))
}

/// Enough of a wrong value to recognise it by.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
