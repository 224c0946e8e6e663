//! Settings: each is an environment variable and a flag of the same meaning.

mod address_range;
mod duration;
mod files;
mod identity;
mod limits;
mod log;
mod network;
mod payments;
mod secret;
mod store;

pub use address_range::AddressRange;
pub use duration::Period;
pub use files::{Files, FilesCleanup, FilesSecrets};
pub use identity::{Attempts, Identity};
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use network::{Network, OperationsListen};
pub use payments::{Payments, Provider};
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
    /// Who moves money.
    #[command(flatten)]
    pub payments: Payments,
    /// What it writes down.
    #[command(flatten)]
    pub log: Log,
}

impl Serve {
    /// Finds what no single flag can know to be wrong. The sentence names the fault and the remedy.
    pub fn check(&self) -> Result<(), String> {
        if self.payments.payment_provider.is_none() && !self.is_local() {
            return Err(
                "no payment provider is set, and this is no local run: the server listens on more \
                 than this machine or uses a Postgres of your own; set \
                 `CADASTRE_PAYMENT_PROVIDER=sandbox` to let the sandbox answer, which moves no \
                 money"
                    .to_owned(),
            );
        }
        self.identity.check()
    }

    /// What is allowed and dangerous, in sentences that say why and what to do.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let address = self.network.listen;
        if !address.ip().is_loopback() && self.network.trusted_proxies.is_empty() {
            warnings.push(format!(
                "{address} is reachable from other machines without TLS: passwords and tokens can \
                 be read on the way. Put a proxy with TLS before it, and name the proxy in \
                 `CADASTRE_TRUSTED_PROXIES`"
            ));
        }
        if !self.is_local() && self.payments.payment_provider == Some(Provider::Sandbox) {
            warnings.push(
                "payments go to the sandbox: bookings are confirmed and NO MONEY IS MOVED"
                    .to_owned(),
            );
        }
        warnings
    }

    /// Whether only this machine reaches the server, and the server keeps its own Postgres.
    fn is_local(&self) -> bool {
        self.network.listen.ip().is_loopback() && self.store.secrets.database_url.is_none()
    }
}

#[cfg(test)]
mod tests;
