//! How a journal on Postgres behaves. Nothing here can make it less safe.

use std::time::Duration;

/// Limits and times of a journal on Postgres.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most connections for questions.
    pub readers_max: u32,
    /// The most appends that may wait for the writer; more are answered that it is busy.
    pub waiting_appends_max: usize,
    /// The most bytes of events that may wait for the writer.
    pub waiting_bytes_max: usize,
    /// The most events that go in with one commit (one append may be larger).
    pub batch_events_max: usize,
    /// The most bytes of events that go in with one commit (one append may be larger).
    pub batch_bytes_max: usize,
    /// The most streams whose versions are remembered.
    pub known_streams_max: usize,
    /// The most keys that are known to be stored.
    pub known_keys_max: usize,
    /// For how many days an idempotency key is remembered at least, today not counted; a week's
    /// keys are forgotten together.
    pub key_days: u32,
    /// How long a batch waits for a lost database to come back.
    pub reconnect_max: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            readers_max: 8,
            waiting_appends_max: 10_000,
            waiting_bytes_max: 256 * 1024 * 1024,
            batch_events_max: 2_000,
            batch_bytes_max: 8 * 1024 * 1024,
            known_streams_max: 200_000,
            known_keys_max: 100_000,
            key_days: 7,
            reconnect_max: Duration::from_secs(5),
        }
    }
}
