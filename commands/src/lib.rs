//! How things happen: one method per command, each with its turn, its decision and one append; and
//! the processes that react to what happened.
//!
//! # How to add a command
//! 1. Say what is asked and what happens in `domain` (`command.rs`, `event.rs` with its golden
//!    file, `state.rs`, `decide.rs`, `tests.rs`).
//! 2. Add a method to [`Commands`] in the file of the noun: name the streams it needs with
//!    [`want`](wanted::want), authorize, decide. Whatever the decision needs to know is read from
//!    those streams inside the closure: never from a read model, never from a clock.
//! 3. Add its route in `api`.

pub mod authorize;
pub mod booking;
pub mod building;
mod contended;
mod context;
pub mod decision;
pub mod dispatch;
pub mod equipment;
pub mod error;
pub mod export;
pub mod file;
pub mod hot;
pub mod import;
pub mod import_file;
pub mod import_incident;
pub mod incident;
pub mod listing;
mod load;
mod look;
pub mod occupancy;
pub mod outage;
pub mod payment;
pub mod processes;
pub mod provider;
pub mod secrets;
pub mod session;
pub mod settings;
pub mod share_table;
pub mod sla_policy;
mod snapshots;
pub mod turns;
pub mod user;
pub mod wanted;

use std::sync::Arc;

use chrono::TimeDelta;
use eventstore::{Clock, Journal, Version};

pub use authorize::Caller;
pub use context::{ClientKey, Context, Who};
pub use decision::Decision;
pub use dispatch::{Dispatch, Done};
pub use error::{CommandError, Refused};
pub use provider::{PaymentProvider, Sandbox};
pub use secrets::Secret;

/// What can be set from outside.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a host may take to accept a request.
    pub host_answer: TimeDelta,
    /// How long a guest may take to pay.
    pub payment_window: TimeDelta,
    /// For how long a completed incident can be reopened.
    pub reopen_window: TimeDelta,
    /// How much is kept in memory of what is asked for often.
    pub hot: hot::Limits,
    /// After so many events of a stream its state is kept as a snapshot.
    pub snapshot_every: Version,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host_answer: TimeDelta::hours(24),
            payment_window: TimeDelta::minutes(30),
            reopen_window: TimeDelta::days(14),
            hot: hot::Limits::default(),
            snapshot_every: 100,
        }
    }
}

/// All commands of the platform.
pub struct Commands {
    dispatch: Dispatch,
    secret: Secret,
    settings: Settings,
}

impl Commands {
    /// Commands on `journal`, with claims keyed by `secret`.
    pub fn new(
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        secret: Secret,
        settings: Settings,
    ) -> Self {
        Self {
            dispatch: Dispatch::new(journal, clock, &settings),
            secret,
            settings,
        }
    }

    /// Runs commands and keeps states in memory.
    pub fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// The journal that everything is recorded in.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.dispatch.journal
    }

    /// The clock of the edge.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.dispatch.clock
    }
}
