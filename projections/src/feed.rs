//! One subscription for all projections of a process: each event is read once and shared.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{FeedError, Journal, Position, Stop};
use tokio::sync::{mpsc, watch};

use crate::decoded::Batch;

/// The most events that are handed on at once.
const BATCH_EVENTS_MAX: usize = 1_000;
/// How long the feed waits before it asks again.
const RETRY: Duration = Duration::from_millis(200);

/// How far the feed has come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) position: Position,
    /// Why it has come to its end, if it has.
    pub(crate) ended: Option<String>,
}

/// Hands every event after `head` to all of `readers`, until it is to end. One who is slow misses a
/// batch and reads it from the table later; nobody waits for them.
pub(crate) async fn run(
    journal: Arc<dyn Journal>,
    readers: Arc<Vec<mpsc::Sender<Arc<Batch>>>>,
    head: Arc<watch::Sender<Head>>,
    mut stop: Stop,
) -> Result<(), String> {
    let after = head.borrow().position;
    let mut subscription = journal.subscribe(after);
    loop {
        let next = tokio::select! {
            next = subscription.next(BATCH_EVENTS_MAX) => next,
            () = stop.requested() => return Ok(()),
        };
        match next {
            Ok(recorded) => {
                let batch = Arc::new(Batch::read(recorded));
                for reader in &*readers {
                    // Full or gone: either way it is not for the feed to wait.
                    let _ = reader.try_send(Arc::clone(&batch));
                }
                head.send_modify(|head| head.position = subscription.position());
            }
            Err(error @ FeedError::BeyondEnd { .. }) => {
                head.send_modify(|head| head.ended = Some(error.to_string()));
                stop.requested().await;
                return Ok(());
            }
            Err(FeedError::Journal(error)) => {
                tracing::warn!(%error, "the feed of the projections is interrupted");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
