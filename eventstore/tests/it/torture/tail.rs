//! A reader that follows the journal and writes down what it sees.

use std::time::Duration;

use eventstore::{FeedError, Journal};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

use super::ledger::{Kind, open};

pub type Seen = Vec<(i64, Uuid)>;

/// Follows the journal until told where it ends.
pub struct Tail {
    end: watch::Sender<Option<i64>>,
    reading: JoinHandle<Seen>,
}

impl Tail {
    pub async fn start(kind: Kind, options: PgConnectOptions) -> Self {
        let end = watch::Sender::new(None);
        let until = end.subscribe();
        let reading = match kind {
            Kind::Right => tokio::spawn(follow(Box::new(open(options).await), until)),
            Kind::Wrong(_) => tokio::spawn(follow_naively(options, until)),
        };
        Self { end, reading }
    }

    /// All that was seen up to the last position.
    pub async fn stop(self, last: i64) -> Seen {
        self.end.send_replace(Some(last));
        self.reading.await.unwrap()
    }
}

async fn follow(journal: Box<dyn Journal>, mut end: watch::Receiver<Option<i64>>) -> Seen {
    let mut subscription = journal.subscribe(0);
    let mut seen = Vec::new();
    while end.borrow().is_none_or(|end| subscription.position() < end) {
        tokio::select! {
            events = subscription.next(100) => match events {
                Ok(events) => seen.extend(events.iter().map(|event| (event.position, event.event_id))),
                // The database is away at the moment.
                Err(FeedError::Journal(_)) => sleep(Duration::from_millis(20)).await,
                Err(error) => panic!("{error}"),
            },
            _ = end.changed() => {}
        }
    }
    seen
}

/// Asks for what is after the last position it has seen, as everyone does.
async fn follow_naively(options: PgConnectOptions, end: watch::Receiver<Option<i64>>) -> Seen {
    let pool = PgPool::connect_lazy_with(options);
    let mut seen: Seen = Vec::new();
    loop {
        let end = *end.borrow();
        let last = seen.last().map_or(0, |(position, _)| *position);
        let rows: Seen = sqlx::query_as(
            "select position, event_id from journal.event where position > $1 order by position",
        )
        .bind(last)
        .fetch_all(&pool)
        .await
        .unwrap_or_default();
        if rows.is_empty() && end.is_some() {
            return seen;
        }
        seen.extend(rows);
        sleep(Duration::from_millis(1)).await;
    }
}
