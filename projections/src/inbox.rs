//! What a projection reads next: from the shared feed while it keeps up, from the journal's table
//! whenever it was handed a position other than its last + 1.

use std::sync::Arc;

use eventstore::{Journal, Position, Recorded};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::decoded::{Batch, Decoded};
use crate::fault::Fault;
use crate::feed::Head;
use crate::pages::Pages;
use crate::task::SAVE_AFTER;

/// The most events of one round.
pub(crate) const ROUND_EVENTS_MAX: i64 = 10_000;

pub(crate) struct Inbox {
    pages: Arc<Pages>,
    /// Reads the next round while this one is taken in.
    reading: Option<AbortOnDrop>,
    /// Whether the last events came from the table.
    behind: bool,
    batches: mpsc::Receiver<Arc<Batch>>,
    feed: watch::Receiver<Head>,
    stop: watch::Receiver<bool>,
    /// A batch that begins after the next position; what lies between is read first.
    ahead: Option<Arc<Batch>>,
    position: Position,
    /// The end of the journal when the projection was opened.
    known: Position,
}

impl Inbox {
    pub(crate) fn new(
        pages: Arc<Pages>,
        batches: mpsc::Receiver<Arc<Batch>>,
        feed: watch::Receiver<Head>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            pages,
            reading: None,
            behind: false,
            batches,
            feed,
            stop,
            ahead: None,
            position: 0,
            known: 0,
        }
    }

    /// The position of the last event that was taken.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// The end of the journal as far as it is known here.
    pub(crate) fn head(&self) -> Position {
        self.feed.borrow().position.max(self.known)
    }

    /// Goes on after `position`.
    pub(crate) fn seek(&mut self, position: Position, head: Position) {
        self.position = position;
        self.known = self.known.max(head);
    }

    /// All up to `position` is taken.
    pub(crate) fn taken(&mut self, position: Position) {
        self.position = position;
    }

    /// Waits for the next events; none when it is time to stop or, if `hurry`, to save.
    pub(crate) async fn next(&mut self, hurry: bool) -> Result<Vec<Arc<Decoded>>, Fault> {
        loop {
            if let Some(batch) = self.ahead.take().or_else(|| self.batches.try_recv().ok()) {
                let wanted = self.position + 1;
                if batch.first().is_some_and(|first| first > wanted) {
                    let until = batch.first().map_or(wanted, |first| first - 1);
                    self.ahead = Some(batch);
                    return self.read(until).await;
                }
                let events = self.gather(&batch);
                if !events.is_empty() {
                    return Ok(events);
                }
                continue;
            }
            let head = self.head();
            if head > self.position {
                return self.read(head).await;
            }
            if std::mem::take(&mut self.behind) {
                self.pages.clear();
            }
            if let Some(reason) = self.feed.borrow().ended.clone() {
                return Err(Fault::Stop(reason));
            }
            if *self.stop.borrow() || self.wait(hurry).await {
                return Ok(Vec::new());
            }
        }
    }

    /// What is new in `batch`, and in those after it as long as they follow on and it is not much.
    fn gather(&mut self, batch: &Batch) -> Vec<Arc<Decoded>> {
        let mut events = after(batch, self.position);
        let mut last = batch.last().unwrap_or(self.position).max(self.position);
        while i64::try_from(events.len()).is_ok_and(|count| count < ROUND_EVENTS_MAX) {
            let Ok(more) = self.batches.try_recv() else {
                break;
            };
            if more.first().is_some_and(|first| first > last + 1) {
                self.ahead = Some(more);
                break;
            }
            events.extend(after(&more, last));
            last = more.last().unwrap_or(last).max(last);
        }
        events
    }

    /// Reads the journal's table from the next position up to `until`, or a round of it, and
    /// begins to read what comes then.
    async fn read(&mut self, until: Position) -> Result<Vec<Arc<Decoded>>, Fault> {
        self.behind = true;
        let round = until.min(self.position + ROUND_EVENTS_MAX);
        let events = self.pages.read(self.position, round).await?;
        let reached = events.last().map_or(round, |event| event.position());
        let next = until.min(reached + ROUND_EVENTS_MAX);
        self.reading = (next - reached >= ROUND_EVENTS_MAX).then(|| {
            let pages = Arc::clone(&self.pages);
            // What it cannot read, the next round will say.
            AbortOnDrop(tokio::spawn(async move {
                let _ = pages.read(reached, next).await;
            }))
        });
        Ok(events)
    }

    /// Waits for news; answers whether there is something else to be done first.
    async fn wait(&mut self, hurry: bool) -> bool {
        tokio::select! {
            batch = self.batches.recv() => {
                self.ahead = batch;
                if self.ahead.is_none() {
                    // The feed is gone; it left its reason, or the process is about to end.
                    sleep(SAVE_AFTER).await;
                }
                false
            }
            _ = self.feed.changed() => false,
            _ = self.stop.changed() => true,
            () = sleep(SAVE_AFTER), if hurry => true,
        }
    }
}

/// A task that ends with whoever waits for it.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The events of `batch` after `position`.
fn after(batch: &Batch, position: Position) -> Vec<Arc<Decoded>> {
    batch
        .events
        .iter()
        .filter(|event| event.position() > position)
        .cloned()
        .collect()
}

/// Reads and decodes the events after `position`, up to `until`: at least one, without a gap.
pub(crate) async fn read(
    journal: &dyn Journal,
    position: Position,
    until: Position,
) -> Result<Vec<Arc<Decoded>>, Fault> {
    let batch = Batch::read(page(journal, position, until).await?);
    match batch.broken {
        Some(broken) if batch.events.is_empty() => Err(Fault::Stop(broken.to_string())),
        _ => Ok(batch.events),
    }
}

/// Reads the events after `position`, up to `until`: at least one, without a gap.
pub(crate) async fn page(
    journal: &dyn Journal,
    position: Position,
    until: Position,
) -> Result<Vec<Arc<Recorded>>, Fault> {
    let found = journal.read(position + 1..until + 1).await;
    let found = found.map_err(|error| Fault::Transient(error.to_string()))?;
    if found
        .first()
        .is_some_and(|first| first.position == position + 1)
    {
        return Ok(found);
    }
    Err(Fault::Transient(format!(
        "there is no event at position {} yet",
        position + 1
    )))
}
