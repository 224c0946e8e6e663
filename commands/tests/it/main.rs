//! The commands and the processes as their callers meet them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod deleting;
mod house;
mod incidents;
mod killed;
mod processes;
mod racing;
mod sessions;
mod snapshots;
mod texts;
mod two_processes;
