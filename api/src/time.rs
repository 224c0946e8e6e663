//! Time and ids, as the journal knows them.

#[cfg(test)]
pub use eventstore::ManualClock;
pub use eventstore::clock::to_micros;
pub use eventstore::{Clock, Mint};
