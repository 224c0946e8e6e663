//! Appends that wait for the writer, and those who wait for their answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use crate::append::{Append, Appended, IdempotencyKey};
use crate::error::AppendError;

pub(crate) type Answer = Result<Appended, AppendError>;

/// An append that is under way.
pub(crate) struct Waiting {
    pub(crate) append: Append,
    pub(crate) bytes: usize,
    /// What it will be answered if the statement that was sent for it, and whose fate is not
    /// known, was committed.
    pub(crate) sent: Option<Appended>,
    answer: Option<oneshot::Sender<Answer>>,
    flight: Flight,
}

impl Waiting {
    /// An append under way, with the future that waits for its answer.
    pub(crate) fn new(
        append: Append,
        bytes: usize,
        flights: &Flights,
    ) -> (Self, BoxFuture<'static, Answer>) {
        let (sender, receiver) = oneshot::channel();
        let flight = flights.begin(&append.key);
        let answer = async move {
            receiver.await.unwrap_or_else(|_| {
                Err(AppendError::Unknown(
                    "the journal was closed in the middle of it".to_owned(),
                ))
            })
        };
        (
            Self {
                append,
                bytes,
                sent: None,
                answer: Some(sender),
                flight,
            },
            answer.boxed(),
        )
    }

    /// The digest of its key.
    pub(crate) fn key(&self) -> Uuid {
        self.flight.key
    }

    pub(crate) fn events(&self) -> usize {
        self.append
            .streams
            .iter()
            .map(|part| part.events.len())
            .sum()
    }

    /// Ends it. The word on its outcome is spoken before the answer leaves.
    pub(crate) fn answer(mut self, answer: Answer) {
        match &answer {
            Ok(appended) if !appended.repeated => self.append.outcome.commit(appended.position),
            // Nothing may rest on a repetition: other events were recorded than those it carries.
            _ => self.append.outcome.fail(),
        }
        self.flight.end();
        if let Some(sender) = self.answer.take() {
            // Whoever asked may have gone; what was recorded stays.
            drop(sender.send(answer));
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // One whose commit is known stays committed, though nobody hears of it any more.
        if self.answer.is_some() && !self.append.outcome.is_committed() {
            self.append.outcome.fail();
        }
    }
}

/// The keys of the appends that are under way in this process.
#[derive(Clone, Default)]
pub(crate) struct Flights(Arc<Mutex<HashMap<Uuid, InFlight>>>);

/// How many appends have a key, and what tells those who wait for them, once somebody does: it is
/// dropped with the last of them.
type InFlight = (usize, Option<watch::Sender<()>>);

impl Flights {
    fn begin(&self, key: &IdempotencyKey) -> Flight {
        let key = key.digest();
        self.lock().entry(key).or_default().0 += 1;
        Flight {
            flights: self.clone(),
            key,
            is_over: false,
        }
    }

    /// Waits until no append with this key is under way.
    pub(crate) async fn landed(&self, key: &IdempotencyKey) {
        let end = self
            .lock()
            .get_mut(&key.digest())
            .map(|(_, end)| end.get_or_insert_default().subscribe());
        if let Some(mut end) = end {
            // Ends with an error, when the sender is dropped with the last flight.
            while end.changed().await.is_ok() {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, InFlight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Flight {
    flights: Flights,
    key: Uuid,
    is_over: bool,
}

impl Flight {
    fn end(&mut self) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        let mut flights = self.flights.lock();
        if let Some((count, _)) = flights.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                flights.remove(&self.key);
            }
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.end();
    }
}
