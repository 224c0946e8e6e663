//! Whether the server can do its work, part by part.
//!
//! One supervised task looks at all parts once a second, side by side and each with a time limit.
//! Who asks is answered what was seen last, so that asking costs nothing, however many ask.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use eventstore::Stop;

/// How long a part may take to answer that it is well.
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// How often all parts are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What was seen longer ago than this says nothing about now.
const STALE_AFTER: Duration = Duration::from_secs(15);

/// What a part says: well or not, in words that an operator may read.
pub type Said = Result<Option<String>, String>;

/// One part that the server needs to do its work.
pub struct Check {
    /// Which part.
    pub name: &'static str,
    /// Asks it.
    pub ask: Box<dyn Fn() -> BoxFuture<'static, Said> + Send + Sync>,
}

/// One part that the server needs, as it was seen last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Checked {
    /// Which part.
    pub name: &'static str,
    /// `ok`, or `failed`.
    pub status: &'static str,
    /// What there is to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Checked {
    /// Part `name`, which said `said`.
    pub fn of(name: &'static str, said: Said) -> Self {
        let (status, detail) = match said {
            Ok(detail) => ("ok", detail),
            Err(detail) => ("failed", Some(detail)),
        };
        Self {
            name,
            status,
            detail,
        }
    }

    /// Whether it does its work.
    pub fn is_well(&self) -> bool {
        self.status == "ok"
    }
}

/// Looks at all parts, and remembers what it saw.
#[derive(Clone)]
pub struct Readiness(Arc<Inner>);

struct Inner {
    checks: Vec<Check>,
    seen: watch::Sender<Option<Seen>>,
}

struct Seen {
    at: Instant,
    checks: Vec<Checked>,
}

impl Readiness {
    /// Nothing has been looked at yet.
    pub fn new(checks: Vec<Check>) -> Self {
        Self(Arc::new(Inner {
            checks,
            seen: watch::Sender::new(None),
        }))
    }

    /// Looks again and again until it is to end.
    pub async fn run(self, mut stop: Stop) -> Result<(), String> {
        loop {
            self.look().await;
            if stop.requested_within(LOOK_EVERY).await {
                return Ok(());
            }
        }
    }

    /// Looks at all parts once.
    pub async fn look(&self) {
        let asked = self.0.checks.iter().map(async |check| {
            let said = timeout(ANSWER_MAX, (check.ask)()).await;
            let silent = || Err(format!("No answer within {} s.", ANSWER_MAX.as_secs()));
            Checked::of(check.name, said.unwrap_or_else(|_| silent()))
        });
        let checks = join_all(asked).await;
        let at = Instant::now();
        self.0.seen.send_replace(Some(Seen { at, checks }));
    }

    /// Each part as it was seen last.
    pub fn parts(&self) -> Vec<Checked> {
        match &*self.0.seen.borrow() {
            Some(seen) if seen.at.elapsed() < STALE_AFTER => seen.checks.clone(),
            Some(_) => vec![unseen("The parts have not been looked at for a while.")],
            None => vec![unseen("The server has just started.")],
        }
    }
}

fn unseen(why: &str) -> Checked {
    Checked::of("server", Err(why.to_owned()))
}
