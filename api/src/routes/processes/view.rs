//! Processes and projections, as operators see them.

use chrono::{DateTime, Utc};
use projections::Status;
use projections::processes::Process;
use projections::status::{State, Stored};
use uuid::Uuid;

use crate::view::views;

views! {
    /// A process and how far it is.
    #[schema(as = Process)]
    pub struct ProcessView of row: Process {
        /// Its kind and what it looks after, such as `hold_expiry:0190f1…`.
        id: String,
        /// Its kind.
        kind: String,
        /// What it looks after.
        subject: Uuid,
        /// `running`, `stuck` or `ended`.
        status: String,
        /// The code of the refusal that it is stuck at.
        stuck: Option<String>,
        /// What it ended with.
        outcome: Option<String>,
        /// One id for all that follows from the same cause outside.
        correlation_id: Uuid,
        /// When it began.
        started_at: DateTime<Utc>,
        /// When it last went on.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }

    /// How a projection is doing, here and by what its schema says.
    #[schema(as = Projection)]
    pub struct ProjectionView of row: Status {
        /// Its name.
        name: &'static str,
        /// What it is doing: `starting`, `elsewhere`, `catching_up`, `running`, `retrying` or
        /// `stopped`.
        state: &'static str = word(&row.state),
        /// Why it is tried again, or stopped.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String> = reason(&row.state),
        /// The position of the last event that it has taken in.
        position: i64,
        /// The last position of the journal, as far as this process knows.
        head: i64,
        /// How many keys are parked.
        parked: usize,
        /// How many events it has not taken in yet.
        lag: i64 = row.lag(),
        /// The same by what its schema says, for all processes.
        #[serde(skip_serializing_if = "Option::is_none")]
        stored: Option<StoredView> = None,
    }

    /// How a projection is doing by what its schema says.
    #[schema(as = StoredProjection)]
    pub struct StoredView of row: Stored {
        /// Its name.
        name: String,
        /// The position of the last event that it has taken in.
        position: i64,
        /// The version of the projector that built the tables.
        projector_version: i32,
        /// Rises by one with every rebuild.
        generation: i64,
        /// `running` or `stopped`.
        state: String,
        /// Why it stopped.
        reason: Option<String>,
        /// How many keys are parked.
        parked: i64,
        /// When its checkpoint last moved.
        updated_at: Option<DateTime<Utc>>,
    }
}

fn word(state: &State) -> &'static str {
    match state {
        State::Starting => "starting",
        State::Elsewhere => "elsewhere",
        State::CatchingUp => "catching_up",
        State::Running => "running",
        State::Retrying(_) => "retrying",
        State::Stopped(_) => "stopped",
    }
}

fn reason(state: &State) -> Option<String> {
    match state {
        State::Retrying(reason) | State::Stopped(reason) => Some(reason.clone()),
        State::Starting | State::Elsewhere | State::CatchingUp | State::Running => None,
    }
}
