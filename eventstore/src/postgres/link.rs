//! The writer's one connection, and what it knows of the journal through it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Executor, Row};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use uuid::Uuid;

use super::look::{self, Head, News};
use super::recent::Recent;
use super::{Settings, open};
use crate::append::{Expected, StreamAppend};
use crate::check::{Ground, Tail};
use crate::error::JournalError;
use crate::recorded::Position;
use crate::stream::StreamName;
use crate::turn::Waiting;

/// How many events of other writers are applied one by one. More are skipped: what is known of
/// streams is forgotten instead. More than any batch has, so that a batch whose fate is unknown is
/// always found among them.
const NEWS_MAX: i64 = 10_000;
/// After this time without an answer a statement counts as lost.
const STATEMENT_MAX: Duration = Duration::from_secs(30);
/// An attempt to connect again has this much time, even where it begins right before the deadline.
const ATTEMPT_MIN: Duration = Duration::from_secs(5);
const RETRY_DELAY_MIN: Duration = Duration::from_millis(20);
const RETRY_DELAY_MAX: Duration = Duration::from_millis(500);

/// What the writer has to ask before it can check a batch: the versions of streams, and what is
/// stored with keys.
#[derive(Default)]
pub(super) struct Questions {
    streams: Vec<StreamName>,
    keys: Vec<Uuid>,
}

impl Questions {
    pub(super) fn is_empty(&self) -> bool {
        self.streams.is_empty() && self.keys.is_empty()
    }
}

pub(super) struct Link {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    /// The process of the server that the last connection belonged to, and when it started.
    backend: Option<(i32, DateTime<Utc>)>,
    /// The last event up to which everything was applied.
    pub(super) seen: Option<Head>,
    /// Where streams end.
    pub(super) known: Recent<StreamName, Tail>,
    /// The keys that were stored.
    stored: Recent<Uuid, ()>,
    /// Whether this connection holds the lock that keeps all other writers out.
    pub(super) locked: bool,
}

impl Link {
    pub(super) fn new(options: PgConnectOptions, settings: &Settings) -> Self {
        Self {
            options,
            connection: None,
            backend: None,
            seen: None,
            known: Recent::new(settings.known_streams_max),
            stored: Recent::new(settings.known_keys_max),
            locked: false,
        }
    }

    pub(super) fn position(&self) -> Position {
        self.seen.map_or(0, |head| head.position)
    }

    /// The process of the server that the last connection belonged to.
    pub(super) fn pid(&self) -> Option<i32> {
        self.backend.map(|(pid, _)| pid)
    }

    pub(super) fn is_up(&self) -> bool {
        self.connection.is_some()
    }

    /// Drops the connection and all that was known through it, but for the place up to which
    /// everything was seen: by it the next connection finds out what became of the last batch.
    ///
    /// A reader may have seen events after that place, and a fail-over may lose them. So nobody is
    /// believed who looked up to now, until more is recorded.
    pub(super) fn cut(&mut self) {
        self.connection = None;
        self.locked = false;
        self.forget_before(self.position() + 1);
    }

    /// Forgets what is known of streams and keys, and believes nobody who looked before `position`.
    pub(super) fn forget_before(&mut self, position: Position) {
        self.known.restart(position);
        self.stored.restart(position);
    }

    /// Takes note of what was committed, up to `head` with it.
    pub(super) fn note(
        &mut self,
        head: Head,
        tails: impl IntoIterator<Item = (StreamName, Tail)>,
        keys: impl IntoIterator<Item = Uuid>,
    ) {
        self.seen = Some(head);
        for (stream, tail) in tails {
            self.known.note(stream, tail, head.position);
        }
        for key in keys {
            self.stored.note(key, (), head.position);
        }
    }

    pub(super) fn connection(&mut self) -> sqlx::Result<&mut PgConnection> {
        self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// Connects again until `deadline`; answers the news since the last connection. A database that
    /// takes the connection and then says nothing does not hold the writer for longer than that.
    pub(super) async fn reconnect(&mut self, deadline: Instant) -> Result<Vec<News>, JournalError> {
        let mut delay = RETRY_DELAY_MIN;
        loop {
            let until = deadline.max(Instant::now() + ATTEMPT_MIN);
            let attempt = timeout_at(until, self.connect()).await;
            let error = match attempt.unwrap_or_else(|_| Err(does_not_answer())) {
                Ok(news) => return Ok(news),
                Err(error) => error,
            };
            self.cut();
            if Instant::now() + delay >= deadline {
                return Err(error);
            }
            sleep(delay).await;
            delay = (delay * 2).min(RETRY_DELAY_MAX);
        }
    }

    /// Connects once; answers the news since the last connection.
    pub(super) async fn connect(&mut self) -> Result<Vec<News>, JournalError> {
        let connecting = timeout(STATEMENT_MAX, open::connect(&self.options));
        let connection = connecting
            .await
            .map_err(|_| open::unavailable(too_late()))??;
        self.connection = Some(connection);
        self.greet().await.map_err(open::unavailable)
    }

    async fn greet(&mut self) -> sqlx::Result<Vec<News>> {
        let last = self.backend;
        let connection = self.connection()?;
        if let Some((pid, started)) = last {
            // It may still be about to commit the last batch. If it does, its positions are the
            // fence that this connection runs into; this only makes it shorter.
            sqlx::query(
                "select pg_terminate_backend(pid) from pg_stat_activity
                where pid = $1 and backend_start = $2",
            )
            .bind(pid)
            .bind(started)
            .execute(&mut *connection)
            .await?;
        }
        let row = sqlx::query(
            "select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()",
        )
        .fetch_one(&mut *connection)
        .await?;
        self.backend = Some((row.try_get("pid")?, row.try_get("backend_start")?));
        let same_history = match self.seen {
            Some(seen) => look::at(self.connection()?, seen.position).await? == Some(seen),
            None => last.is_some(),
        };
        if same_history {
            return self.catch_up().await;
        }
        // The first connection, or to a database with another history, of which nobody has seen
        // anything yet, whatever position he looked at.
        let position = self.position();
        self.seen = look::head(self.connection()?).await?;
        self.forget_before(self.position().max(position + 1));
        Ok(Vec::new())
    }

    /// Applies what other writers have recorded since `seen`, and answers it.
    pub(super) async fn catch_up(&mut self) -> sqlx::Result<Vec<News>> {
        let after = self.position();
        let news = in_time(look::news(self.connection()?, after, NEWS_MAX)).await?;
        for event in &news {
            let tail = Tail {
                version: event.version,
                last: Some(event.head.event_id),
            };
            self.note(event.head, [(event.stream.clone(), tail)], []);
        }
        if i64::try_from(news.len()).unwrap_or(i64::MAX) >= NEWS_MAX {
            self.seen = in_time(look::head(self.connection()?)).await?;
            self.known.restart(self.position());
        }
        if !news.is_empty() {
            // Which keys others have stored with them is not known.
            self.stored.restart(self.position());
        }
        Ok(news)
    }

    /// The committed state that the batch is to be checked against, at `seen`, as far as it is
    /// known here, and what is left to be asked. `all_keys` looks up every key for which nobody
    /// vouches, otherwise only those that are suspect.
    pub(super) fn ground(&self, batch: &[Waiting], all_keys: bool) -> (Ground, Questions) {
        let mut ground = Ground {
            head: self.position(),
            ..Ground::default()
        };
        let mut questions = Questions::default();
        for part in batch.iter().flat_map(|waiting| &waiting.append.streams) {
            if ground.tails.contains_key(&part.stream) {
                continue;
            }
            let tail = self.tail(part);
            if tail.is_none() {
                questions.streams.push(part.stream.clone());
            }
            ground
                .tails
                .insert(part.stream.clone(), tail.unwrap_or_default());
        }
        questions.keys = batch
            .iter()
            .filter(|waiting| self.is_suspect(waiting) || (all_keys && !self.is_absent(waiting)))
            .map(Waiting::key)
            .collect();
        (ground, questions)
    }

    /// Asks what was left to be asked. If the answer is later than `seen` for some stream, then the
    /// fence will tell.
    pub(super) async fn ask(
        &mut self,
        questions: &Questions,
        ground: &mut Ground,
    ) -> sqlx::Result<()> {
        if !questions.streams.is_empty() {
            let tails = look::tails(self.connection()?, &questions.streams);
            for (stream, tail) in in_time(tails).await? {
                self.known.note(stream.clone(), tail, self.position());
                ground.tails.insert(stream, tail);
            }
        }
        if !questions.keys.is_empty() {
            ground.keys = in_time(look::keys(self.connection()?, &questions.keys)).await?;
        }
        Ok(())
    }

    /// Where a stream ends: noted here, or as it was seen by one who looked when everything that
    /// has changed since is noted here.
    fn tail(&self, part: &StreamAppend) -> Option<Tail> {
        self.known.get(&part.stream).or_else(|| {
            let is_as_expected = self.known.is_complete_since(part.known_at);
            match part.expected {
                Expected::NoStream if is_as_expected => Some(Tail::default()),
                Expected::Exactly(version) if is_as_expected => Some(Tail {
                    version,
                    last: part.last,
                }),
                _ => None,
            }
        })
    }

    /// Whether nothing is stored with the key, as far as is known without asking.
    pub(super) fn is_absent(&self, waiting: &Waiting) -> bool {
        self.stored.is_complete_since(waiting.append.key.absent_at)
            && self.stored.get(&waiting.key()).is_none()
            && waiting.sent.is_none()
    }

    /// Whether the key has to be looked up before the append is decided on. One of which nothing is
    /// known is looked up by the statement that records the events, where there are any.
    fn is_suspect(&self, waiting: &Waiting) -> bool {
        waiting.sent.is_some()
            || self.stored.get(&waiting.key()).is_some()
            || (waiting.events() == 0 && !self.is_absent(waiting))
    }

    /// Keeps all other writers out until the next commit or [`Link::unlock`], and answers what they
    /// have recorded until then. Those who ask for it come in the order in which they ask, and so
    /// do those who only want to record a batch.
    pub(super) async fn keep_others_out(&mut self) -> sqlx::Result<Vec<News>> {
        self.locked = true;
        let lock = "begin; lock table journal.writer_turn in exclusive mode";
        in_time(self.connection()?.execute(lock)).await?;
        self.catch_up().await
    }

    pub(super) async fn unlock(&mut self) {
        if std::mem::take(&mut self.locked) && self.is_up() {
            let Ok(connection) = self.connection() else {
                return;
            };
            if in_time(connection.execute("rollback")).await.is_err() {
                self.cut();
            }
        }
    }

    pub(super) async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            // The server notices in any case.
            drop(sqlx::Connection::close(connection).await);
        }
    }
}

/// Gives up on a statement that gets no answer.
pub(super) async fn in_time<T>(
    statement: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    timeout(STATEMENT_MAX, statement)
        .await
        .unwrap_or_else(|_| Err(too_late()))
}

fn does_not_answer() -> JournalError {
    JournalError::Unavailable("the database does not answer".to_owned())
}

fn too_late() -> sqlx::Error {
    let sentence = format!(
        "the database has not answered for {} s",
        STATEMENT_MAX.as_secs()
    );
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, sentence))
}
