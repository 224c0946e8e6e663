//! A walk through the journal, event by event as projectors meet them: the next pages are read
//! while this one is decoded and used.

use std::ops::RangeInclusive;
use std::sync::Arc;

use eventstore::{Journal, JournalError, Position, Recorded};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::decoded::{Decoded, Undecodable};

/// The events of a page, and the pages that wait: what is kept in memory is bounded by them.
const PAGE_EVENTS: Position = 2_000;
const PAGES_WAITING: usize = 2;

/// Why a replay went no further.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An event could not be decoded.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
    /// An event that was asked for is not there.
    #[error("there is no event at position {0}: the journal ends before it")]
    Missing(Position),
}

/// The events at some positions, in order. Whoever drops it stops reading.
pub struct Replay {
    pages: mpsc::Receiver<Result<Vec<Arc<Recorded>>, ReplayError>>,
    _reading: JoinSet<()>,
}

impl Replay {
    /// Begins to read the events at `positions`, which the journal has.
    pub fn of(journal: Arc<dyn Journal>, positions: RangeInclusive<Position>) -> Self {
        let (sender, pages) = mpsc::channel(PAGES_WAITING);
        let mut reading = JoinSet::new();
        reading.spawn(read(journal, positions, sender));
        Self {
            pages,
            _reading: reading,
        }
    }

    /// The next events, decoded; none at the end. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Vec<Decoded>>, ReplayError> {
        let Some(page) = self.pages.recv().await else {
            return Ok(None);
        };
        let decoded: Result<Vec<Decoded>, Undecodable> =
            page?.into_iter().map(Decoded::read).collect();
        Ok(Some(decoded?))
    }
}

async fn read(
    journal: Arc<dyn Journal>,
    positions: RangeInclusive<Position>,
    pages: mpsc::Sender<Result<Vec<Arc<Recorded>>, ReplayError>>,
) {
    let mut next = *positions.start();
    while next <= *positions.end() {
        let until = (next + PAGE_EVENTS).min(positions.end() + 1);
        let page = match journal.read(next..until).await {
            Ok(page) if page.is_empty() => Err(ReplayError::Missing(next)),
            read => read.map_err(ReplayError::from),
        };
        if let Ok(Some(last)) = page.as_ref().map(|page| page.last()) {
            next = last.position + 1;
        }
        let is_over = page.is_err();
        if pages.send(page).await.is_err() || is_over {
            return;
        }
    }
}
