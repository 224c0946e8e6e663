//! A subscription: every event after a place, in order, each once, now and for ever.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::error::FeedError;
use crate::recorded::{Position, Recorded};

/// The source of a subscription, one per backend.
pub(crate) trait Source: Send {
    /// Waits until there is at least one event after `after`, then answers the next ones, at most
    /// `limit`, starting at `after` + 1.
    fn next(
        &mut self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Arc<Recorded>>, FeedError>>;
}

/// A place in the journal that moves forward. It holds no connection while it waits.
pub struct Subscription {
    pub(crate) after: Position,
    pub(crate) source: Box<dyn Source>,
}

impl Subscription {
    /// The last position that was handed out.
    pub fn position(&self) -> Position {
        self.after
    }

    /// Waits for the next events: at least one, at most `limit`, without a gap. It can be dropped
    /// at any await without losing an event.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<Arc<Recorded>>, FeedError> {
        let events = self.source.next(self.after, limit).await?;
        if let Some(last) = events.last() {
            self.after = last.position;
        }
        Ok(events)
    }
}
