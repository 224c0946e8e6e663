//! The way to the writer: a bounded queue that is entered in the order of the calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use tokio::sync::{mpsc, oneshot, watch};

use super::Settings;
use crate::append::Append;
use crate::error::AppendError;
use crate::journal::Held;
use crate::turn::{Answer, Flights, Waiting};
use crate::validate::validate;

/// What the writer does next.
pub(super) enum Turn {
    Append(Box<Waiting>),
    Hold(oneshot::Sender<Result<Held, AppendError>>),
    Close,
}

/// How much waits for the writer.
#[derive(Default)]
pub(super) struct Load {
    appends: AtomicUsize,
    bytes: AtomicUsize,
}

impl Load {
    fn add(&self, bytes: usize) {
        self.appends.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How many appends wait.
    pub(super) fn appends(&self) -> usize {
        self.appends.load(Ordering::Relaxed)
    }

    pub(super) fn take(&self, bytes: usize) {
        self.appends.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

pub(super) struct Queue {
    turns: mpsc::UnboundedSender<Turn>,
    pub(super) load: Arc<Load>,
    pub(super) flights: Flights,
    closed: AtomicBool,
    /// Says when the writer has ended.
    done: watch::Receiver<bool>,
    appends_max: usize,
    bytes_max: usize,
}

impl Queue {
    pub(super) fn new(
        turns: mpsc::UnboundedSender<Turn>,
        done: watch::Receiver<bool>,
        settings: &Settings,
    ) -> Self {
        Self {
            turns,
            load: Arc::default(),
            flights: Flights::default(),
            closed: AtomicBool::new(false),
            done,
            appends_max: settings.waiting_appends_max,
            bytes_max: settings.waiting_bytes_max,
        }
    }

    pub(super) fn append(&self, append: Append) -> BoxFuture<'static, Answer> {
        let outcome = append.outcome.clone();
        self.enter(append).unwrap_or_else(|error| {
            outcome.fail();
            ready(Err(error)).boxed()
        })
    }

    fn enter(&self, append: Append) -> Result<BoxFuture<'static, Answer>, AppendError> {
        let bytes = validate(&append)?;
        if self.load.appends.load(Ordering::Relaxed) >= self.appends_max
            || self.load.bytes.load(Ordering::Relaxed) >= self.bytes_max
        {
            return Err(AppendError::Unavailable(
                "it is busy, and as many appends wait as may; try again in a moment".to_owned(),
            ));
        }
        let (waiting, answer) = Waiting::new(append, bytes, &self.flights);
        self.load.add(bytes);
        match self.send(Turn::Append(Box::new(waiting))) {
            Ok(()) => Ok(answer),
            Err(error) => {
                self.load.take(bytes);
                Err(error)
            }
        }
    }

    pub(super) fn hold(&self) -> BoxFuture<'static, Result<Held, AppendError>> {
        let (sender, receiver) = oneshot::channel();
        if let Err(error) = self.send(Turn::Hold(sender)) {
            return ready(Err(error)).boxed();
        }
        async move { receiver.await.unwrap_or_else(|_| Err(closed())) }.boxed()
    }

    fn send(&self, turn: Turn) -> Result<(), AppendError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        self.turns.send(turn).map_err(|_| closed())
    }

    /// Takes no more; waits until all that was taken is settled.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        drop(self.turns.send(Turn::Close));
        let mut done = self.done.clone();
        // An error says that the writer is gone, which is what is waited for.
        drop(done.wait_for(|done| *done).await);
    }
}

fn closed() -> AppendError {
    AppendError::Unavailable("it is closed".to_owned())
}
