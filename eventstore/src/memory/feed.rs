//! Following a journal in memory.

use std::sync::{Arc, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;

use super::Inner;
use crate::error::{FeedError, JournalError};
use crate::feed::Source;
use crate::recorded::{Position, Recorded};

pub(super) struct MemorySource {
    pub(super) inner: Arc<Inner>,
    pub(super) head: watch::Receiver<Position>,
}

impl MemorySource {
    fn page(&self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, FeedError> {
        let state = self
            .inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let head = state.head();
        if after > head {
            return Err(FeedError::BeyondEnd { asked: after, head });
        }
        let from = usize::try_from(after).unwrap_or(0);
        Ok(state
            .events
            .iter()
            .skip(from)
            .take(limit)
            .cloned()
            .collect())
    }

    async fn wait(
        &mut self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Recorded>>, FeedError> {
        loop {
            self.head.mark_unchanged();
            let page = self.page(after, limit.max(1))?;
            if !page.is_empty() {
                return Ok(page);
            }
            if self.head.changed().await.is_err() {
                return Err(JournalError::Unavailable("the journal was closed".to_owned()).into());
            }
        }
    }
}

impl Source for MemorySource {
    fn next(
        &mut self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Arc<Recorded>>, FeedError>> {
        self.wait(after, limit).boxed()
    }
}
