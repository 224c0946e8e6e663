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
