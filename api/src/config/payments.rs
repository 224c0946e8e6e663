//! Who moves money.

use clap::{Args, ValueEnum};

/// Who moves money.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Payments")]
pub struct Payments {
    /// Who is asked for payments and refunds. The sandbox moves no money: it answers as it is told
    /// to. Unset, it is used where the server listens on this machine alone and keeps its own
    /// Postgres; anywhere else the server does not start without this setting.
    #[arg(long, env = "CADASTRE_PAYMENT_PROVIDER", value_enum)]
    pub payment_provider: Option<Provider>,
}

/// A provider that payments can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Provider {
    /// Answers as it is told to, and moves no money.
    Sandbox,
}
