//! Runs the processes: one reader of the journal, one clock for deadlines, one ear for the provider.
//!
//! Only one process of the operating system does this at a time. The place in the journal is saved
//! after a batch was wholly dealt with, so a crash deals with some events again, which changes
//! nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::AnyEvent;
use domain::booking::BookingEvent;
use domain::id::{BookingId, PaymentId};
use domain::payment::PaymentEvent;
use domain::process::ProcessEvent;
use eventstore::{FeedError, JournalError, PgPool, Position, checkpoint};
use projections::{Decoded, processes as read_model};
use tokio::sync::{Mutex, mpsc, watch};

use super::hold_expiry;
use super::{Cause, HOLD_EXPIRY, SharedCommands, booking_payment, cancellation_refund, effects};
use crate::error::CommandError;
use crate::provider::{ProviderAnswer, SharedProvider};

/// The name of the place in the journal.
pub const CHECKPOINT: &str = "processes";
/// Events dealt with before the place is saved.
const BATCH: usize = 256;
/// How many due deadlines and open effects are taken at a time.
const SWEEP: u32 = 500;
/// Provider answers that wait to be recorded.
const ANSWERS_MAX: usize = 1_000;
/// How often an unreachable provider is asked before an operator has to look.
const ASKS_MAX: u32 = 8;

/// What can be set from outside.
#[derive(Clone, Copy, Debug)]
pub struct RunnerSettings {
    /// How often deadlines and open effects are looked for.
    pub sweep_every: Duration,
    /// How long an effect may be without an answer before it is asked again.
    pub ask_again_after: TimeDelta,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        Self {
            sweep_every: Duration::from_secs(1),
            ask_again_after: TimeDelta::seconds(30),
        }
    }
}

/// What the processes are doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessState {
    /// They deal with what happened while they were away.
    CatchingUp(Position),
    /// They deal with what happens.
    Running(Position),
    /// They try again what did not work.
    Retrying(Position, String),
    /// They stand still until somebody has looked.
    Stopped(Position, String),
}

/// Runs the processes.
pub struct Runner {
    commands: SharedCommands,
    provider: SharedProvider,
    pool: PgPool,
    settings: RunnerSettings,
    asked: Mutex<HashMap<String, Asked>>,
    state: watch::Sender<ProcessState>,
}

/// How often an effect was asked for, and when last.
#[derive(Clone, Copy)]
struct Asked {
    times: u32,
    last: chrono::DateTime<chrono::Utc>,
}

impl Runner {
    /// Processes that give `commands`, ask `provider` and look for candidates in `pool`.
    pub fn new(
        commands: SharedCommands,
        provider: SharedProvider,
        pool: PgPool,
        settings: RunnerSettings,
    ) -> Arc<Self> {
        let state = watch::Sender::new(ProcessState::CatchingUp(0));
        Arc::new(Self {
            commands,
            provider,
            pool,
            settings,
            asked: Mutex::default(),
            state,
        })
    }

    /// What the processes are doing.
    pub fn state(&self) -> watch::Receiver<ProcessState> {
        self.state.subscribe()
    }

    /// Runs until `stop` becomes true. The caller sees to it that nobody else does.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let (sender, answers) = mpsc::channel(ANSWERS_MAX);
        let tasks = [
            tokio::spawn(Arc::clone(&self).listen(answers)),
            tokio::spawn(Arc::clone(&self).read_and_sweep(sender)),
        ];
        let _ = stop.wait_for(|stop| *stop).await;
        for task in tasks {
            task.abort();
        }
    }

    async fn read_and_sweep(self: Arc<Self>, answers: mpsc::Sender<ProviderAnswer>) {
        let start = self.catch_up(&answers).await;
        let reader = Arc::clone(&self);
        let sweeper = Arc::clone(&self);
        let answers_of_reader = answers.clone();
        tokio::join!(
            async move { reader.read(start, answers_of_reader).await },
            async move { sweeper.sweep(answers).await },
        );
    }

    /// Deals with everything up to the head, so that no deadline is fired that was moved meanwhile.
    async fn catch_up(&self, answers: &mpsc::Sender<ProviderAnswer>) -> Position {
        let mut wait = Backoff::default();
        let (mut at, head) = loop {
            match self.place().await {
                Ok(found) => break found,
                Err(error) => self.pause(&mut wait, 0, &error.to_string()).await,
            }
        };
        while at < head {
            at = self.step(at, answers, &mut wait).await;
            self.state.send_replace(ProcessState::CatchingUp(at));
        }
        at
    }

    /// Where to go on, and the end of the journal. New processes start at its end.
    async fn place(&self) -> Result<(Position, Position), JournalError> {
        let head = self.commands.journal().head().await?;
        match checkpoint::load(&self.pool, CHECKPOINT).await? {
            Some(position) => Ok((position, head)),
            None => {
                checkpoint::save(&self.pool, CHECKPOINT, head).await?;
                Ok((head, head))
            }
        }
    }

    async fn read(&self, mut at: Position, answers: mpsc::Sender<ProviderAnswer>) {
        let mut wait = Backoff::default();
        loop {
            self.state.send_replace(ProcessState::Running(at));
            at = self.step(at, &answers, &mut wait).await;
        }
    }

    /// Deals with the next events after `at`, and answers how far it came.
    async fn step(
        &self,
        at: Position,
        answers: &mpsc::Sender<ProviderAnswer>,
        wait: &mut Backoff,
    ) -> Position {
        match self.commands.journal().subscribe(at).next(BATCH).await {
            Ok(events) => {
                for event in &events {
                    self.deal_with(event, answers, wait).await;
                }
                let to = events.last().map_or(at, |event| event.position);
                while let Err(error) = checkpoint::save(&self.pool, CHECKPOINT, to).await {
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
        answers: &mpsc::Sender<ProviderAnswer>,
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
            match self.drive(&event, answers).await {
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

    fn cause(&self, event: &Decoded) -> Cause {
        Cause {
            at: self.commands.clock().now(),
            event: Some(event.recorded.event_id),
            correlation: Some(event.metadata.correlation_id),
        }
    }

    /// Drives the processes that have to do with `event`.
    async fn drive(
        &self,
        event: &Decoded,
        answers: &mpsc::Sender<ProviderAnswer>,
    ) -> Result<(), CommandError> {
        let (commands, cause) = (&*self.commands, self.cause(event));
        match &event.event {
            AnyEvent::Booking(what) => {
                let Ok(booking) = event.id().parse::<BookingId>() else {
                    return Ok(());
                };
                if matters_to_hold_expiry(what) {
                    hold_expiry::drive(commands, cause, booking).await?;
                }
                match cancellation_refund::owed(&event.event) {
                    Some(owed) => cancellation_refund::drive(commands, cause, booking, owed).await,
                    None => Ok(()),
                }
            }
            AnyEvent::Payment(what) => {
                let Ok(payment) = event.id().parse::<PaymentId>() else {
                    return Ok(());
                };
                match what {
                    PaymentEvent::Succeeded(_) => {
                        booking_payment::drive(commands, cause, payment).await
                    }
                    PaymentEvent::RefundRequested(requested) => {
                        effects::intend_refund(commands, cause, payment, requested.refund).await
                    }
                    _ => Ok(()),
                }
            }
            AnyEvent::Process(ProcessEvent::EffectIntended(intended)) => {
                self.ask(event.id(), &intended.key, answers).await
            }
            AnyEvent::Process(ProcessEvent::Retried(_)) => {
                self.ask_again(event.id(), answers).await
            }
            _ => Ok(()),
        }
    }

    /// Asks the provider, unless the answer is there already.
    async fn ask(
        &self,
        process: &str,
        key: &str,
        answers: &mpsc::Sender<ProviderAnswer>,
    ) -> Result<(), CommandError> {
        let Some(request) = effects::request(&self.commands, process, key).await? else {
            self.asked.lock().await.remove(key);
            return Ok(());
        };
        let now = self.commands.clock().now();
        let times = {
            let mut asked = self.asked.lock().await;
            let entry = asked.entry(key.to_owned()).or_insert(Asked {
                times: 0,
                last: now,
            });
            *entry = Asked {
                times: entry.times + 1,
                last: now,
            };
            entry.times
        };
        if let Err(error) = self.provider.ask(request, answers.clone()).await {
            tracing::warn!(%error, process, times, "the payment provider did not take a question");
            if times >= ASKS_MAX {
                self.asked.lock().await.remove(key);
                let cause = Cause {
                    at: now,
                    event: None,
                    correlation: None,
                };
                effects::give_up(&self.commands, cause, process).await?;
            }
        }
        Ok(())
    }

    /// Asks once more for all that a process has asked for and not heard of.
    async fn ask_again(
        &self,
        process: &str,
        answers: &mpsc::Sender<ProviderAnswer>,
    ) -> Result<(), CommandError> {
        let (state, _) = self
            .commands
            .dispatch
            .peek::<domain::process::Process>(process)
            .await?;
        let Some(run) = state.running() else {
            return Ok(());
        };
        let open: Vec<String> = run.open_effects().map(|(key, _)| key.to_owned()).collect();
        for key in open {
            self.ask(process, &key, answers).await?;
        }
        Ok(())
    }

    /// Looks again and again for deadlines that have passed and effects without an answer.
    async fn sweep(&self, answers: mpsc::Sender<ProviderAnswer>) {
        loop {
            if let Err(error) = self.sweep_once(&answers).await {
                tracing::warn!(%error, "deadlines could not be looked at; trying again");
            }
            tokio::time::sleep(self.settings.sweep_every).await;
        }
    }

    async fn sweep_once(&self, answers: &mpsc::Sender<ProviderAnswer>) -> Result<(), CommandError> {
        let unavailable =
            |error: projections::QueryError| CommandError::Unavailable(error.to_string());
        let now = self.commands.clock().now();
        for deadline in read_model::due(&self.pool, now, SWEEP)
            .await
            .map_err(unavailable)?
        {
            let Some((HOLD_EXPIRY, subject)) = deadline.process_id.split_once(':') else {
                continue;
            };
            let Ok(booking) = subject.parse::<BookingId>() else {
                continue;
            };
            let cause = Cause {
                at: now,
                event: None,
                correlation: None,
            };
            if let Err(error) = hold_expiry::drive(&self.commands, cause, booking).await {
                tracing::warn!(%error, %booking, "a hold could not be let go; trying again");
            }
        }
        let open = read_model::open_effects(&self.pool, now, SWEEP)
            .await
            .map_err(unavailable)?;
        for effect in open {
            if self.is_to_be_asked(&effect.key, now).await {
                self.ask(&effect.process_id, &effect.key, answers).await?;
            }
        }
        Ok(())
    }

    /// An effect that this process never asked for is asked at once: it was intended before a
    /// restart. Others are asked after twice as long each time.
    async fn is_to_be_asked(&self, key: &str, now: chrono::DateTime<chrono::Utc>) -> bool {
        match self.asked.lock().await.get(key) {
            None => true,
            Some(asked) => {
                let patience = self.settings.ask_again_after * (1 << asked.times.min(6)) / 2;
                asked.last + patience <= now
            }
        }
    }

    async fn listen(self: Arc<Self>, mut answers: mpsc::Receiver<ProviderAnswer>) {
        let mut wait = Backoff::default();
        while let Some(answer) = answers.recv().await {
            loop {
                let at = self.commands.clock().now();
                let cause = Cause {
                    at,
                    event: None,
                    correlation: None,
                };
                match effects::record(&self.commands, cause, &answer).await {
                    Ok(()) => break,
                    Err(CommandError::Unavailable(_) | CommandError::Contended) => {
                        wait.sleep().await
                    }
                    Err(error) => {
                        let payment = answer.payment;
                        tracing::error!(%error, %payment, "the provider's answer does not fit");
                        break;
                    }
                }
            }
            wait.reset();
            self.asked.lock().await.remove(&answer.key);
        }
    }

    async fn pause(&self, wait: &mut Backoff, at: Position, why: &str) {
        self.state
            .send_replace(ProcessState::Retrying(at, why.to_owned()));
        tracing::warn!(why, "the processes wait and try again");
        wait.sleep().await;
    }
}

fn matters_to_hold_expiry(what: &BookingEvent) -> bool {
    !matches!(
        what,
        BookingEvent::Completed(_) | BookingEvent::NoShowRecorded(_)
    )
}

/// Longer and longer pauses, 5 s at most.
#[derive(Default)]
struct Backoff(u32);

impl Backoff {
    async fn sleep(&mut self) {
        let pause = Duration::from_millis(50 << self.0.min(7)).min(Duration::from_secs(5));
        self.0 += 1;
        tokio::time::sleep(pause).await;
    }

    fn reset(&mut self) {
        self.0 = 0;
    }
}
