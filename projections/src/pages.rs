//! Stretches of the journal that were read lately: projections that catch up at the same time
//! share what one of them has read and decoded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use eventstore::{Journal, Position};
use tokio::sync::OnceCell;

use crate::decoded::{Batch, Decoded};
use crate::fault::Fault;
use crate::inbox;

/// The events of a page.
const PAGE_EVENTS: Position = 1_000;
/// The pages that are kept, of all projections together.
const PAGES_MAX: usize = 48;

type Page = Arc<OnceCell<Arc<Batch>>>;

/// Reads pages and keeps the last ones.
pub(crate) struct Pages {
    journal: Arc<dyn Journal>,
    kept: Mutex<VecDeque<(Position, Page)>>,
}

impl Pages {
    pub(crate) fn new(journal: Arc<dyn Journal>) -> Self {
        Self {
            journal,
            kept: Mutex::default(),
        }
    }

    /// The events after `position` up to `until`, which is not beyond the end of the journal: at
    /// least one, and whole pages where there are any.
    pub(crate) async fn read(
        &self,
        position: Position,
        until: Position,
    ) -> Result<Vec<Arc<Decoded>>, Fault> {
        let mut events: Vec<Arc<Decoded>> = Vec::new();
        let mut reached = position;
        while reached < until {
            let number = reached / PAGE_EVENTS;
            let end = (number + 1) * PAGE_EVENTS;
            if end > until {
                break;
            }
            let batch = self.page(number).await?;
            let new = batch
                .events
                .iter()
                .filter(|event| event.position() > reached);
            events.extend(new.cloned());
            if let Some(broken) = &batch.broken {
                if events.is_empty() {
                    return Err(Fault::Stop(broken.to_string()));
                }
                return Ok(events);
            }
            reached = end;
        }
        if events.is_empty() {
            return inbox::read(&*self.journal, position, until).await;
        }
        Ok(events)
    }

    /// Lets go of everything: who was behind has caught up.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    async fn page(&self, number: Position) -> Result<Arc<Batch>, Fault> {
        let page = self.kept(number);
        let read = page.get_or_try_init(|| async {
            let first = number * PAGE_EVENTS;
            let found = inbox::page(&*self.journal, first, first + PAGE_EVENTS).await?;
            Ok(Arc::new(Batch::read(found)))
        });
        read.await.cloned()
    }

    fn kept(&self, number: Position) -> Page {
        let mut kept = self.lock();
        if let Some((_, page)) = kept.iter().find(|(kept, _)| *kept == number) {
            return Arc::clone(page);
        }
        if kept.len() >= PAGES_MAX {
            kept.pop_front();
        }
        let page = Page::default();
        kept.push_back((number, Arc::clone(&page)));
        page
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Position, Page)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
