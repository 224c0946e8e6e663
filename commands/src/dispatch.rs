//! How a command runs: its turn, its states, its decision, its append, its answer.

use std::sync::Arc;

use domain::Aggregate;
use domain::session::Session;
use domain::user::User;
use eventstore::{
    AppendError, Appended, Clock, FeedError, Held, Journal, KeyMatch, Position, Recorded,
    StreamName, Version,
};
use futures::future::try_join_all;

use crate::context::{Context, Who};
use crate::decision::{Decision, Entry};
use crate::error::{CommandError, unreadable, unwritable};
use crate::hot::{Hot, HotStates};
use crate::turns::Turns;
use crate::wanted::{Wanted, typed, want};

/// How often a command is decided outside the writer's turn before it is decided inside.
const TRIES_OUTSIDE: u32 = 3;
/// How often a command is decided at all before it is given up as contended.
const TRIES_MAX: u32 = 10;
/// Events read at a time when a stream is loaded.
const LOAD_PAGE: usize = 1_000;
/// States kept in memory, at most twice this number.
const HOT_STATES_MAX: usize = 50_000;

/// The answer to a command that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The id of what the command was about.
    pub id: String,
    /// The version of its stream after the command.
    pub version: Version,
    /// The position to wait for in queries that shall see it.
    pub position: Position,
}

impl From<Appended> for Done {
    fn from(appended: Appended) -> Self {
        Self {
            id: appended.answer_id,
            version: appended.version,
            position: appended.position,
        }
    }
}

/// How a command is decided on the states of its streams.
pub(crate) type Decide<'a> =
    dyn Fn(&mut Decision<'_>) -> Result<(), CommandError> + Send + Sync + 'a;

/// A command ready to run: what it is called, what it needs and how it is decided.
pub(crate) struct Plan<'a> {
    pub(crate) context: &'a Context,
    pub(crate) name: &'static str,
    pub(crate) answer_id: String,
    pub(crate) streams: Vec<Wanted>,
    pub(crate) decide: &'a Decide<'a>,
}

/// Why an attempt has no answer yet: what it was decided on is not so.
struct Again;

/// Runs commands on a journal.
pub struct Dispatch {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    turns: Turns,
    hot: HotStates,
}

impl Dispatch {
    /// Runs commands on `journal`.
    pub fn new(journal: Arc<dyn Journal>, clock: Arc<dyn Clock>) -> Self {
        Self {
            journal,
            clock,
            turns: Turns::default(),
            hot: HotStates::new(HOT_STATES_MAX),
        }
    }

    /// Runs the command `name` on `streams`, the first of which it is about, and on those of the
    /// one who asks.
    pub(crate) async fn command(
        &self,
        context: &Context,
        name: &'static str,
        answer_id: String,
        mut streams: Vec<Wanted>,
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        if let Who::User { user, session } = context.who {
            for wanted in [want::<User>(user)?, want::<Session>(session)?] {
                if streams.iter().all(|known| known.stream != wanted.stream) {
                    streams.push(wanted);
                }
            }
        }
        self.run(&Plan {
            context,
            name,
            answer_id,
            streams,
            decide,
        })
        .await
    }

    /// Runs a command. The answer leaves only when the state that it rests on is committed.
    pub(crate) async fn run(&self, plan: &Plan<'_>) -> Result<Done, CommandError> {
        if let Some(done) = self.repeated(plan).await? {
            return Ok(done);
        }
        for attempt in 0..TRIES_MAX {
            let inside = attempt >= TRIES_OUTSIDE;
            if let Ok(answer) = self.attempt(plan, inside).await {
                return answer;
            }
        }
        Err(CommandError::Contended)
    }

    /// The answer to an earlier command with the same key.
    async fn repeated(&self, plan: &Plan<'_>) -> Result<Option<Done>, CommandError> {
        if plan.context.key.is_none() {
            return Ok(None);
        }
        let key = plan.context.journal_key(&plan.answer_id);
        match self
            .journal
            .look_up(&key)
            .await
            .map_err(|e| unreadable(&e))?
        {
            KeyMatch::Unknown => Ok(None),
            KeyMatch::Same(appended) => Ok(Some(appended.into())),
            KeyMatch::Reused => Err(CommandError::KeyReused),
        }
    }

    async fn attempt(
        &self,
        plan: &Plan<'_>,
        inside: bool,
    ) -> Result<Result<Done, CommandError>, Again> {
        let streams: Vec<StreamName> = plan.streams.iter().map(|w| w.stream.clone()).collect();
        let turn = self.turns.enter(&streams).await;
        // Those in front have queued their appends, so the writer comes to us after them.
        let held = if inside {
            match self.journal.hold().await {
                Ok(held) => Some(held),
                Err(error) => return self.failed(error),
            }
        } else {
            None
        };
        let entries = match self.entries(&plan.streams).await {
            Ok(entries) => entries,
            Err(error) => return Ok(Err(error)),
        };
        let (refusal, waiting) = match self.decide(plan, entries, held) {
            Ok(decided) => decided,
            Err(error) => return Ok(Err(error)),
        };
        drop(turn);
        match (waiting.await, refusal) {
            // A twin with the same key was quicker: its answer is the answer.
            (Ok(appended), Some(_)) if appended.repeated => Ok(Ok(appended.into())),
            (Ok(_), Some(refusal)) => Ok(Err(refusal)),
            (Ok(appended), None) => Ok(Ok(appended.into())),
            (Err(error), _) => self.failed(error),
        }
    }

    /// Decides, and queues what was decided or, for a refusal, the question whether it holds.
    fn decide(
        &self,
        plan: &Plan<'_>,
        entries: Vec<Entry>,
        held: Option<Held>,
    ) -> Result<(Option<CommandError>, Waiting), CommandError> {
        let mut decision = Decision::new(plan.context, plan.name, entries)?;
        let refusal = match if_match(plan, &decision).and_then(|()| (plan.decide)(&mut decision)) {
            Ok(()) => None,
            Err(refusal) if refusal.rests_on_state() => Some(refusal),
            Err(broken) => return Err(broken),
        };
        let (append, entries) = match refusal {
            None => decision.close(&plan.answer_id),
            Some(_) => decision.question(&plan.answer_id),
        };
        let waiting = match held {
            Some(held) => held.append(append),
            None => self.journal.append(append),
        };
        for entry in entries.into_iter().filter(|entry| entry.hot.version > 0) {
            self.hot.put(entry.stream, entry.hot);
        }
        Ok((refusal, waiting))
    }

    /// Forgets what has turned out not to be so; only a conflict is decided again.
    fn failed(&self, error: AppendError) -> Result<Result<Done, CommandError>, Again> {
        match error {
            AppendError::Conflict(mismatches) => {
                for mismatch in mismatches {
                    self.hot.forget_unless_at(&mismatch.stream, mismatch.actual);
                }
                Err(Again)
            }
            error => {
                self.hot.clear();
                Ok(Err(unwritable(error)))
            }
        }
    }

    async fn entries(&self, streams: &[Wanted]) -> Result<Vec<Entry>, CommandError> {
        try_join_all(streams.iter().map(|wanted| async move {
            let hot = match self.hot.take(&wanted.stream) {
                Some(hot) => hot,
                None => self.load(wanted).await?,
            };
            Ok(Entry::new(wanted.stream.clone(), hot))
        }))
        .await
    }

    async fn load(&self, wanted: &Wanted) -> Result<Hot, CommandError> {
        let state = (wanted.kind.empty)();
        let mut hot = Hot {
            state,
            version: 0,
            last_occurred_at: None,
            pending: None,
        };
        if wanted.fresh {
            return Ok(hot);
        }
        loop {
            let page = self
                .journal
                .load(&wanted.stream, hot.version, LOAD_PAGE)
                .await;
            let page = page.map_err(|e| unreadable(&e))?;
            hot.state = (wanted.kind.evolve)(hot.state, &page)?;
            if let Some(last) = page.last() {
                hot.version = last.version;
                hot.last_occurred_at = Some(last.occurred_at);
            }
            if page.len() < LOAD_PAGE {
                return Ok(hot);
            }
        }
    }

    /// The state of the `A` with `id` and its version, as far as this process knows. It may run a
    /// moment behind or ahead, so decisions take it only for what never changes.
    pub async fn peek<A: Aggregate>(
        &self,
        id: impl std::fmt::Display,
    ) -> Result<(Arc<A>, Version), CommandError> {
        let wanted = want::<A>(id)?;
        if let Some(hot) = self.hot.get(&wanted.stream) {
            return Ok((typed::<A>(hot.state)?, hot.version));
        }
        let hot = self.load(&wanted).await?;
        if hot.version > 0 {
            self.hot.put_if_absent(&wanted.stream, hot.clone());
        }
        Ok((typed::<A>(hot.state)?, hot.version))
    }

    /// Forgets what this process knows of the `A` with `id`; it is read again.
    pub(crate) fn forget<A: Aggregate>(
        &self,
        id: impl std::fmt::Display,
    ) -> Result<(), CommandError> {
        self.hot.forget(&want::<A>(id)?.stream);
        Ok(())
    }

    /// Follows the journal, so that what other processes write is not missed by [`Self::peek`] for
    /// longer than the feed takes. Ends when the journal is closed or was restored.
    pub async fn follow(&self, after: Position) -> FeedError {
        let mut feed = self.journal.subscribe(after);
        loop {
            match feed.next(LOAD_PAGE).await {
                Ok(events) => events.iter().for_each(|event| self.heard(event)),
                Err(error @ FeedError::BeyondEnd { .. }) => return error,
                Err(FeedError::Journal(error)) => {
                    tracing::warn!(%error, "the journal cannot be followed; trying again");
                    self.hot.clear();
                    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                }
            }
        }
    }

    fn heard(&self, event: &Recorded) {
        self.hot.forget_older(&event.stream, event.version);
    }
}

type Waiting = futures::future::BoxFuture<'static, Result<Appended, AppendError>>;

fn if_match(plan: &Plan<'_>, decision: &Decision<'_>) -> Result<(), CommandError> {
    match (plan.context.if_match, decision.first_version()) {
        (Some(expected), actual) if expected != actual => {
            Err(CommandError::Stale { expected, actual })
        }
        _ => Ok(()),
    }
}
