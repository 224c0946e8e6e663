//! What is so of a session now.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{EndReason, Rotation, SessionCommand, SessionEvent, SessionRefreshed, SessionRefusal};
use crate::aggregate::Aggregate;
use crate::id::UserId;
use crate::secret::Secret;

/// How many tokens whose time is over are still recognised; the oldest is forgotten first.
pub const RETIRED_TOKENS_MAX: usize = 1_000;

/// A session that can be refreshed. At any time exactly one token holds: the current one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// Who is logged in.
    pub user: UserId,
    /// From when on it cannot be refreshed.
    pub expires_at: DateTime<Utc>,
    /// The epoch of the user's credentials that it began in.
    pub credential_epoch: u64,
    /// The hash of the token that holds.
    pub refresh_hash: Secret<String>,
    /// Whether a token that came with the current one is known to have been used.
    pub confirmed: bool,
    /// The token whose use in turn led to the current one, if it is not the first.
    pub previous: Option<Previous>,
    /// Tokens given out for the previous one whose answer was lost, so that they never held.
    pub superseded_hashes: Vec<Secret<String>>,
    /// Tokens from before the previous one; any of them shows a theft.
    pub retired_hashes: VecDeque<Secret<String>>,
}

/// The token before the current one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Previous {
    /// Its hash.
    pub previous_hash: Secret<String>,
    /// When it was used in turn.
    pub used_at: DateTime<Utc>,
}

/// A session, from never heard of to over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Session {
    /// Nobody logged in under this id.
    #[default]
    Absent,
    /// Can be refreshed until it expires.
    Live(Live),
    /// Is over.
    Ended {
        /// Who was logged in.
        user: UserId,
        /// Why it ended.
        reason: EndReason,
    },
}

cqrs_aggregate!(Session);

impl Session {
    /// Whose it is, or was.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Absent => None,
            Self::Live(Live { user, .. }) | Self::Ended { user, .. } => Some(*user),
        }
    }

    /// Whether an access token of it may be believed at `at`.
    pub fn is_live(&self, at: DateTime<Utc>) -> bool {
        matches!(self, Self::Live(live) if at < live.expires_at)
    }
}

impl Aggregate for Session {
    const NOUN: &'static str = "session";
    const STATE_VERSION: u32 = 2;
    type Command = SessionCommand;
    type Event = SessionEvent;
    type Refusal = SessionRefusal;

    fn decide(&self, command: &SessionCommand) -> Result<Vec<SessionEvent>, SessionRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &SessionEvent) {
        match (&mut *self, event) {
            (Self::Absent, SessionEvent::Started(started)) => {
                *self = Self::Live(Live {
                    user: started.user,
                    expires_at: started.expires_at,
                    credential_epoch: started.credential_epoch,
                    refresh_hash: started.refresh_hash.clone(),
                    confirmed: false,
                    previous: None,
                    superseded_hashes: Vec::new(),
                    retired_hashes: VecDeque::new(),
                });
            }
            (Self::Live(live), SessionEvent::Refreshed(refreshed)) => live.refresh(refreshed),
            (Self::Live(live), SessionEvent::Confirmed(_)) => live.confirmed = true,
            (Self::Live(live), SessionEvent::Ended(ended)) => {
                *self = Self::Ended {
                    user: live.user,
                    reason: ended.reason,
                };
            }
            // No such history is written; one that is told so all the same changes nothing.
            (
                Self::Absent,
                SessionEvent::Refreshed(_) | SessionEvent::Confirmed(_) | SessionEvent::Ended(_),
            )
            | (Self::Live(_), SessionEvent::Started(_))
            | (Self::Ended { .. }, _) => {}
        }
    }
}

impl Live {
    /// The hash of the current refresh token, while it is not known whether the answer that
    /// brought it arrived. A first token needs no such knowledge: nothing came before it.
    pub fn unconfirmed(&self) -> Option<&Secret<String>> {
        (self.previous.is_some() && !self.confirmed).then_some(&self.refresh_hash)
    }

    pub(super) fn awaits_confirmation_of(&self, hash: &Secret<String>) -> bool {
        self.unconfirmed() == Some(hash)
    }

    fn refresh(&mut self, refreshed: &SessionRefreshed) {
        let replaced = std::mem::replace(&mut self.refresh_hash, refreshed.refresh_hash.clone());
        self.expires_at = refreshed.expires_at;
        self.confirmed = false;
        match refreshed.rotation {
            Rotation::InTurn => {
                let next = Previous {
                    previous_hash: replaced,
                    used_at: refreshed.refreshed_at,
                };
                let before = self
                    .previous
                    .replace(next)
                    .map(|previous| previous.previous_hash);
                let never_held = std::mem::take(&mut self.superseded_hashes);
                self.retire(before.into_iter().chain(never_held));
            }
            // The window stays where it was: otherwise who repeats often enough keeps it open.
            Rotation::AnswerLost => self.superseded_hashes.push(replaced),
        }
    }

    fn retire(&mut self, tokens: impl Iterator<Item = Secret<String>>) {
        self.retired_hashes.extend(tokens);
        while self.retired_hashes.len() > RETIRED_TOKENS_MAX {
            self.retired_hashes.pop_front();
        }
    }
}
