//! From a batch of appends to their answers.

use std::sync::atomic::Ordering;

use futures::future::join;
use tokio::time::Instant;

use super::fate::{adopt, give_up, remember_sent, without_those_that_went};
use super::fault::{Fault, is_lost};
use super::insert::{Keys, insert};
use super::link::in_time;
use super::live::add;
use super::look::{Head, News};
use super::owed::Owed;
use super::writer::Writer;
use crate::check::{Ground, Verdict, check, proclaim, settle};
use crate::error::AppendError;
use crate::place::placed;
use crate::turn::Waiting;

/// After so many attempts that did not settle it, a batch is given up.
const ATTEMPTS_MAX: u32 = 60;
/// After so many times that another writer was first, all others are kept out for one commit.
const FENCES_MAX: u32 = 4;

/// How it goes with a batch.
#[derive(Default)]
struct Course {
    attempts: u32,
    fences: u32,
    /// Whether something is stored with a key for which nobody vouches.
    all_keys: bool,
    /// Until when a lost database is waited for.
    deadline: Option<Instant>,
}

impl Writer {
    /// Answers every append of the batch. None is answered before that on which its answer rests
    /// is committed.
    pub(super) async fn settle(&mut self, mut batch: Vec<Waiting>) {
        let mut course = Course::default();
        self.live.is_at_work(true);
        while !batch.is_empty() {
            course.attempts += 1;
            if course.attempts > ATTEMPTS_MAX {
                give_up(batch, "it did not come to rest between many attempts");
                break;
            }
            batch = self.attempt(batch, &mut course).await;
            self.link.unlock().await;
        }
        self.live.is_at_work(false);
        self.say_where();
    }

    /// Tells the others where the journal ends, as far as this writer has seen.
    pub(super) fn say_where(&self) {
        let position = self.link.position();
        self.live.counters.head.store(position, Ordering::Release);
        // Those who follow are handed what is owed; they need not look for it.
        if self.owed.is_none() {
            self.live.hint_at_head();
        }
    }

    /// One attempt; answers those that are not settled by it.
    async fn attempt(&mut self, batch: Vec<Waiting>, course: &mut Course) -> Vec<Waiting> {
        if course.attempts > 1 || !self.link.is_up() {
            self.pay();
        }
        let news = match self.arrive(course).await {
            Ok(news) => news,
            Err(sentence) => {
                give_up(batch, &sentence);
                return Vec::new();
            }
        };
        let batch = adopt(batch, &news);
        let (mut ground, questions) = self.link.ground(&batch, course.all_keys);
        if !questions.is_empty() {
            self.pay();
            if let Err(error) = self.link.ask(&questions, &mut ground).await {
                return self.stumble(batch, &error);
            }
        }
        let stored = |waiting: &Waiting| ground.keys.contains_key(&waiting.key());
        if batch
            .iter()
            .any(|waiting| waiting.sent.is_some() && stored(waiting))
        {
            // It was committed after all, a moment ago: that is no repetition.
            return self.recognise(batch).await;
        }
        let (verdicts, after) = check(&batch, ground);
        let may_repeat = |(waiting, verdict): (&Waiting, &Verdict)| {
            matches!(verdict, Verdict::Fails(_)) && !self.link.is_absent(waiting)
        };
        if !course.all_keys && batch.iter().zip(&verdicts).any(may_repeat) {
            // What fails now may have gone through before, and is answered so.
            course.all_keys = true;
            return batch;
        }
        if verdicts
            .iter()
            .any(|verdict| matches!(verdict, Verdict::Goes(_)))
        {
            return self.send(batch, verdicts, after, course).await;
        }
        // Nothing is to be committed, which would have proven that there is no news.
        self.pay();
        match self.link.catch_up().await {
            Ok(news) if news.is_empty() => {
                self.count(&verdicts);
                settle(batch, verdicts);
                Vec::new()
            }
            Ok(news) => adopt(batch, &news),
            Err(error) => self.stumble(batch, &error),
        }
    }

    /// Sees to it that there is a connection; with the lock, when others were first too often.
    async fn arrive(&mut self, course: &mut Course) -> Result<Vec<News>, String> {
        let mut news = Vec::new();
        if !self.link.is_up() {
            let until = Instant::now() + self.settings.reconnect_max;
            let deadline = *course.deadline.get_or_insert(until);
            news = self.reconnect(deadline).await?;
            add(&self.live.counters.reconnects, 1);
        }
        if course.fences >= FENCES_MAX {
            news.extend(self.link.keep_others_out().await.map_err(|error| {
                self.link.cut();
                error.to_string()
            })?);
        }
        Ok(news)
    }

    /// Sends those that go in; answers those that are not settled by it.
    async fn send(
        &mut self,
        batch: Vec<Waiting>,
        verdicts: Vec<Verdict>,
        after: Ground,
        course: &mut Course,
    ) -> Vec<Waiting> {
        let now = self.clock.now();
        let recorded_at = self.link.seen.map_or(now, |head| head.recorded_at.max(now));
        let places = placed(&batch, &verdicts);
        let keys = Keys::of(&batch, &verdicts, |waiting| self.link.is_absent(waiting));
        let locked = self.link.locked;
        let owed = self.owed.take();
        let (result, warning) = {
            let link = &mut self.link;
            let sending = async {
                let connection = link.connection()?;
                let recorded = insert(connection, &places, &keys, recorded_at).await?;
                if locked && recorded {
                    sqlx::Executor::execute(connection, "commit").await?;
                }
                Ok(recorded)
            };
            let paying = async {
                if let Some(owed) = owed {
                    owed.pay(&self.live);
                }
            };
            // In this order: it is on its way before the answers to the last batch are.
            join(self.ear.listen(in_time(sending)), paying).await.0
        };
        match (result, warning) {
            (Ok(false), _) => {
                course.all_keys = true;
                batch
            }
            (Ok(true), None) => {
                self.link.locked = false;
                if let Some(last) = places.last() {
                    add(&self.live.counters.events, places.len());
                    let head = Head::after(last, recorded_at);
                    self.committed(&batch, &verdicts, after, head);
                }
                self.owed = Some(Owed {
                    batch,
                    verdicts,
                    recorded_at,
                });
                Vec::new()
            }
            (Ok(true), Some(warning)) => self.warned(batch, &verdicts, &warning),
            (Err(error), _) => self.failed(batch, &verdicts, &error, course).await,
        }
    }

    fn committed(&mut self, batch: &[Waiting], verdicts: &[Verdict], after: Ground, head: Head) {
        proclaim(batch, verdicts);
        let stored = batch
            .iter()
            .zip(verdicts)
            .filter(|(_, verdict)| matches!(verdict, Verdict::Goes(_)))
            .map(|(waiting, _)| waiting.key());
        self.link.note(head, after.tails, stored);
        add(&self.live.counters.batches, 1);
        self.count(verdicts);
    }

    /// A commit that comes with a warning may be lost; nothing that it recorded is acknowledged.
    fn warned(&mut self, batch: Vec<Waiting>, verdicts: &[Verdict], warning: &str) -> Vec<Waiting> {
        self.link.cut();
        let unknown = AppendError::Unknown(format!("the database warned at the commit: {warning}"));
        without_those_that_went(batch, verdicts, &unknown)
    }

    async fn failed(
        &mut self,
        batch: Vec<Waiting>,
        verdicts: &[Verdict],
        error: &sqlx::Error,
        course: &mut Course,
    ) -> Vec<Waiting> {
        self.link.unlock().await;
        match Fault::of(error) {
            fault @ (Fault::Fence | Fault::Contended | Fault::Stream) => {
                course.fences += 1;
                add(&self.live.counters.fences, 1);
                if !matches!(fault, Fault::Fence) {
                    // Something is not as it was believed to be: all of it is looked up.
                    self.link.forget_before(self.link.position() + 1);
                }
                self.look_again(batch).await
            }
            Fault::Key => {
                if course.all_keys {
                    // Somebody vouched for a key with which something is stored.
                    self.link.forget_before(self.link.position() + 1);
                }
                course.all_keys = true;
                self.look_again(batch).await
            }
            Fault::Partition => {
                let events = placed(&batch, verdicts).len();
                match self.prepare_partitions(events).await {
                    Ok(()) => batch,
                    Err(error) => self.stumble(batch, &error),
                }
            }
            Fault::Unavailable(sentence) => {
                without_those_that_went(batch, verdicts, &AppendError::Unavailable(sentence))
            }
            Fault::Refused(sentence) => self.isolate(batch, verdicts, sentence).await,
            Fault::Lost(sentence) => {
                tracing::warn!(%sentence, "the connection was lost between send and answer");
                self.link.cut();
                remember_sent(batch, verdicts)
            }
        }
    }

    /// There is news: what became of the batch so far is decided again on it.
    async fn look_again(&mut self, batch: Vec<Waiting>) -> Vec<Waiting> {
        match self.link.catch_up().await {
            Ok(news) => adopt(batch, &news),
            Err(error) => self.stumble(batch, &error),
        }
    }

    /// What was sent is there. If it is not among the news, it is another's.
    async fn recognise(&mut self, batch: Vec<Waiting>) -> Vec<Waiting> {
        let mut batch = self.look_again(batch).await;
        for waiting in &mut batch {
            waiting.sent = None;
        }
        batch
    }

    /// Something in the batch cannot be recorded: each goes alone, so that only that one fails.
    async fn isolate(
        &mut self,
        batch: Vec<Waiting>,
        verdicts: &[Verdict],
        sentence: String,
    ) -> Vec<Waiting> {
        let goes = verdicts
            .iter()
            .filter(|verdict| matches!(verdict, Verdict::Goes(_)))
            .count();
        if goes <= 1 {
            return without_those_that_went(batch, verdicts, &AppendError::Invalid(sentence));
        }
        for waiting in batch {
            Box::pin(self.settle(vec![waiting])).await;
        }
        Vec::new()
    }

    /// A question to the database went wrong before anything was sent.
    fn stumble(&mut self, batch: Vec<Waiting>, error: &sqlx::Error) -> Vec<Waiting> {
        if is_lost(error) {
            self.link.cut();
            return batch;
        }
        give_up(batch, &error.to_string());
        Vec::new()
    }

    fn count(&self, verdicts: &[Verdict]) {
        let counters = &self.live.counters;
        for verdict in verdicts {
            match verdict {
                Verdict::Goes(_) => add(&counters.appends, 1),
                Verdict::Repeats(_) => add(&counters.repeats, 1),
                Verdict::Fails(AppendError::Conflict(_)) => add(&counters.conflicts, 1),
                Verdict::Holds(_) | Verdict::Fails(_) => {}
            }
        }
    }
}
