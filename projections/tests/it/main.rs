//! The read models on a real Postgres.

#![expect(
    clippy::unwrap_used,
    reason = "a test says no more of what went wrong than where"
)]

mod analyst;
mod batches;
mod built_on;
mod equipment;
mod figures;
mod parking;
mod plans;
mod queries;
mod rebuild;
mod replayed;
mod running;
mod shelf;
mod story;
mod tally;
mod waiting;
mod widest;
mod world;
