//! The connections for reading.
//!
//! Most questions are small, and are answered faster than a connection can say that it still
//! stands. So it is not asked, unless it has rested; when one is found lost, all others that rest
//! are let go with it.

mod together;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryFutureExt, stream};
use sqlx::postgres::{
    PgConnectOptions, PgConnection, PgQueryResult, PgRow, PgStatement, PgTypeInfo, Postgres,
};
use sqlx::{ConnectOptions, Connection, Describe, Either, Execute, Executor, SqlStr};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

use together::Together;

/// So long a question waits for a connection.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// A connection that was at work so short a time ago is trusted to stand.
const TRUSTED: Duration = Duration::from_secs(1);

/// A bounded number of connections, made when they are needed. Cheap to clone.
///
/// What is asked has to be a mere question: a connection whose question was given up in the middle
/// is closed. `fetch` and `fetch_many` gather all rows before they answer the first.
#[derive(Clone)]
pub struct Readers(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    seats: Semaphore,
    resting: Mutex<Vec<Resting>>,
    together: Together,
}

struct Resting {
    connection: PgConnection,
    since: Instant,
}

impl Readers {
    /// Readers that have `connections_max` connections at most.
    pub fn new(options: PgConnectOptions, connections_max: u32) -> Self {
        let seats = usize::try_from(connections_max).unwrap_or(1).max(1);
        Self(Arc::new(Inner {
            options,
            seats: Semaphore::new(seats),
            resting: Mutex::default(),
            together: Together::default(),
        }))
    }

    /// Closes the connections, and takes no more questions.
    pub async fn close(&self) {
        self.0.seats.close();
        for resting in self.let_go() {
            // The server notices in any case.
            drop(resting.connection.close().await);
        }
    }

    async fn take(&self) -> sqlx::Result<Taken<'_>> {
        let seat = self.seat().await?;
        Ok(Taken {
            connection: self.connection().await?,
            readers: self,
            _seat: seat,
        })
    }

    async fn seat(&self) -> sqlx::Result<SemaphorePermit<'_>> {
        let seat = timeout(WAIT_MAX, self.0.seats.acquire()).await;
        seat.map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)
    }

    /// The connection that has rested least, or a new one.
    async fn connection(&self) -> sqlx::Result<PgConnection> {
        let resting = self.resting().pop();
        if let Some(Resting {
            mut connection,
            since,
        }) = resting
        {
            if since.elapsed() < TRUSTED || connection.ping().await.is_ok() {
                return Ok(connection);
            }
            drop(self.let_go());
        }
        self.0.options.connect().await
    }

    fn let_go(&self) -> Vec<Resting> {
        std::mem::take(&mut *self.resting())
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<Resting>> {
        self.0
            .resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection at work. It is closed unless it is brought to rest.
struct Taken<'a> {
    connection: PgConnection,
    readers: &'a Readers,
    _seat: SemaphorePermit<'a>,
}

impl Taken<'_> {
    /// Lets it rest, if `answer` says that it still stands.
    fn rest<T>(self, answer: sqlx::Result<T>) -> sqlx::Result<T> {
        if answer.as_ref().err().is_some_and(is_lost) {
            drop(self.readers.let_go());
        } else if !self.readers.0.seats.is_closed() {
            self.readers.resting().push(Resting {
                connection: self.connection,
                since: Instant::now(),
            });
        }
        answer
    }
}

/// Whether the connection is of no further use: an error that the server answered leaves it usable,
/// and so does a row that could not be read.
fn is_lost(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)
    ) || error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code.starts_with("57P"))
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

impl<'c> Executor<'c> for &'c Readers {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let all = async move {
            let mut taken = self.take().await?;
            let steps: Vec<_> = taken.connection.fetch_many(query).collect().await;
            taken.rest(steps.into_iter().collect::<sqlx::Result<Vec<_>>>())
        };
        all.map_ok(|steps| stream::iter(steps.into_iter().map(Ok)))
            .try_flatten_stream()
            .boxed()
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Vec<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        async move {
            let mut taken = self.take().await?;
            let answer = taken.connection.fetch_all(query).await;
            taken.rest(answer)
        }
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        async move {
            let mut taken = self.take().await?;
            let answer = taken.connection.fetch_optional(query).await;
            taken.rest(answer)
        }
        .boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'c: 'e,
    {
        async move {
            let mut taken = self.take().await?;
            let answer = taken.connection.prepare_with(sql, parameters).await;
            taken.rest(answer)
        }
        .boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Postgres>>>
    where
        'c: 'e,
    {
        async move {
            let mut taken = self.take().await?;
            let answer = taken.connection.describe(sql).await;
            taken.rest(answer)
        }
        .boxed()
    }
}
