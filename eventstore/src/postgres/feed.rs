//! Following the journal: live while a reader keeps up, from the table while it does not.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};
use tokio::time::{sleep, timeout};

use super::live::{Batch, Live};
use super::read;
use crate::error::{FeedError, JournalError};
use crate::feed::Source;
use crate::readers::Readers;
use crate::recorded::{Position, Recorded};

/// The most events that are read from the table at once.
const PAGE_MAX: usize = 1_000;
/// How often a read that failed is tried again before the reader is told.
const RETRIES_MAX: u32 = 6;
/// For how long what was heard of the end may be older than what was read.
const STALE_MAX: Duration = Duration::from_millis(250);
const RETRY_DELAY_MIN: Duration = Duration::from_millis(50);

pub(super) struct PostgresSource {
    readers: Readers,
    batches: broadcast::Receiver<Batch>,
    hint: watch::Receiver<Position>,
    /// Live events that are not handed out yet, without a gap among them.
    ahead: VecDeque<Arc<Recorded>>,
    /// Whether the table was looked at, so that there is nothing but to wait.
    looked: bool,
}

impl PostgresSource {
    pub(super) fn new(readers: Readers, live: &Live) -> Self {
        Self {
            readers,
            batches: live.batches.subscribe(),
            hint: live.hint.subscribe(),
            ahead: VecDeque::new(),
            looked: false,
        }
    }

    async fn step(
        &mut self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Recorded>>, FeedError> {
        let limit = limit.clamp(1, PAGE_MAX);
        loop {
            self.listen(after);
            if let Some(first) = self.ahead.front() {
                return match first.position {
                    position if position == after + 1 => {
                        Ok(self.ahead.iter().take(limit).cloned().collect())
                    }
                    position => self.read(after, position, limit).await,
                };
            }
            let hint = *self.hint.borrow_and_update();
            if !self.looked || hint > after {
                let page = self.read(after, Position::MAX, limit).await?;
                self.looked = true;
                if !page.is_empty() {
                    return Ok(page);
                }
                self.refuse_beyond_end(after).await?;
            }
            // A hint is often a moment old; one that stays behind is a reason to look.
            let patience = if hint < after {
                STALE_MAX
            } else {
                Duration::MAX
            };
            if timeout(patience, self.wait()).await.is_err() {
                self.refuse_beyond_end(after).await?;
            }
        }
    }

    /// Takes over what is handed out live, and drops what this reader has already.
    fn listen(&mut self, after: Position) {
        while self
            .ahead
            .front()
            .is_some_and(|event| event.position <= after)
        {
            self.ahead.pop_front();
        }
        while self.ahead.is_empty() {
            match self.batches.try_recv() {
                Ok(batch) => self.take(&batch, after),
                // What was missed is read from the table.
                Err(TryRecvError::Lagged(_)) => self.looked = false,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    fn take(&mut self, batch: &Batch, after: Position) {
        self.ahead
            .extend(batch.iter().filter(|event| event.position > after).cloned());
    }

    async fn wait(&mut self) {
        tokio::select! {
            batch = self.batches.recv() => match batch {
                // It is what comes next or the reader is told of a gap; `listen` sorts that out.
                Ok(batch) => self.ahead.extend(batch.iter().cloned()),
                Err(RecvError::Lagged(_)) => self.looked = false,
                Err(RecvError::Closed) => {
                    self.looked = false;
                    sleep(RETRY_DELAY_MIN).await;
                }
            },
            changed = self.hint.changed() => if changed.is_err() {
                self.looked = false;
                sleep(RETRY_DELAY_MIN).await;
            },
        }
    }

    async fn read(
        &self,
        after: Position,
        until: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Recorded>>, FeedError> {
        let mut delay = RETRY_DELAY_MIN;
        for _ in 0..RETRIES_MAX {
            match read::page(&self.readers, after, until, limit).await {
                Err(JournalError::Unavailable(_)) => sleep(delay).await,
                result => return Ok(result?),
            }
            delay *= 2;
        }
        Ok(read::page(&self.readers, after, until, limit).await?)
    }

    async fn refuse_beyond_end(&self, asked: Position) -> Result<(), FeedError> {
        let head = read::head(&self.readers).await?;
        if asked > head {
            return Err(FeedError::BeyondEnd { asked, head });
        }
        Ok(())
    }
}

impl Source for PostgresSource {
    fn next(
        &mut self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Arc<Recorded>>, FeedError>> {
        self.step(after, limit).boxed()
    }
}
