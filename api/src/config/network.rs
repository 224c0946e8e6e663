//! How the platform is reached.

use std::net::SocketAddr;

use clap::Args;

use super::AddressRange;

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
