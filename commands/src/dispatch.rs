//! How a command runs: its turn, its states, its decision, its append, its answer.

use std::sync::Arc;

use domain::Aggregate;
use domain::session::Session;
use domain::user::User;
use eventstore::{
    AppendError, Appended, Clock, Held, IdempotencyKey, Journal, Mismatch, Position, Stop, Version,
};
use futures::future::try_join_all;

use crate::Settings;
use crate::contended::Contended;
use crate::context::{Context, Who};
use crate::decision::{Decision, Entry};
use crate::error::{CommandError, unwritable};
use crate::hot::{Hot, HotStates, Taken};
use crate::snapshots::{Due, Snapshots};
use crate::turns::Turns;
use crate::wanted::{Past, Wanted, is_stream_of, typed, want};

/// How often a command is decided outside the writer's turn before it is decided inside.
const TRIES_OUTSIDE: u32 = 3;
/// How often a command is decided at all before it is given up as contended.
const TRIES_MAX: u32 = 10;
/// Events read at a time when the journal is followed.
const FEED_PAGE: usize = 1_000;

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
    contended: Contended,
    hot: Arc<HotStates>,
    pub(crate) snapshots: Snapshots,
}

impl Dispatch {
    /// Runs commands on `journal`.
    pub fn new(journal: Arc<dyn Journal>, clock: Arc<dyn Clock>, settings: &Settings) -> Self {
        let hot = Arc::new(HotStates::new(settings.hot));
        let snapshots = Snapshots::new(&*journal, Arc::clone(&hot), settings.snapshot_every);
        Self {
            journal,
            clock,
            turns: Turns::default(),
            contended: Contended::default(),
            hot,
            snapshots,
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
            if !streams
                .iter()
                .any(|w| is_stream_of::<User>(&w.stream, user))
            {
                streams.push(want::<User>(user)?);
            }
            if !streams
                .iter()
                .any(|w| is_stream_of::<Session>(&w.stream, session))
            {
                streams.push(want::<Session>(session)?);
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
        // Read before anything else: nothing that is minted for this command is older.
        let seen = self.journal.seen();
        // Whether it was used before, the journal finds out with the append or the question.
        let key = plan.context.journal_key(&plan.answer_id, seen);
        let names = plan.streams.iter().map(|wanted| &wanted.stream);
        for attempt in 0..TRIES_MAX {
            let course = Course {
                key: &key,
                seen,
                attempt,
                inside: attempt >= TRIES_OUTSIDE || self.contended.is_any(names.clone()),
            };
            if let Ok(answer) = self.attempt(plan, &course).await {
                return answer;
            }
        }
        Err(CommandError::Contended)
    }

    async fn attempt(
        &self,
        plan: &Plan<'_>,
        course: &Course<'_>,
    ) -> Result<Result<Done, CommandError>, Again> {
        let turn = self.turns.enter(&plan.streams).await;
        // Those in front have queued their appends, so the writer comes to us after them.
        let held = if course.inside {
            match self.journal.hold().await {
                Ok(held) => {
                    // What is in memory may lag behind what others wrote until this moment.
                    for wanted in &plan.streams {
                        self.hot.forget(&wanted.stream);
                    }
                    Some(held)
                }
                Err(error) => return self.failed(error, course),
            }
        } else {
            None
        };
        let entries = match self.entries(&plan.streams, course.seen).await {
            Ok(entries) => entries,
            Err(error) => return Ok(Err(error)),
        };
        let decided = match self.decide(plan, course, entries, held) {
            Ok(decided) => decided,
            Err(error) => return Ok(Err(error)),
        };
        drop(turn);
        match (decided.waiting.await, decided.refusal) {
            // A twin with the same key was quicker: its answer is the answer.
            (Ok(appended), _) if appended.repeated => Ok(Ok(appended.into())),
            (Ok(_), Some(refusal)) => Ok(Err(refusal)),
            (Ok(appended), None) => {
                self.snapshots.committed(decided.due, &appended);
                Ok(Ok(appended.into()))
            }
            (Err(error), _) => self.failed(error, course),
        }
    }

    /// Decides, and queues what was decided or, for a refusal, the question whether it holds.
    fn decide(
        &self,
        plan: &Plan<'_>,
        course: &Course<'_>,
        entries: Vec<Entry>,
        held: Option<Held>,
    ) -> Result<Decided, CommandError> {
        let mut decision = Decision::new(plan.context, plan.name, entries);
        let refusal = match (plan.decide)(&mut decision) {
            Ok(()) => if_match(plan, &decision).err(),
            // Which version is the present one is told only to those who may know.
            Err(refusal) if refusal.is_about_rights() => Some(refusal),
            Err(refusal) if refusal.rests_on_state() => {
                Some(if_match(plan, &decision).err().unwrap_or(refusal))
            }
            Err(broken) => return Err(broken),
        };
        let key = course.key.clone();
        let (append, mut entries) = match refusal {
            None => decision.close(key),
            Some(_) => decision.question(key),
        };
        let due = match refusal {
            None => self.snapshots.due(&append, &mut entries),
            Some(_) => Vec::new(),
        };
        let waiting = match held {
            Some(held) => held.append(append),
            None => self.journal.append(append),
        };
        let states = entries.into_iter().map(|e| (e.stream, e.slot, e.hot));
        self.hot.put(states);
        Ok(Decided {
            refusal,
            waiting,
            due,
        })
    }

    /// Forgets what has turned out not to be so; only a conflict is decided again.
    fn failed(
        &self,
        error: AppendError,
        course: &Course<'_>,
    ) -> Result<Result<Done, CommandError>, Again> {
        match error {
            AppendError::Conflict(mismatches) => {
                for mismatch in mismatches {
                    if course.attempt + 1 >= TRIES_OUTSIDE {
                        self.contended.note(&mismatch.stream);
                    }
                    let Mismatch {
                        stream,
                        actual,
                        last,
                        ..
                    } = mismatch;
                    self.hot.forget_unless_at(&stream, actual, last);
                }
                Err(Again)
            }
            // It says nothing about the journal. What rested on it is forgotten by its outcome.
            error @ (AppendError::KeyReused | AppendError::Invalid(_)) => {
                Ok(Err(unwritable(error)))
            }
            error => {
                self.hot.clear();
                Ok(Err(unwritable(error)))
            }
        }
    }

    /// The states of the streams: those in memory, those that are new, and the others from the
    /// journal.
    async fn entries(
        &self,
        streams: &[Wanted],
        seen: Position,
    ) -> Result<Vec<Entry>, CommandError> {
        let taken = self.hot().take(streams.iter().map(|wanted| &wanted.stream));
        let mut entries = Vec::with_capacity(streams.len());
        let mut missing = Vec::new();
        for (wanted, Taken { hot, slot }) in streams.iter().zip(taken) {
            let hot = hot.or_else(|| match wanted.past {
                Past::Unknown => None,
                Past::None => Some(Hot::empty((wanted.kind.empty)(), seen)),
                Past::Untried => Some(Hot::empty((wanted.kind.empty)(), 0)),
            });
            let hot = hot.unwrap_or_else(|| {
                missing.push(entries.len());
                Hot::empty((wanted.kind.empty)(), 0)
            });
            entries.push(Entry::new(wanted, slot, hot));
        }
        if !missing.is_empty() {
            let loads = missing.iter().map(|place| self.load(&streams[*place]));
            for (place, hot) in missing.iter().zip(try_join_all(loads).await?) {
                entries[*place] = Entry::new(&streams[*place], entries[*place].slot, hot);
            }
        }
        Ok(entries)
    }

    /// The state of the `A` with `id` and its version, as far as this process knows. It may run a
    /// moment behind or ahead, so decisions take it only for what never changes.
    pub async fn peek<A: Aggregate>(
        &self,
        id: impl std::fmt::Display,
    ) -> Result<(Arc<A>, Version), CommandError> {
        let wanted = want::<A>(id)?;
        let Taken { hot, slot } = self.hot().get(&wanted.stream);
        if let Some(hot) = hot {
            return Ok((typed::<A>(hot.state)?, hot.version));
        }
        let hot = self.load(&wanted).await?;
        let (state, version) = (typed::<A>(Arc::clone(&hot.state))?, hot.version);
        self.hot.put([(wanted.stream, slot, hot)].into_iter());
        Ok((state, version))
    }

    /// What is in memory of the journal's present history.
    fn hot(&self) -> &HotStates {
        self.hot.in_epoch(self.journal.epoch())
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
    /// longer than the feed takes. Until it is to end, or until the journal cannot be followed from
    /// where it was: whoever begins again begins with nothing in memory.
    pub async fn follow(&self, mut stop: Stop) -> Result<(), String> {
        let head = self.journal.head().await;
        let mut feed = self
            .journal
            .subscribe(head.map_err(|error| error.to_string())?);
        // What was written before the place from which it is followed is not heard of.
        self.hot.clear();
        loop {
            let next = tokio::select! {
                next = feed.next(FEED_PAGE) => next,
                () = stop.requested() => return Ok(()),
            };
            let events = next.map_err(|error| error.to_string())?;
            let news = events.iter().map(|event| (&event.stream, event.version));
            self.hot.hear(news);
        }
    }
}

/// What one attempt goes by.
struct Course<'a> {
    key: &'a IdempotencyKey,
    /// What the journal had been seen to hold when the command began.
    seen: Position,
    /// How often it was decided before.
    attempt: u32,
    /// Whether it is decided inside the writer's turn.
    inside: bool,
}

/// What was decided, on its way.
struct Decided {
    refusal: Option<CommandError>,
    waiting: Waiting,
    due: Vec<Due>,
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
