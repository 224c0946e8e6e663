//! A journal in memory, for the tests of those who stand on a journal.
//!
//! It means the same as the one on Postgres and is deterministic: an append is settled before the
//! call returns, unless the writer is [paused](MemoryJournal::pause) or its turn is held.

mod feed;
mod state;

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use tokio::sync::{Semaphore, watch};

use self::feed::MemorySource;
use self::state::State;
use crate::append::{Append, Appended, IdempotencyKey, KeyMatch};
use crate::clock::Clock;
use crate::error::{AppendError, JournalError};
use crate::feed::Subscription;
use crate::journal::{Capability, Held, Journal};
use crate::recorded::{Position, Recorded, Version};
use crate::stream::StreamName;
use crate::turn::{Answer, Flights, Waiting};
use crate::validate::validate;

const HOLD_MAX: Duration = Duration::from_secs(2);

/// A journal in memory. Clones share one history.
#[derive(Clone)]
pub struct MemoryJournal {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    flights: Flights,
    head: watch::Sender<Position>,
    turn: Arc<Semaphore>,
}

impl MemoryJournal {
    /// An empty journal that tells the time by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let inner = Inner {
            clock,
            state: Mutex::default(),
            flights: Flights::default(),
            head: watch::Sender::new(0),
            turn: Arc::new(Semaphore::new(1)),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Lets the next `commits` that would record something fail, as a full disk does.
    pub fn fail_next(&self, commits: usize) {
        self.inner.lock().failures = commits;
    }

    /// Lets appends wait, as they do while the last commit runs.
    pub fn pause(&self) {
        self.inner.lock().paused = true;
    }

    /// Settles what waits as one batch, and goes on.
    pub fn resume(&self) {
        self.inner.change(|state| state.paused = false);
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, settles what may be settled then, and wakes those who follow.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let now = self.clock.now();
        let (result, head) = {
            let mut state = self.lock();
            let result = change(&mut state);
            state.drain(now);
            (result, state.head())
        };
        self.head.send_replace(head);
        result
    }

    fn waiting(
        &self,
        append: Append,
    ) -> Result<(Waiting, BoxFuture<'static, Answer>), AppendError> {
        match validate(&append) {
            Ok(bytes) => Ok(Waiting::new(append, bytes, &self.flights)),
            Err(error) => {
                append.outcome.fail();
                Err(error)
            }
        }
    }

    fn append_held(&self, turn: u64, append: Append) -> BoxFuture<'static, Answer> {
        let (waiting, answer) = match self.waiting(append) {
            Ok(both) => both,
            Err(error) => return ready(Err(error)).boxed(),
        };
        let now = self.clock.now();
        self.change(|state| {
            if state.held == Some(turn) {
                state.held = None;
                state.settle(vec![waiting], now);
            } else {
                // The turn was taken back: what was decided in it may no longer be so.
                waiting.answer(Err(AppendError::Conflict(Vec::new())));
            }
        });
        answer
    }

    fn release(&self, turn: u64) {
        self.change(|state| {
            if state.held == Some(turn) {
                state.held = None;
            }
        });
    }
}

impl Journal for MemoryJournal {
    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::MultiStream,
            Capability::Gapless,
            Capability::Idempotency,
        ]
    }

    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let (waiting, answer) = match self.inner.waiting(append) {
            Ok(both) => both,
            Err(error) => return ready(Err(error)).boxed(),
        };
        self.inner.change(|state| {
            if state.closed {
                waiting.answer(Err(closed()));
            } else {
                state.queue.push(waiting);
            }
        });
        answer
    }

    fn hold(&self) -> BoxFuture<'static, Result<Held, AppendError>> {
        let inner = Arc::clone(&self.inner);
        async move {
            let permit = Arc::clone(&inner.turn)
                .acquire_owned()
                .await
                .map_err(|_| closed())?;
            let turn = {
                let mut state = inner.lock();
                if state.closed {
                    return Err(closed());
                }
                state.turns += 1;
                state.held = Some(state.turns);
                state.turns
            };
            let guard = Turn {
                inner: Arc::clone(&inner),
                number: turn,
                _permit: permit,
            };
            let late = Arc::downgrade(&inner);
            drop(tokio::spawn(async move {
                tokio::time::sleep(HOLD_MAX).await;
                if let Some(inner) = late.upgrade() {
                    inner.release(turn);
                }
            }));
            Ok(Held {
                append: Box::new(move |append| guard.inner.append_held(guard.number, append)),
            })
        }
        .boxed()
    }

    fn look_up<'a>(
        &'a self,
        key: &'a IdempotencyKey,
    ) -> BoxFuture<'a, Result<KeyMatch, JournalError>> {
        async move {
            self.inner.flights.landed(key).await;
            Ok(match self.inner.lock().keys.get(&key.digest()) {
                None => KeyMatch::Unknown,
                Some(stored) if stored.request_hash == key.request_hash => {
                    KeyMatch::Same(stored.answer.clone())
                }
                Some(_) => KeyMatch::Reused,
            })
        }
        .boxed()
    }

    fn load<'a>(
        &'a self,
        stream: &'a StreamName,
        after: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Recorded>, JournalError>> {
        let from = usize::try_from(after).unwrap_or(0);
        let events = self
            .inner
            .lock()
            .streams
            .get(stream)
            .map_or_else(Vec::new, |events| {
                events
                    .iter()
                    .skip(from)
                    .take(limit)
                    .map(|event| Recorded::clone(event))
                    .collect()
            });
        ready(Ok(events)).boxed()
    }

    fn read(
        &self,
        positions: Range<Position>,
    ) -> BoxFuture<'_, Result<Vec<Arc<Recorded>>, JournalError>> {
        let from = usize::try_from(positions.start - 1).unwrap_or(0);
        let events = self
            .inner
            .lock()
            .events
            .iter()
            .skip(from)
            .cloned()
            .collect::<Vec<_>>();
        let within = |event: &Arc<Recorded>| positions.contains(&event.position);
        ready(Ok(events.into_iter().take_while(within).collect())).boxed()
    }

    fn seen(&self) -> Position {
        self.inner.lock().head()
    }

    fn head(&self) -> BoxFuture<'_, Result<Position, JournalError>> {
        ready(Ok(self.inner.lock().head())).boxed()
    }

    fn subscribe(&self, after: Position) -> Subscription {
        let head = self.inner.head.subscribe();
        let source = MemorySource {
            inner: Arc::clone(&self.inner),
            head,
        };
        Subscription {
            after,
            source: Box::new(source),
        }
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.change(|state| {
            state.closed = true;
            state.paused = false;
        });
        ready(()).boxed()
    }
}

/// Gives the turn back when it is dropped.
struct Turn {
    inner: Arc<Inner>,
    number: u64,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.inner.release(self.number);
    }
}

fn closed() -> AppendError {
    AppendError::Unavailable("it is closed".to_owned())
}
