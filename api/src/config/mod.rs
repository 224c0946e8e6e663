//! Settings: each is an environment variable and a flag of the same meaning.

mod duration;
mod files;
mod identity;
mod limits;
mod log;
mod network;
mod secret;
mod store;

pub use duration::Period;
pub use files::{Files, FilesCleanup, FilesSecrets};
pub use identity::{Attempts, Identity};
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use network::{Network, OperationsListen};
pub use secret::Secret;
pub use store::Store;

use clap::Args;

/// Everything that `cadastre serve` can be told.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// How it is reached.
    #[command(flatten)]
    pub network: Network,
    /// Where its data is.
    #[command(flatten)]
    pub store: Store,
    /// Where uploaded files lie.
    #[command(flatten)]
    pub files: Files,
    /// Who may come in.
    #[command(flatten)]
    pub identity: Identity,
    /// How much it takes.
    #[command(flatten)]
    pub limits: Limits,
    /// What it writes down.
    #[command(flatten)]
    pub log: Log,
}

impl Serve {
    /// Finds what no single flag can know to be wrong. The sentence names the fault and the remedy.
    pub fn check(&self) -> Result<(), String> {
        self.identity.check()
    }
}
