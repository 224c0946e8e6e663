//! Events handed out one by one, with no more of them in memory than a page and a queue.

use std::sync::Arc;

use cqrs_es::persist::{PersistenceError, ReplayFeed, ReplayStream};

use super::envelope::serialized;
use super::error::unread;
use crate::journal::Journal;
use crate::recorded::{Position, Recorded};
use crate::stream::StreamName;

/// How many events are read at once.
const PAGE: usize = 1_000;
/// How many events may wait for the reader.
const QUEUE: usize = 200;

/// The reader let go of its stream, or was told of a fault: there is no one to go on for.
struct Ended;

/// The events of one stream, up to its end.
pub(super) fn of_stream(journal: Arc<dyn Journal>, stream: StreamName) -> ReplayStream {
    let (mut feed, reader) = ReplayStream::new(QUEUE);
    drop(tokio::spawn(async move {
        let mut after = 0;
        loop {
            let page = journal.load(&stream, after, PAGE).await;
            let page = taken(&mut feed, page.map_err(unread)).await?;
            for event in &page {
                push(&mut feed, event).await?;
                after = event.version;
            }
            if page.len() < PAGE {
                return Ok::<(), Ended>(());
            }
        }
    }));
    reader
}

/// The events of the streams of a noun, up to `head`.
pub(super) fn of_noun(
    journal: Arc<dyn Journal>,
    noun: &'static str,
    head: Position,
) -> ReplayStream {
    let (mut feed, reader) = ReplayStream::new(QUEUE);
    drop(tokio::spawn(async move {
        for first in (1..=head).step_by(PAGE) {
            let until = (head + 1).min(first.saturating_add_unsigned(PAGE as u64));
            let page = journal.read(first..until).await;
            let page = taken(&mut feed, page.map_err(unread)).await?;
            for event in page.iter().filter(|event| event.stream.noun() == noun) {
                push(&mut feed, event).await?;
            }
        }
        Ok::<(), Ended>(())
    }));
    reader
}

/// The page that was read; a fault is handed to the reader, which ends the stream.
async fn taken<T>(
    feed: &mut ReplayFeed,
    page: Result<Vec<T>, PersistenceError>,
) -> Result<Vec<T>, Ended> {
    match page {
        Ok(page) => Ok(page),
        Err(error) => {
            // Nobody may be listening any more, which is no one's fault.
            let _ = feed.push(Err(error)).await;
            Err(Ended)
        }
    }
}

async fn push(feed: &mut ReplayFeed, event: &Recorded) -> Result<(), Ended> {
    feed.push(serialized(event)).await.map_err(|_| Ended)
}
