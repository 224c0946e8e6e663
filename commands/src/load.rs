//! From a stream in the journal to its state.

use eventstore::{Position, Recorded, StreamName};

use crate::dispatch::Dispatch;
use crate::error::{CommandError, unreadable};
use crate::hot::{Hot, Last};
use crate::wanted::{Kind, Wanted};

/// Events read at a time when a stream is loaded.
const PAGE: usize = 1_000;

impl Dispatch {
    /// The state of a stream as the journal has it: from a snapshot and what came after it, or from
    /// the first event on.
    pub(crate) async fn load(&self, wanted: &Wanted) -> Result<Hot, CommandError> {
        // Read before anything is looked at: what is seen then is at least as new.
        let known_at = self.journal.seen();
        let (stream, kind) = (&wanted.stream, wanted.kind);
        let (mut hot, mut page) = self.begin(stream, kind, known_at).await?;
        let mut position = None;
        loop {
            let is_last = page.len() < PAGE;
            hot.take_in(kind, &page)?;
            position = page.last().map(|event| event.position).or(position);
            if is_last {
                break;
            }
            page = self.page(stream, &hot).await?;
        }
        if let Some(position) = position {
            self.snapshots.loaded(stream, kind, &mut hot, position);
        }
        Ok(hot)
    }

    /// Where a stream is read from, and the first of the events from there.
    async fn begin(
        &self,
        stream: &StreamName,
        kind: &'static Kind,
        known_at: Position,
    ) -> Result<(Hot, Vec<Recorded>), CommandError> {
        let mut hot = Hot::empty((kind.empty)(), known_at);
        if let Some(store) = self.journal.snapshots() {
            match store.load(stream, kind.state_version, PAGE).await {
                Ok((None, page)) => return Ok((hot, page)),
                Ok((Some(snapshot), page)) => match (kind.read)(&snapshot.state) {
                    Ok(state) => {
                        hot.state = state;
                        hot.version = snapshot.version;
                        hot.snapshot_at = snapshot.version;
                        hot.bytes = snapshot.state.len();
                        hot.last = Some(Last {
                            id: snapshot.event_id,
                            occurred_at: snapshot.last_occurred_at,
                        });
                        return Ok((hot, page));
                    }
                    Err(error) => {
                        tracing::warn!(%stream, %error, "a snapshot cannot be read; it is dropped");
                        store.forget(&snapshot).await.map_err(|e| unreadable(&e))?;
                    }
                },
                // A cache that is broken must not keep anybody from the truth.
                Err(error) => tracing::warn!(%stream, %error, "snapshots cannot be read"),
            }
        }
        let page = self.page(stream, &hot).await?;
        Ok((hot, page))
    }

    async fn page(&self, stream: &StreamName, hot: &Hot) -> Result<Vec<Recorded>, CommandError> {
        let page = self.journal.load(stream, hot.version, PAGE).await;
        page.map_err(|error| unreadable(&error))
    }
}

impl Hot {
    /// Takes recorded events in.
    fn take_in(&mut self, kind: &Kind, events: &[Recorded]) -> Result<(), CommandError> {
        self.state = (kind.evolve)(std::mem::replace(&mut self.state, (kind.empty)()), events)?;
        if let Some(last) = events.last() {
            self.version = last.version;
            self.last = Some(Last {
                id: last.event_id,
                occurred_at: last.occurred_at,
            });
        }
        self.bytes += events.iter().map(|event| event.data.len()).sum::<usize>();
        Ok(())
    }
}
