//! The rules for a session.

use chrono::TimeDelta;

use super::{
    ConfirmSession, EndReason, EndSession, Live, RefreshSession, Rotation, Session, SessionCommand,
    SessionConfirmed, SessionEnded, SessionEvent, SessionRefreshed, SessionRefusal, SessionStarted,
    StartSession,
};
use crate::personal::Personal;
use crate::secret::Secret;
use crate::text;

/// For how long a used token may be presented again, whatever came of its successor: the answer
/// was lost, or two tabs asked at once.
pub const REPEAT_WINDOW_S: i64 = 60;
/// How often the answer to one token may be lost before it is taken for a theft.
pub const ANSWERS_LOST_MAX: usize = 100;
/// The longest name of a device.
pub const DEVICE_CHARS_MAX: usize = 100;
/// The longest address of a client.
pub const IP_CHARS_MAX: usize = 64;
/// The longest name a client gives itself.
pub const USER_AGENT_CHARS_MAX: usize = 512;

const HASH_DIGITS: usize = 64;

type Decision = Result<Vec<SessionEvent>, SessionRefusal>;

/// What a presented token is to a session.
enum Presented {
    Current,
    Replaced,
    Retired,
    Unknown,
}

impl Session {
    pub(super) fn decide_on(&self, command: &SessionCommand) -> Decision {
        match command {
            SessionCommand::Start(c) => self.start(c),
            SessionCommand::Refresh(c) => self.refresh(c),
            SessionCommand::Confirm(c) => Ok(self.confirm(c)),
            SessionCommand::End(c) => self.end(c),
        }
    }

    fn start(&self, c: &StartSession) -> Decision {
        if *self != Self::Absent {
            return Err(SessionRefusal::Exists);
        }
        check_hash(&c.refresh_hash)?;
        optional("/device", c.device.as_ref(), DEVICE_CHARS_MAX)?;
        optional("/ip", c.ip.as_ref(), IP_CHARS_MAX)?;
        optional("/user_agent", c.user_agent.as_ref(), USER_AGENT_CHARS_MAX)?;
        if c.expires_at <= c.at {
            return Err(SessionRefusal::ExpiresTooSoon);
        }
        Ok(vec![SessionEvent::Started(SessionStarted {
            user: c.user,
            refresh_hash: c.refresh_hash.clone(),
            expires_at: c.expires_at,
            credential_epoch: c.credential_epoch,
            device: c.device.clone(),
            ip: c.ip.clone(),
            user_agent: c.user_agent.clone(),
        })])
    }

    fn refresh(&self, c: &RefreshSession) -> Decision {
        let live = match self {
            Self::Absent => return Err(SessionRefusal::Unknown),
            Self::Ended { .. } => return Err(SessionRefusal::Ended),
            Self::Live(live) if c.at >= live.expires_at => return Err(SessionRefusal::Expired),
            Self::Live(live) => live,
        };
        check_hash(&c.next)?;
        if !matches!(live.presented(&c.next), Presented::Unknown) {
            return Err(SessionRefusal::TokenNotNew);
        }
        if c.expires_at <= c.at {
            return Err(SessionRefusal::ExpiresTooSoon);
        }
        match live.presented(&c.presented) {
            Presented::Current => Ok(vec![rotated(c, Rotation::InTurn)]),
            Presented::Replaced if live.answer_was_lost(c) => {
                Ok(vec![rotated(c, Rotation::AnswerLost)])
            }
            Presented::Replaced | Presented::Retired => {
                let reason = EndReason::RefreshReuse;
                Ok(vec![SessionEvent::Ended(SessionEnded { reason })])
            }
            // Not ours: ending the session on it would let a stranger log someone out.
            Presented::Unknown => Err(SessionRefusal::TokenUnknown),
        }
    }

    /// Never refused: a token that came with an earlier refresh token confirms nothing.
    fn confirm(&self, c: &ConfirmSession) -> Vec<SessionEvent> {
        match self {
            Self::Live(live) if live.awaits_confirmation_of(&c.refresh_hash) => {
                vec![SessionEvent::Confirmed(SessionConfirmed {})]
            }
            _ => Vec::new(),
        }
    }

    fn end(&self, c: &EndSession) -> Decision {
        match self {
            Self::Absent => Err(SessionRefusal::Unknown),
            Self::Live(_) => Ok(vec![SessionEvent::Ended(SessionEnded { reason: c.reason })]),
            Self::Ended { .. } => Ok(vec![]),
        }
    }
}

impl Live {
    fn presented(&self, hash: &Secret<String>) -> Presented {
        let is_previous = self
            .previous
            .as_ref()
            .is_some_and(|p| p.previous_hash == *hash);
        if self.refresh_hash == *hash {
            Presented::Current
        } else if is_previous || self.superseded_hashes.contains(hash) {
            Presented::Replaced
        } else if self.retired_hashes.contains(hash) {
            Presented::Retired
        } else {
            Presented::Unknown
        }
    }

    /// Whether a replaced token comes back because its answer never arrived, and not because two
    /// hold it: soon after its use, or (the previous one only) before its successor was in use.
    ///
    /// A superseded token was an answer itself, so that it arrived; it gets the short window only,
    /// for two tabs that asked at once.
    fn answer_was_lost(&self, c: &RefreshSession) -> bool {
        let Some(previous) = &self.previous else {
            return false;
        };
        if self.superseded_hashes.len() >= ANSWERS_LOST_MAX {
            return false;
        }
        let is_soon = c.at - previous.used_at <= TimeDelta::seconds(REPEAT_WINDOW_S);
        is_soon || (previous.previous_hash == c.presented && !self.confirmed)
    }
}

fn rotated(c: &RefreshSession, rotation: Rotation) -> SessionEvent {
    SessionEvent::Refreshed(SessionRefreshed {
        refresh_hash: c.next.clone(),
        rotation,
        refreshed_at: c.at,
        expires_at: c.expires_at,
    })
}

fn check_hash(hash: &Secret<String>) -> Result<(), SessionRefusal> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let hash = hash.reveal();
    if hash.len() == HASH_DIGITS && hash.bytes().all(is_digit) {
        return Ok(());
    }
    Err(SessionRefusal::HashMalformed)
}

fn optional(
    pointer: &'static str,
    text: Option<&Personal<String>>,
    chars_max: usize,
) -> Result<(), SessionRefusal> {
    Ok(text.map_or(Ok(()), |text| text::line(pointer, &text.value, chars_max))?)
}
