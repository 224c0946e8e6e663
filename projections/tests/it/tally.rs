//! A projector for tests: it counts the events of each user, and fails when it is told to.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};

use domain::AnyEvent;
use futures::future::BoxFuture;
use projections::{ApplyError, Decoded, Derive, Projector, Row, Rows, Table};
use sqlx::PgConnection;

projections::row! {
    #[derive(Clone, Debug, PartialEq)]
    pub struct Count {
        pub user_id: String,
        pub events: i64,
        pub positions: Vec<i64>,
    }
}

impl Row for Count {
    const TABLE: Table = Table::grouped("count", &["user_id"], "user_id", "text");
    type Key = String;

    fn key(&self) -> String {
        self.user_id.clone()
    }
}

#[derive(Debug)]
pub struct Tally {
    /// Streams whose events fail.
    pub sick: Mutex<BTreeSet<String>>,
    /// Every so-manieth position is skipped, which a projector must never do.
    pub skips: AtomicI32,
    pub version: AtomicI32,
}

impl Tally {
    pub fn new() -> Arc<Self> {
        let sick = Mutex::default();
        Arc::new(Self {
            sick,
            skips: AtomicI32::new(0),
            version: AtomicI32::new(1),
        })
    }

    pub fn sicken(&self, user: &str) {
        self.sick.lock().unwrap().insert(user.to_owned());
    }

    pub fn heal(&self) {
        self.sick.lock().unwrap().clear();
    }
}

impl Projector for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }

    fn version(&self) -> i32 {
        self.version.load(Ordering::Relaxed)
    }

    fn ddl(&self) -> &'static str {
        "create table count (user_id text primary key, events bigint not null,
             positions bigint[] not null)"
    }

    fn tables(&self) -> &'static [Table] {
        const { &[Count::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::User(_)).then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let keys: Vec<String> = batch.iter().map(|event| event.id().to_owned()).collect();
            let mut rows = Rows::<Count>::load(conn, &keys).await?;
            let skips = i64::from(self.skips.load(Ordering::Relaxed));
            for event in batch {
                let user_id = event.id().to_owned();
                if self.sick.lock().unwrap().contains(&user_id) {
                    return Err(ApplyError::Fold(format!("{user_id} is sick")));
                }
                if skips > 0 && event.position() % skips == 0 {
                    continue;
                }
                let mut count = rows.get(&user_id).cloned().unwrap_or(Count {
                    user_id,
                    events: 0,
                    positions: Vec::new(),
                });
                count.events += 1;
                count.positions.push(event.position());
                rows.put(count);
            }
            rows.store(conn).await
        })
    }
}
