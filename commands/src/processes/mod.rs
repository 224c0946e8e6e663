//! Processes: what the platform does by itself when something has happened.
//!
//! A process is driven by one closure per kind that looks at the process's own stream and at what
//! it looks after, and appends the next step and its consequences at once. Being driven twice,
//! after a crash or by two machines, changes nothing: the second time the step is found taken, or
//! the append conflicts and the closure looks again.
//!
//! | process | looks after | what it does |
//! | --- | --- | --- |
//! | `hold_expiry` | a booking | lets a hold go that was neither accepted nor paid in time |
//! | `booking_payment` | a payment | confirms what is paid; claims again or refunds late money |
//! | `cancellation_refund` | a booking | gives back what the policy says |
//! | `maintenance` | a piece of equipment | opens the work that its plans ask for by the calendar |
//! | `service_level` | an incident | ends its wait, warns, tells of a missed target |
//! | `payment_charge` | a payment | asks the provider for the money |
//! | `payment_refund` | a refund | asks the provider to give money back |
//!
//! What was brought in by an import drives no process, until it is handed over by
//! `booking.adopted`.

mod ask;
mod backoff;
mod booking_payment;
mod cancellation_refund;
mod effects;
mod hold_expiry;
mod maintenance;
mod operate;
mod react;
mod runner;
mod service_level;
mod sweep;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::process::{EndProcess, Process, ProcessCommand, StartProcess, TakeStep};
use eventstore::Mint;
use uuid::Uuid;

use crate::Commands;
use crate::context::{Context, Who};
use crate::decision::Decision;
use crate::error::CommandError;

pub use runner::{Place, ProcessState, Runner, RunnerSettings};

/// Lets a hold go that was neither accepted nor paid in time.
pub const HOLD_EXPIRY: &str = "hold_expiry";
/// Confirms the paid booking; claims again or refunds late money.
pub const BOOKING_PAYMENT: &str = "booking_payment";
/// Gives back what the policy says.
pub const CANCELLATION_REFUND: &str = "cancellation_refund";
/// Opens the work that maintenance plans ask for.
pub const MAINTENANCE: &str = "maintenance";
/// Ends the wait of an incident, warns of its targets, and tells when one is missed.
pub const SERVICE_LEVEL: &str = "service_level";
/// Asks the provider for the money.
pub const CHARGE: &str = "payment_charge";
/// Asks the provider to give money back.
pub const REFUND: &str = "payment_refund";

/// Said, before there were claims for it, that a payment at check-out had been asked for.
pub const SETTLEMENT: &str = "settlement";

/// The id of the process of `kind` that looks after `subject`.
pub fn process_id(kind: &str, subject: Uuid) -> String {
    format!("{kind}:{subject}")
}

/// The id of something that a process makes, the same however often it is driven.
fn made_id(kind: &str, what: &str, subject: Uuid) -> Uuid {
    Uuid::new_v5(&subject, format!("{kind} {what}").as_bytes())
}

/// What made a process go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    /// The instant that decisions are made at.
    pub(crate) at: DateTime<Utc>,
    /// The event that it reacts to, if one.
    pub(crate) event: Option<Uuid>,
    /// One id for all that follows from the same cause outside.
    pub(crate) correlation: Option<Uuid>,
}

impl Cause {
    /// The context of a command of the process `kind`.
    fn context(self, kind: &'static str) -> Context {
        let command_id = Mint.id();
        let mut context = Context::new(Who::Process(kind), self.at, command_id);
        context.causation_id = self.event;
        context.correlation_id = self.correlation.unwrap_or(command_id);
        context
    }
}

/// What goes on by a deadline or an answer belongs to what it began with.
async fn correlated(
    commands: &Commands,
    cause: Cause,
    process: &str,
) -> Result<Cause, CommandError> {
    if cause.correlation.is_some() {
        return Ok(cause);
    }
    let (state, _) = commands.dispatch.peek::<Process>(process).await?;
    Ok(Cause {
        correlation: state.run().map(|run| run.correlation_id),
        ..cause
    })
}

/// What the closures of all processes use.
struct Story {
    kind: &'static str,
    id: String,
    subject: Uuid,
}

impl Story {
    fn new(kind: &'static str, subject: Uuid) -> Self {
        Self {
            kind,
            id: process_id(kind, subject),
            subject,
        }
    }

    fn has_ended(&self, d: &Decision<'_>) -> Result<bool, CommandError> {
        Ok(matches!(
            d.state::<Process>(&self.id)?,
            Process::Ended { .. }
        ))
    }

    fn start(&self, d: &mut Decision<'_>) -> Result<(), CommandError> {
        self.write(
            d,
            ProcessCommand::Start(StartProcess {
                kind: self.kind.to_owned(),
                subject: self.subject,
                correlation_id: d.context.correlation_id,
            }),
        )
    }

    fn step(&self, d: &mut Decision<'_>, step: &str) -> Result<(), CommandError> {
        self.write(
            d,
            ProcessCommand::TakeStep(TakeStep {
                step: step.to_owned(),
                detail: None,
            }),
        )
    }

    fn end(&self, d: &mut Decision<'_>, outcome: &str) -> Result<(), CommandError> {
        self.write(
            d,
            ProcessCommand::End(EndProcess {
                outcome: outcome.to_owned(),
            }),
        )
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "every caller has just made it"
    )]
    fn write(&self, d: &mut Decision<'_>, command: ProcessCommand) -> Result<(), CommandError> {
        d.decide::<Process>(&self.id, &command).map(drop)
    }
}

/// The commands that processes give.
pub(crate) type SharedCommands = Arc<Commands>;
