//! Runs the processes: one reader of the journal, one clock for deadlines, one ear for the
//! provider.
//!
//! Only one process of the operating system does this at a time. The place in the journal is saved
//! after a batch was wholly dealt with, so a crash deals with some events again, which changes
//! nothing.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::AnyEvent;
use domain::booking::BookingEvent;
use eventstore::{
    FeedError, JournalError, PgConnectOptions, PgPool, Position, Readers, Stop, checkpoint,
};
use projections::Decoded;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::SharedCommands;
use super::ask::AskedFor;
use super::backoff::Backoff;
use crate::error::CommandError;
use crate::provider::{ProviderRequest, SharedProvider};

/// The name of the place in the journal.
pub const CHECKPOINT: &str = "processes";
/// Events dealt with before the place is saved.
const BATCH: usize = 256;
/// How often it is looked whether one may run, and still may.
const STAND_BY: Duration = Duration::from_millis(500);
/// Provider answers that wait to be recorded.
const ANSWERS_MAX: usize = 1_000;
/// Questions that wait to be put to the provider.
const QUESTIONS_MAX: usize = 1_000;

/// The way to the provider.
pub(super) type Questions = mpsc::Sender<ProviderRequest>;

/// What can be set from outside.
#[derive(Clone, Copy, Debug)]
pub struct RunnerSettings {
    /// How often deadlines and open effects are looked for.
    pub sweep_every: Duration,
    /// How long an effect may be without an answer before it is asked again.
    pub ask_again_after: TimeDelta,
    /// How long the provider may take to take a question.
    pub ask_max: Duration,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        Self {
            sweep_every: Duration::from_secs(1),
            ask_again_after: TimeDelta::seconds(30),
            ask_max: Duration::from_secs(20),
        }
    }
}

/// What the processes are doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessState {
    /// Another process of the operating system runs them.
    Elsewhere,
    /// They deal with what happened while they were away.
    CatchingUp(Position),
    /// They deal with what happens.
    Running(Position),
    /// They try again what did not work.
    Retrying(Position, String),
    /// They stand still until somebody has looked.
    Stopped(Position, String),
}

/// Where the processes keep their place and find their candidates.
#[derive(Clone)]
pub struct Place {
    /// How they open the connection that makes them the only ones.
    pub options: PgConnectOptions,
    /// What they read and write their place with.
    pub pool: PgPool,
    /// What they ask the read model with.
    pub readers: Readers,
}

/// Runs the processes.
pub struct Runner {
    pub(super) commands: SharedCommands,
    pub(super) provider: SharedProvider,
    pub(super) place: Place,
    pub(super) settings: RunnerSettings,
    pub(super) asked: AskedFor,
    state: watch::Sender<ProcessState>,
}

impl Runner {
    /// Processes that give `commands`, ask `provider` and look for candidates in `pool`.
    pub fn new(
        commands: SharedCommands,
        provider: SharedProvider,
        place: Place,
        settings: RunnerSettings,
    ) -> Arc<Self> {
        let state = watch::Sender::new(ProcessState::Elsewhere);
        Arc::new(Self {
            commands,
            provider,
            place,
            settings,
            asked: AskedFor::default(),
            state,
        })
    }

    /// What the processes are doing.
    pub fn state(&self) -> watch::Receiver<ProcessState> {
        self.state.subscribe()
    }

    /// Runs until it is to end, whenever nobody else does. A panic of one of its parts is passed
    /// on, once all parts have ended and the right to run is given up.
    pub async fn run(self: Arc<Self>, mut stop: Stop) -> Result<(), String> {
        while !stop.is_requested() {
            let owned = checkpoint::own(&self.place.options, CHECKPOINT).await;
            if let Ok(Some(ownership)) = owned {
                Arc::clone(&self)
                    .run_as_owner(ownership, stop.clone())
                    .await?;
            }
            self.state.send_replace(ProcessState::Elsewhere);
            stop.requested_within(STAND_BY).await;
        }
        Ok(())
    }

    /// Runs until it is to end, the right to run is lost, or a part of it breaks off.
    async fn run_as_owner(
        self: Arc<Self>,
        mut ownership: checkpoint::Ownership,
        mut stop: Stop,
    ) -> Result<(), String> {
        let (answer, answers) = mpsc::channel(ANSWERS_MAX);
        let (ask, questions) = mpsc::channel(QUESTIONS_MAX);
        let mut parts = JoinSet::new();
        parts.spawn(Arc::clone(&self).listen(answers));
        parts.spawn(Arc::clone(&self).put(questions, answer));
        parts.spawn(Arc::clone(&self).read_and_sweep(ask));
        let broken = loop {
            tokio::select! {
                () = stop.requested() => break None,
                ended = parts.join_next() => break ended,
                () = sleep(STAND_BY) => {
                    if !ownership.stands().await {
                        break None;
                    }
                }
            }
        };
        // Nothing of it goes on when another process begins.
        parts.shutdown().await;
        drop(ownership);
        match broken {
            None => Ok(()),
            Some(Ok(())) => Err("a part of the processes ended by itself".to_owned()),
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(error) => Err(error.to_string()),
            },
        }
    }

    async fn read_and_sweep(self: Arc<Self>, questions: Questions) {
        let start = self.catch_up(&questions).await;
        tokio::join!(self.read(start, questions.clone()), self.sweep(questions));
    }

    /// Deals with everything up to the head, so that no deadline is fired that was moved meanwhile.
    async fn catch_up(&self, questions: &Questions) -> Position {
        let mut wait = Backoff::default();
        let (mut at, head) = loop {
            match self.place().await {
                Ok(found) => break found,
                Err(error) => self.pause(&mut wait, 0, &error.to_string()).await,
            }
        };
        while at < head {
            at = self.step(at, questions, &mut wait).await;
            self.state.send_replace(ProcessState::CatchingUp(at));
        }
        at
    }

    /// Gives processes that have never run their place, at the end of the journal. To be called
    /// before the first command is taken, so that none is overlooked.
    pub async fn establish(&self) -> Result<(), JournalError> {
        self.place().await.map(drop)
    }

    /// Where to go on, and the end of the journal. New processes start at its end.
    async fn place(&self) -> Result<(Position, Position), JournalError> {
        let head = self.commands.journal().head().await?;
        if let Some(position) = checkpoint::load(&self.place.pool, CHECKPOINT).await? {
            return Ok((position, head));
        }
        checkpoint::save(&self.place.pool, CHECKPOINT, head).await?;
        Ok((head, head))
    }

    async fn read(&self, mut at: Position, questions: Questions) {
        let mut wait = Backoff::default();
        loop {
            self.state.send_replace(ProcessState::Running(at));
            at = self.step(at, &questions, &mut wait).await;
        }
    }

    /// Deals with the next events after `at`, and answers how far it came.
    async fn step(&self, at: Position, questions: &Questions, wait: &mut Backoff) -> Position {
        match self.commands.journal().subscribe(at).next(BATCH).await {
            Ok(events) => {
                for event in &events {
                    self.deal_with(event, questions, wait).await;
                }
                let to = events.last().map_or(at, |event| event.position);
                while let Err(error) = checkpoint::save(&self.place.pool, CHECKPOINT, to).await {
                    self.pause(wait, to, &error.to_string()).await;
                }
                wait.reset();
                to
            }
            Err(error @ FeedError::BeyondEnd { .. }) => {
                self.state
                    .send_replace(ProcessState::Stopped(at, error.to_string()));
                tracing::error!(%error, "the processes have stopped");
                std::future::pending().await
            }
            Err(error) => {
                self.pause(wait, at, &error.to_string()).await;
                at
            }
        }
    }

    async fn deal_with(
        &self,
        recorded: &Arc<eventstore::Recorded>,
        questions: &Questions,
        wait: &mut Backoff,
    ) {
        let event = match Decoded::read(Arc::clone(recorded)) {
            Ok(event) => event,
            Err(error) => {
                let text = error.to_string();
                self.state
                    .send_replace(ProcessState::Stopped(recorded.position - 1, text));
                tracing::error!(%error, "the processes have stopped");
                return std::future::pending().await;
            }
        };
        let adopted = matches!(event.event, AnyEvent::Booking(BookingEvent::Adopted(_)));
        if event.metadata.origin.is_import() && !adopted {
            return;
        }
        loop {
            match self.drive(&event, questions).await {
                Ok(()) => return,
                Err(CommandError::Unavailable(why)) => {
                    self.pause(wait, recorded.position - 1, &why).await;
                }
                Err(CommandError::Contended) => {
                    self.pause(wait, recorded.position - 1, "contended").await;
                }
                // A refusal that no closure foresaw: it would be refused for ever, so it is told.
                Err(error) => {
                    let position = recorded.position;
                    tracing::error!(%error, position, "a process could not deal with an event");
                    return;
                }
            }
        }
    }

    async fn pause(&self, wait: &mut Backoff, at: Position, why: &str) {
        self.state
            .send_replace(ProcessState::Retrying(at, why.to_owned()));
        tracing::warn!(why, "the processes wait and try again");
        wait.sleep().await;
    }
}
