//! What was refused, written down behind the requests: a bounded heap that a task of its own brings
//! to the database twice a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use commands::Context;
use eventstore::supervisor::Stop;
use eventstore::{Clock, Mint, PgPool};
use projections::security::{self, SecurityEvent};
use uuid::Uuid;

use crate::extract::Trail;

/// The most different ones that wait to be written; beyond that they are only counted.
const WAITING_MAX: usize = 10_000;
/// How often they are written.
const WRITE_EVERY: Duration = Duration::from_millis(500);
/// How often the old ones are taken out.
const SWEEP_EVERY: TimeDelta = TimeDelta::hours(1);

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Credentials were wrong, or opened nothing.
    LoginFailed,
    /// Credentials were not even looked at: too many had been wrong.
    LoginHeldBack,
    /// An address was signed up with that has an account.
    SignUpRepeated,
    /// Somebody asked for what they may not do.
    AccessRefused,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::LoginFailed => "login_failed",
            Self::LoginHeldBack => "login_held_back",
            Self::SignUpRepeated => "sign_up_repeated",
            Self::AccessRefused => "access_refused",
        }
    }
}

/// One refusal.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What was refused.
    pub kind: Kind,
    /// The code of the problem that was answered.
    pub code: String,
    /// Who asked, or whose account it was tried on.
    pub user: Option<Uuid>,
    /// The keyed hash of the address that was typed.
    pub account: Option<String>,
    /// How it was asked.
    pub method: String,
    /// For what: the route, without the ids in it.
    pub route: String,
}

/// Where a refusal came from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
}

impl From<&Trail> for Source {
    fn from(trail: &Trail) -> Self {
        Self {
            ip: trail.ip.map(|ip| ip.to_string()),
            user_agent: trail.user_agent.clone(),
            request_id: Some(trail.request_id.clone()),
        }
    }
}

impl From<&Context> for Source {
    fn from(context: &Context) -> Self {
        Self {
            ip: context.ip.clone(),
            user_agent: context.user_agent.clone(),
            request_id: context.request_id.clone(),
        }
    }
}

/// What makes two refusals one row.
type Same = (
    &'static str,
    String,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    String,
    String,
);

#[derive(Default)]
struct Waiting {
    events: HashMap<Same, SecurityEvent>,
    lost: u64,
}

/// Takes refusals at once and writes them down later. Cheap to clone.
#[derive(Clone)]
pub struct SecurityLog {
    waiting: Arc<Mutex<Waiting>>,
    clock: Arc<dyn Clock>,
    mint: Mint,
}

/// For how long what is written stays.
#[derive(Clone, Copy, Debug)]
pub struct Lives {
    /// Of a refusal.
    pub event: TimeDelta,
    /// Of an allowance: after that it is full again.
    pub allowance: TimeDelta,
}

impl SecurityLog {
    /// A log in which nothing waits.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            waiting: Arc::default(),
            clock,
            mint: Mint,
        }
    }

    /// Takes note of a refusal. It never waits; beyond what the heap holds it is only counted.
    pub fn note(&self, refusal: Refusal, from: Source) {
        let at = self.clock.now();
        let same = (
            refusal.kind.word(),
            refusal.code.clone(),
            refusal.user,
            refusal.account.clone(),
            from.ip.clone(),
            refusal.method.clone(),
            refusal.route.clone(),
        );
        let mut waiting = self.lock();
        if let Some(event) = waiting.events.get_mut(&same) {
            event.times += 1;
            event.last_at = at;
        } else if waiting.events.len() >= WAITING_MAX {
            waiting.lost += 1;
        } else {
            let event = SecurityEvent {
                id: self.mint.id(),
                at,
                last_at: at,
                times: 1,
                kind: refusal.kind.word().to_owned(),
                code: refusal.code,
                user_id: refusal.user,
                account: refusal.account,
                ip: from.ip,
                user_agent: from.user_agent,
                method: refusal.method,
                route: refusal.route,
                request_id: from.request_id,
            };
            waiting.events.insert(same, event);
        }
    }

    /// Writes what waits, again and again, and takes out what is old. What could not be written
    /// waits for the next run.
    pub async fn run(self, pool: PgPool, lives: Lives, mut stop: Stop) -> Result<(), String> {
        let mut swept = None;
        loop {
            let is_over = stop.requested_within(WRITE_EVERY).await;
            self.write(&pool).await.map_err(|error| error.to_string())?;
            if is_over {
                return Ok(());
            }
            let now = self.clock.now();
            if swept.is_none_or(|swept| now - swept >= SWEEP_EVERY) {
                let swept_out = sweep(&pool, now, lives).await;
                swept_out.map_err(|error| error.to_string())?;
                swept = Some(now);
            }
        }
    }

    async fn write(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let Waiting { events, lost } = std::mem::take(&mut *self.lock());
        if lost > 0 {
            tracing::warn!(
                lost,
                "so many refusals came at once that some were not recorded"
            );
        }
        if events.is_empty() {
            return Ok(());
        }
        let rows: Vec<SecurityEvent> = events.values().cloned().collect();
        let written = security::record(pool, &rows).await;
        if written.is_err() {
            let mut waiting = self.lock();
            for (same, event) in events {
                waiting
                    .events
                    .entry(same)
                    .and_modify(|newer| {
                        newer.times += event.times;
                        newer.at = event.at;
                        newer.id = event.id;
                    })
                    .or_insert(event);
            }
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn sweep(pool: &PgPool, now: DateTime<Utc>, lives: Lives) -> Result<(), sqlx::Error> {
    security::forget(pool, now - lives.event).await?;
    security::forget_full(pool, now - lives.allowance).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::now;
    use crate::time::ManualClock;

    fn refusal(number: usize) -> Refusal {
        Refusal {
            kind: Kind::AccessRefused,
            code: format!("code_{number}"),
            user: None,
            account: None,
            method: "GET".to_owned(),
            route: "/".to_owned(),
        }
    }

    #[test]
    fn equal_ones_are_one_and_there_is_an_end_to_different_ones() {
        let log = SecurityLog::new(Arc::new(ManualClock::at(now())));
        for number in 0..WAITING_MAX + 5 {
            log.note(refusal(number), Source::default());
        }
        log.note(refusal(0), Source::default());

        let waiting = log.lock();
        assert_eq!((waiting.events.len(), waiting.lost), (WAITING_MAX, 5));
        assert_eq!(waiting.events.values().map(|e| e.times).max(), Some(2));
    }
}
