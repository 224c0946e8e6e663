//! Where history is kept: an append-only journal with one gapless position.
//!
//! A [`Journal`] appends to several streams at once, all or nothing, and is read as one feed in
//! commit order. It knows nothing of the nouns of the domain: an event is a type, a version of its
//! shape, and two JSON texts that are kept byte for byte.

pub mod append;
mod check;
pub mod checkpoint;
pub mod clock;
pub mod cluster;
pub mod cqrs;
pub mod error;
pub mod feed;
pub mod journal;
mod json;
pub mod memory;
mod place;
pub mod postgres;
mod readers;
pub mod recorded;
pub mod scan;
pub mod setting;
pub mod snapshot;
pub mod stream;
pub mod supervisor;
mod turn;
pub mod validate;

pub use append::{
    Append, Appended, Expected, IdempotencyKey, KeyMatch, NewEvent, Outcome, StreamAppend,
};
pub use clock::{Clock, ManualClock, Mint, SystemClock};
pub use error::{AppendError, FeedError, JournalError, Mismatch};
pub use feed::Subscription;
pub use journal::{Capability, Held, Journal};
pub use json::Json;
pub use memory::MemoryJournal;
pub use postgres::PostgresJournal;
pub use readers::Readers;
pub use recorded::{Position, Recorded, Version};
pub use snapshot::{Snapshot, Snapshots};
pub use stream::StreamName;
pub use supervisor::{Stop, Supervisor, TaskState, TaskStatus};

/// Where a database is, and the pool of connections that queries and checkpoints run on.
pub use sqlx::{PgPool, postgres::PgConnectOptions};
