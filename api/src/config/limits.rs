//! How much is taken, from one client and from all.

use std::num::NonZeroU32;

use clap::Args;

use super::Period;

/// How much is taken, from one client and from all. A client is a user, else an address.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// The most bytes of a request's body.
    #[arg(
        long,
        env = "CADASTRE_BODY_LIMIT",
        value_name = "BYTES",
        default_value_t = 1_048_576
    )]
    pub body_limit: usize,
    /// The longest that a request may take.
    #[arg(
        long,
        env = "CADASTRE_REQUEST_TIMEOUT",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(30)
    )]
    pub request_timeout: Period,
    /// The longest that the body of a request may take to come.
    #[arg(
        long,
        env = "CADASTRE_BODY_TIMEOUT",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(30)
    )]
    pub body_timeout: Period,
    /// The longest that a connection may wait for the whole head of its next request.
    #[arg(
        long,
        env = "CADASTRE_HEADER_TIMEOUT",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(30)
    )]
    pub header_timeout: Period,
    /// The most connections that are open at once; the next one is closed at once.
    #[arg(
        long,
        env = "CADASTRE_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = 4_096
    )]
    pub connections: usize,
    /// The most connections of one address. Trusted proxies are not counted.
    #[arg(
        long,
        env = "CADASTRE_CONNECTIONS_PER_ADDRESS",
        value_name = "COUNT",
        default_value_t = 256
    )]
    pub connections_per_address: usize,
    /// The most requests of one client that are under way at once.
    #[arg(
        long,
        env = "CADASTRE_REQUESTS_PER_CLIENT",
        value_name = "COUNT",
        default_value_t = 128
    )]
    pub requests_per_client: usize,
    /// Requests a second of one address, whatever users ask from it.
    #[arg(
        long,
        env = "CADASTRE_RATE_ADDRESS",
        value_name = "COUNT",
        default_value = "500"
    )]
    pub rate_address: NonZeroU32,
    /// Requests that one address may send at once before the rate counts.
    #[arg(
        long,
        env = "CADASTRE_BURST_ADDRESS",
        value_name = "COUNT",
        default_value = "1000"
    )]
    pub burst_address: NonZeroU32,
    /// The most requests that are worked on at once; the next one is asked to come back.
    #[arg(
        long,
        env = "CADASTRE_REQUESTS_AT_ONCE",
        value_name = "COUNT",
        default_value_t = 1_024
    )]
    pub requests_at_once: usize,
    /// Requests a second of one client.
    #[arg(
        long,
        env = "CADASTRE_RATE_GENERAL",
        value_name = "COUNT",
        default_value = "100"
    )]
    pub rate_general: NonZeroU32,
    /// Requests that one client may send at once before the rate counts.
    #[arg(
        long,
        env = "CADASTRE_BURST_GENERAL",
        value_name = "COUNT",
        default_value = "200"
    )]
    pub burst_general: NonZeroU32,
    /// Requests a second of one client below /auth.
    #[arg(
        long,
        env = "CADASTRE_RATE_AUTH",
        value_name = "COUNT",
        default_value = "5"
    )]
    pub rate_auth: NonZeroU32,
    /// Requests below /auth that one client may send at once before the rate counts.
    #[arg(
        long,
        env = "CADASTRE_BURST_AUTH",
        value_name = "COUNT",
        default_value = "10"
    )]
    pub burst_auth: NonZeroU32,
    /// Searches a second of one client.
    #[arg(
        long,
        env = "CADASTRE_RATE_SEARCH",
        value_name = "COUNT",
        default_value = "50"
    )]
    pub rate_search: NonZeroU32,
    /// Searches that one client may send at once before the rate counts.
    #[arg(
        long,
        env = "CADASTRE_BURST_SEARCH",
        value_name = "COUNT",
        default_value = "100"
    )]
    pub burst_search: NonZeroU32,
    /// The longest that the download of an exported list may take, from its first row to its last.
    #[arg(
        long,
        env = "CADASTRE_EXPORT_TIMEOUT",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(600)
    )]
    pub export_timeout: Period,
    /// How long an `Idempotency-Key` is remembered.
    #[arg(
        long,
        env = "CADASTRE_IDEMPOTENCY_LIFE",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(7 * 86_400)
    )]
    pub idempotency_life: Period,
}
