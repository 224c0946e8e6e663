//! The real binary on a real database, filled by real commands.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its outlying parts too"
)]

mod compare;
mod given;
mod house;
mod looking;
mod parked;
mod past;
mod processes;
mod verify;
