//! What the harness drives: the journal, or one that is wrong on purpose.

use std::sync::Arc;

use eventstore::postgres::Settings;
use eventstore::{Append, AppendError, Appended, Journal, PostgresJournal, SystemClock};
use futures::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;

use super::wrong::{Fault, Wrong};

/// Takes appends.
pub trait Ledger: Send + Sync {
    fn offer(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>>;
}

impl Ledger for PostgresJournal {
    fn offer(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        Journal::append(self, append)
    }
}

/// Which ledger is driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Right,
    Wrong(Fault),
}

impl Kind {
    pub const ALL: [Self; 4] = [
        Self::Right,
        Self::Wrong(Fault::AcksBeforeCommit),
        Self::Wrong(Fault::DrawsFromSequence),
        Self::Wrong(Fault::ChecksBeforeFence),
    ];

    pub async fn open(self, options: PgConnectOptions, seed: u64) -> Arc<dyn Ledger> {
        match self {
            Self::Right => Arc::new(open(options).await),
            Self::Wrong(fault) => Arc::new(Wrong::open(fault, options, seed).await),
        }
    }
}

pub async fn open(options: PgConnectOptions) -> PostgresJournal {
    let opened = PostgresJournal::open(options, Arc::new(SystemClock), Settings::default());
    opened.await.expect("the journal opens")
}
