//! What is so of a user now.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{UserCommand, UserEvent, UserRefusal};
use crate::aggregate::Aggregate;
use crate::id::{SessionId, UserId};
use crate::money::Currency;
use crate::permission::{Permissions, Role};
use crate::personal::Personal;
use crate::secret::Secret;

/// What an account holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Whose it is.
    pub user: UserId,
    /// The normalised address.
    pub email: Personal<String>,
    /// How the user wants to be called.
    pub name: Personal<String>,
    /// What the user may do.
    pub roles: BTreeSet<Role>,
    /// A PHC string, once a password is set.
    pub password_hash: Option<Secret<String>>,
    /// Which sessions hold.
    pub credentials: Credentials,
    /// A language tag.
    pub locale: Option<String>,
    /// Where the user's clock stands.
    pub time_zone: Option<Tz>,
    /// In which currency the user wants to see prices.
    pub currency: Option<Currency>,
}

/// Which sessions of a user hold. A session remembers the epoch that it began in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Raised by whatever ends all sessions at once: another password, a suspension, logging out
    /// everywhere. It never falls, so that no session comes back.
    pub epoch: u64,
    /// The session of an earlier epoch that the last raise spared.
    pub kept_session: Option<SessionId>,
    /// Whether someone else knows the password: it opens nothing but its own change.
    pub password_temporary: bool,
}

impl Credentials {
    /// Whether the session with `id`, begun in `epoch`, still holds.
    pub fn admit(&self, id: SessionId, epoch: u64) -> bool {
        epoch == self.epoch || self.kept_session == Some(id)
    }

    fn raise(&mut self, kept_session: Option<SessionId>) {
        self.epoch += 1;
        self.kept_session = kept_session;
    }
}

/// A user, from never heard of to gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status", content = "account")]
pub enum User {
    /// Nobody signed up under this id.
    #[default]
    Absent,
    /// May act.
    Active(Account),
    /// May do nothing until reactivated.
    Suspended(Account),
    /// Left for good.
    Deactivated(Account),
}

cqrs_aggregate!(User);

impl User {
    /// The account, whatever its status.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Absent => None,
            Self::Active(account) | Self::Suspended(account) | Self::Deactivated(account) => {
                Some(account)
            }
        }
    }

    /// What the user may do now: nothing unless active.
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::Active(account) => Permissions::of(&account.roles),
            Self::Absent | Self::Suspended(_) | Self::Deactivated(_) => Permissions::default(),
        }
    }

    /// Whether the user belongs on the roster of administrators.
    ///
    /// Where this differs before and after a command, the append carries a step of that roster:
    /// joining when it becomes true, leaving (which the last one is refused) when it ceases to be.
    pub fn is_administrator(&self) -> bool {
        matches!(self, Self::Active(account) if account.roles.iter().any(|role| role.is_admin()))
    }
}

impl Aggregate for User {
    const NOUN: &'static str = "user";
    const STATE_VERSION: u32 = 2;
    type Command = UserCommand;
    type Event = UserEvent;
    type Refusal = UserRefusal;

    fn decide(&self, command: &UserCommand) -> Result<Vec<UserEvent>, UserRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &UserEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Absent, UserEvent::Created(created)) => Self::Active(Account {
                user: created.user,
                email: created.email.clone(),
                name: created.name.clone(),
                roles: created.roles.clone(),
                password_hash: created.password_hash.clone(),
                credentials: Credentials {
                    password_temporary: created.password_temporary,
                    ..Credentials::default()
                },
                locale: None,
                time_zone: None,
                currency: None,
            }),
            // No such history is written; one that is told so all the same changes nothing.
            (Self::Absent, _) => Self::Absent,
            (known, UserEvent::Created(_)) => known,
            (Self::Active(mut account), UserEvent::Suspended(_)) => {
                account.credentials.raise(None);
                Self::Suspended(account)
            }
            (Self::Suspended(account), UserEvent::Reactivated(_)) => Self::Active(account),
            (
                Self::Active(account) | Self::Suspended(account) | Self::Deactivated(account),
                UserEvent::Deactivated(_),
            ) => Self::Deactivated(account),
            (Self::Active(account), event) => Self::Active(account.after(event)),
            (Self::Suspended(account), event) => Self::Suspended(account.after(event)),
            (Self::Deactivated(account), event) => Self::Deactivated(account.after(event)),
        };
    }
}

impl Account {
    fn after(mut self, event: &UserEvent) -> Self {
        match event {
            UserEvent::Changed(changed) => {
                self.name = changed.name.clone().unwrap_or(self.name);
                self.locale = changed.locale.clone().or(self.locale);
                self.time_zone = changed.time_zone.or(self.time_zone);
                self.currency = changed.currency.or(self.currency);
            }
            UserEvent::PasswordChanged(changed) => {
                self.password_hash = Some(changed.password_hash.clone());
                self.credentials.raise(changed.kept_session);
                self.credentials.password_temporary = changed.temporary;
            }
            UserEvent::LoggedOutEverywhere(_) => self.credentials.raise(None),
            UserEvent::RoleGranted(granted) => {
                self.roles.insert(granted.role);
            }
            UserEvent::RoleRevoked(revoked) => {
                self.roles.remove(&revoked.role);
            }
            UserEvent::Created(_)
            | UserEvent::Suspended(_)
            | UserEvent::Reactivated(_)
            | UserEvent::Deactivated(_) => {}
        }
        self
    }
}
