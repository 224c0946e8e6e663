//! An application of the kind that moves in: it knows cqrs-es and nothing of the house.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub enum AccountCommand {
    Open {
        owner: String,
    },
    Deposit(i64),
    Withdraw(i64),
    /// Takes all there is and closes: two events.
    Close,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AccountEvent {
    Opened { owner: String },
    Deposited { cents: i64 },
    Withdrawn { cents: i64 },
    Closed,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum AccountError {
    #[error("there is no such account")]
    Absent,
    #[error("{0} cents are missing")]
    Missing(i64),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub is_open: bool,
    pub cents: i64,
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        match self {
            Self::Opened { .. } => "Opened",
            Self::Deposited { .. } => "Deposited",
            Self::Withdrawn { .. } => "Withdrawn",
            Self::Closed => "Closed",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        match self {
            Self::Opened { .. } => "2",
            _ => "1",
        }
        .to_owned()
    }
}

impl Aggregate for Account {
    const TYPE: &'static str = "account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = AccountError;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccountCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), AccountError> {
        match command {
            AccountCommand::Open { .. } if self.is_open => {}
            AccountCommand::Open { owner } => {
                sink.write(AccountEvent::Opened { owner }, self).await;
            }
            _ if !self.is_open => return Err(AccountError::Absent),
            AccountCommand::Deposit(cents) => {
                sink.write(AccountEvent::Deposited { cents }, self).await;
            }
            AccountCommand::Withdraw(cents) if cents > self.cents => {
                return Err(AccountError::Missing(cents - self.cents));
            }
            AccountCommand::Withdraw(cents) => {
                sink.write(AccountEvent::Withdrawn { cents }, self).await;
            }
            AccountCommand::Close => {
                let cents = self.cents;
                sink.write(AccountEvent::Withdrawn { cents }, self).await;
                sink.write(AccountEvent::Closed, self).await;
            }
        }
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Opened { .. } => self.is_open = true,
            AccountEvent::Deposited { cents } => self.cents += cents,
            AccountEvent::Withdrawn { cents } => self.cents -= cents,
            AccountEvent::Closed => self.is_open = false,
        }
    }
}

/// Declares aggregates that do nothing but have a type, or an event of some version.
macro_rules! mute {
    ($name:ident = $type:literal) => {
        #[derive(Default, Serialize, Deserialize)]
        pub struct $name;

        impl Aggregate for $name {
            const TYPE: &'static str = $type;
            type Command = ();
            type Event = AccountEvent;
            type Error = AccountError;
            type Services = ();

            async fn handle(
                &mut self,
                (): (),
                (): &(),
                sink: &EventSink<Self>,
            ) -> Result<(), AccountError> {
                sink.write(AccountEvent::Closed, self).await;
                Ok(())
            }

            fn apply(&mut self, _: AccountEvent) {}
        }
    };
}

// Its type begins like another: it must not be taken for it.
mute!(Accountant = "accountant");
mute!(Hyphened = "bank-account");
