//! A walk through the journal, event by event as projectors meet them: the next pages are read
//! and decoded, side by side, while this one is used.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use eventstore::{Journal, JournalError, Position};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle, JoinSet};

use crate::decoded::{Decoded, Undecodable};

/// The events of a page, where nothing else is asked for.
const PAGE_EVENTS: Position = 2_000;
/// The pages that wait or are being read, but for the one that is used.
const PAGES_AHEAD: usize = 2;

type Page = Result<Vec<Arc<Decoded>>, ReplayError>;

/// Why a replay went no further.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An event could not be decoded.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
    /// A page was given up in the middle of it, which a fault in this program does.
    #[error("the journal was not read to its end: {0}")]
    GivenUp(#[from] JoinError),
    /// An event that was asked for is not there.
    #[error("there is no event at position {0}: the journal ends before it")]
    Missing(Position),
}

/// The events at some positions, in order. Whoever drops it stops reading. What it keeps in memory
/// is four pages at most.
pub struct Replay {
    pages: mpsc::Receiver<JoinHandle<Page>>,
    _reading: JoinSet<()>,
}

impl Replay {
    /// Begins to read the events at `positions`, which the journal has.
    pub fn of(journal: Arc<dyn Journal>, positions: RangeInclusive<Position>) -> Self {
        Self::by_pages(journal, positions, PAGE_EVENTS)
    }

    /// The same, by pages of so many events.
    pub fn by_pages(
        journal: Arc<dyn Journal>,
        positions: RangeInclusive<Position>,
        events: Position,
    ) -> Self {
        let (sender, pages) = mpsc::channel(PAGES_AHEAD);
        let mut reading = JoinSet::new();
        reading.spawn(read(journal, positions, events, sender));
        Self {
            pages,
            _reading: reading,
        }
    }

    /// The next page of events, decoded; none at the end. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Vec<Arc<Decoded>>>, ReplayError> {
        let Some(page) = self.pages.recv().await else {
            return Ok(None);
        };
        let page = page.await.map_err(ReplayError::from).flatten();
        if page.is_err() {
            self.pages.close();
            while self.pages.try_recv().is_ok() {}
        }
        page.map(Some)
    }
}

/// Has one page after the other read, as long as there is room for them.
async fn read(
    journal: Arc<dyn Journal>,
    positions: RangeInclusive<Position>,
    events: Position,
    pages: mpsc::Sender<JoinHandle<Page>>,
) {
    let mut first = *positions.start();
    while first <= *positions.end() {
        let Ok(room) = pages.reserve().await else {
            return;
        };
        let until = (first + events).min(positions.end() + 1);
        room.send(tokio::spawn(page(Arc::clone(&journal), first..until)));
        first = until;
    }
}

async fn page(journal: Arc<dyn Journal>, positions: Range<Position>) -> Page {
    let found = journal.read(positions.clone()).await?;
    let missing = found
        .last()
        .map_or(positions.start, |last| last.position + 1);
    let mut events = Vec::with_capacity(found.len());
    for recorded in found {
        events.push(Arc::new(Decoded::read(recorded)?));
    }
    if missing < positions.end {
        return Err(ReplayError::Missing(missing));
    }
    Ok(events)
}
