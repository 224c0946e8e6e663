//! Appends that wait for the writer, and those who wait for their answers.

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;
use foldhash::fast::RandomState;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{oneshot, watch};

use crate::append::{Append, Appended, IdempotencyKey};
use crate::error::AppendError;

pub(crate) type Answer = Result<Appended, AppendError>;
/// Whose key, and which.
pub(crate) type KeyName = (String, String);

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

    pub(crate) fn key(&self) -> KeyName {
        (self.append.key.subject.clone(), self.append.key.key.clone())
    }

    /// A number that tells its key from others; two keys may have the same one.
    pub(crate) fn key_number(&self) -> u64 {
        self.flight.number
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
        if self.answer.is_some() {
            self.append.outcome.fail();
        }
    }
}

/// The keys of the appends that are under way in this process.
#[derive(Clone, Default)]
pub(crate) struct Flights(Arc<Board>);

/// Keys stand here by their numbers. Two keys with one number wait for each other, which does no
/// harm.
#[derive(Default)]
struct Board {
    numbers: RandomState,
    flights: Mutex<HashMap<u64, InFlight>>,
}

/// How many appends have a key, and what tells those who wait for them, once somebody does: it is
/// dropped with the last of them.
type InFlight = (usize, Option<watch::Sender<()>>);

impl Flights {
    fn begin(&self, key: &IdempotencyKey) -> Flight {
        let number = self.0.number(key);
        self.0.lock().entry(number).or_default().0 += 1;
        Flight {
            flights: self.clone(),
            number,
            is_over: false,
        }
    }

    /// Waits until no append with this key is under way.
    pub(crate) async fn landed(&self, key: &IdempotencyKey) {
        let number = self.0.number(key);
        let end = self
            .0
            .lock()
            .get_mut(&number)
            .map(|(_, end)| end.get_or_insert_default().subscribe());
        if let Some(mut end) = end {
            // Ends with an error, when the sender is dropped with the last flight.
            while end.changed().await.is_ok() {}
        }
    }
}

impl Board {
    fn number(&self, key: &IdempotencyKey) -> u64 {
        self.numbers.hash_one((&key.subject, &key.key))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, InFlight>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Flight {
    flights: Flights,
    number: u64,
    is_over: bool,
}

impl Flight {
    fn end(&mut self) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        let mut flights = self.flights.0.lock();
        if let Some((count, _)) = flights.get_mut(&self.number) {
            *count -= 1;
            if *count == 0 {
                flights.remove(&self.number);
            }
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.end();
    }
}
