//! The one writer of a process: takes what waits, batch by batch, in the order of arrival.

use std::io;
use std::sync::Arc;
use std::thread::{Builder as Thread, yield_now};
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use super::Settings;
use super::link::Link;
use super::live::Live;
use super::look::News;
use super::notice::Ear;
use super::owed::Owed;
use super::queue::{Load, Turn};
use crate::clock::Clock;
use crate::error::{AppendError, JournalError};
use crate::journal::Held;
use crate::turn::{Flights, Waiting};
use crate::validate::validate;

/// How long those who may ask again are waited for, each of them, and the size of a batch that
/// waits for nobody.
const GREETING_MAX: Duration = Duration::from_micros(100);
const SMALL_BATCH_MAX: usize = 24;
/// How long one who decides within the writer's turn may take. All writers of all processes wait
/// meanwhile.
const HOLD_MAX: Duration = Duration::from_secs(2);

pub(super) struct Writer {
    pub(super) link: Link,
    pub(super) live: Arc<Live>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: Settings,
    pub(super) ear: Ear,
    pub(super) turns: mpsc::UnboundedReceiver<Turn>,
    pub(super) load: Arc<Load>,
    pub(super) flights: Flights,
    /// What was taken from the queue but did not fit into the batch.
    pub(super) next: Option<Turn>,
    /// The last batch, while its answers are held back for the next one to go first.
    pub(super) owed: Option<Owed>,
    /// How many appends were there when the last batch was settled: in it, or waiting behind it.
    pub(super) company: usize,
}

impl Writer {
    /// Starts it on a thread of its own and waits until it is connected. Among the tasks of a busy
    /// process it would hear late that a commit is done, and Postgres would rest until then.
    pub(super) async fn start(self, done: watch::Sender<bool>) -> Result<(), JournalError> {
        let (sender, connected) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(no_thread)?;
        Thread::new()
            .name("journal writer".to_owned())
            .spawn(move || runtime.block_on(self.live(sender, done)))
            .map_err(no_thread)?;
        connected.await.unwrap_or_else(|_| {
            let sentence = "its writer has ended before it was connected";
            Err(JournalError::Unavailable(sentence.to_owned()))
        })
    }

    async fn live(
        mut self,
        connected: oneshot::Sender<Result<(), JournalError>>,
        done: watch::Sender<bool>,
    ) {
        let result = self.link.connect().await.map(drop);
        let is_connected = result.is_ok();
        self.live.works_for_writer(self.link.pid());
        self.say_where();
        // Whoever opens it may have gone; then there is nobody who could ask for anything.
        if connected.send(result).is_ok() && is_connected {
            self.run(done).await;
        }
    }

    async fn run(mut self, done: watch::Sender<bool>) {
        loop {
            let turn = match self.next.take().or_else(|| self.turns.try_recv().ok()) {
                Some(turn) => turn,
                None => match self.rest().await {
                    Some(turn) => turn,
                    None => break,
                },
            };
            match turn {
                Turn::Append(first) => {
                    let batch = self.gather(*first);
                    let size = batch.len();
                    self.settle(batch).await;
                    let behind = self.load.appends();
                    self.company = size + behind;
                    // Those who are few may ask again at once and share the next commit.
                    if behind < SMALL_BATCH_MAX {
                        self.pay();
                    }
                }
                Turn::Hold(holder) => self.hold(holder).await,
                // What was taken before is settled by now or still comes out of the queue.
                Turn::Close => self.turns.close(),
            }
        }
        self.pay();
        self.link.close().await;
        done.send_replace(true);
    }

    /// Waits for something to do. Nobody's answer waits with it.
    async fn rest(&mut self) -> Option<Turn> {
        self.pay();
        self.turns.recv().await
    }

    /// The batch that begins with `first`: what waits, as far as the limits allow.
    ///
    /// Those who were just answered often ask again at once. A small batch lets them come before it
    /// goes, as long as one comes after the other: they share its commit then, in place of taking
    /// turns with it. A large one is worth a commit of its own, during which they can get ready.
    fn gather(&mut self, first: Waiting) -> Vec<Waiting> {
        let wanted = self.company.min(SMALL_BATCH_MAX);
        let (mut here, mut since) = (1 + self.load.appends(), Instant::now());
        while here < wanted && since.elapsed() < GREETING_MAX {
            yield_now();
            let waiting = 1 + self.load.appends();
            if waiting > here {
                (here, since) = (waiting, Instant::now());
            }
        }
        self.take_waiting(first)
    }

    fn take_waiting(&mut self, first: Waiting) -> Vec<Waiting> {
        let (mut events, mut bytes) = (first.events(), first.bytes);
        self.load.take(first.bytes);
        let mut batch = vec![first];
        while let Ok(turn) = self.turns.try_recv() {
            let Turn::Append(waiting) = turn else {
                self.next = Some(turn);
                break;
            };
            events += waiting.events();
            bytes += waiting.bytes;
            if events > self.settings.batch_events_max
                || bytes > self.settings.batch_bytes_max
                || batch.len() >= self.settings.batch_events_max
            {
                self.next = Some(Turn::Append(waiting));
                break;
            }
            self.load.take(waiting.bytes);
            batch.push(*waiting);
        }
        batch
    }

    /// Lets the answers leave that are owed.
    pub(super) fn pay(&mut self) {
        if let Some(owed) = self.owed.take() {
            owed.pay(&self.live);
        }
    }

    /// Gives the turn to someone who decides within it, while all other writers are kept out.
    async fn hold(&mut self, holder: oneshot::Sender<Result<Held, AppendError>>) {
        self.pay();
        if holder.is_closed() {
            return;
        }
        match self.see_all().await {
            Ok(()) => self.hold_alone(holder).await,
            Err(sentence) => drop(holder.send(Err(AppendError::Unavailable(sentence)))),
        }
        self.link.unlock().await;
        self.pay();
    }

    async fn hold_alone(&mut self, holder: oneshot::Sender<Result<Held, AppendError>>) {
        self.say_where();
        let (sender, mut receiver) = oneshot::channel();
        if holder.send(Ok(held(sender, self.flights.clone()))).is_err() {
            return;
        }
        let waiting = if let Ok(waiting) = timeout(HOLD_MAX, &mut receiver).await {
            waiting.ok()
        } else {
            receiver.close();
            receiver.try_recv().ok()
        };
        if let Some(waiting) = waiting {
            self.settle(vec![waiting]).await;
        }
    }

    /// Keeps all other writers out and catches up with what they have written until then. A
    /// connection that turns out to be lost is made again once.
    async fn see_all(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + self.settings.reconnect_max;
        if self.link.is_up() && self.link.keep_others_out().await.is_ok() {
            return Ok(());
        }
        self.link.cut();
        self.reconnect(deadline).await?;
        let alone = self.link.keep_others_out().await;
        alone.map(drop).map_err(|error| {
            self.link.cut();
            error.to_string()
        })
    }

    /// Connects again until `deadline`; answers the news since the last connection.
    pub(super) async fn reconnect(&mut self, deadline: Instant) -> Result<Vec<News>, String> {
        let news = self.link.reconnect(deadline).await;
        self.live.begin_epoch();
        self.live.works_for_writer(self.link.pid());
        news.map_err(|error| error.to_string())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "its place is in `map_err`")]
fn no_thread(error: io::Error) -> JournalError {
    JournalError::Unavailable(format!("its writer cannot be started: {error}"))
}

fn held(turn: oneshot::Sender<Waiting>, flights: Flights) -> Held {
    Held {
        append: Box::new(move |append| {
            let bytes = match validate(&append) {
                Ok(bytes) => bytes,
                Err(error) => {
                    append.outcome.fail();
                    return Box::pin(std::future::ready(Err(error)));
                }
            };
            let (waiting, answer) = Waiting::new(append, bytes, &flights);
            if let Err(late) = turn.send(waiting) {
                // The turn was taken back: what was decided in it may no longer be so.
                late.answer(Err(AppendError::Conflict(Vec::new())));
            }
            answer
        }),
    }
}
