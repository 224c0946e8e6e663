//! How the platform is reached.

use std::net::SocketAddr;
use std::str::FromStr;

use clap::Args;

use super::AddressRange;

/// Where operators are answered, if anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationsListen {
    /// Nowhere.
    Off,
    /// At this address.
    At(SocketAddr),
}

impl OperationsListen {
    /// The address, if there is one.
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::At(address) => Some(address),
        }
    }
}

impl FromStr for OperationsListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let address = text.parse().map(Self::At);
        address.map_err(|_| {
            format!("`{text}` is no address: write it like `127.0.0.1:9090`, or `off`")
        })
    }
}

/// How the platform is reached, and by whom.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Network")]
pub struct Network {
    /// The address and port to listen on.
    #[arg(
        long,
        env = "CADASTRE_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// The address and port at which operators find `/metrics` and what each part says in `/ready`,
    /// or `off`. They tell of the inside: leave it where only operators can reach it.
    #[arg(
        long,
        env = "CADASTRE_OPERATIONS_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9090"
    )]
    pub operations_listen: OperationsListen,
    /// The addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed,
    /// separated by commas: single addresses, or ranges such as `10.0.0.0/8`. From anyone else the
    /// headers are ignored, or a client could choose its own address.
    #[arg(
        long,
        env = "CADASTRE_TRUSTED_PROXIES",
        value_name = "ADDRESSES",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<AddressRange>,
    /// The origins whose web pages may call the API, separated by commas, such as
    /// `https://app.example.org`. Unset, none may.
    #[arg(
        long,
        env = "CADASTRE_CORS_ORIGINS",
        value_name = "ORIGINS",
        value_delimiter = ','
    )]
    pub cors_origins: Vec<String>,
}
