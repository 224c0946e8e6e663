//! How a house is to be.

use api::config::Serve;
use chrono::{DateTime, Utc};
use clap::Parser;

/// The morning on which most tests happen: a Saturday in May.
pub const NOW: &str = "2027-05-01T10:00:00Z";

/// Limits that no test meets by accident, and tokens that outlive every move of the clock.
const GENEROUS: [&str; 17] = [
    "house",
    "--rate-general",
    "100000",
    "--burst-general",
    "100000",
    "--rate-auth",
    "100000",
    "--burst-auth",
    "100000",
    "--rate-search",
    "100000",
    "--burst-search",
    "100000",
    "--access-token-life",
    "800d",
    "--refresh-token-life",
    "800d",
];

/// How a house is to be.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) settings: Serve,
    pub(crate) at: DateTime<Utc>,
}

#[derive(Parser)]
#[command(args_override_self = true)]
struct Line {
    #[command(flatten)]
    serve: Serve,
}

impl Setup {
    /// With these flags of `cadastre serve`.
    pub fn with(flags: &[&str]) -> Self {
        let line = GENEROUS.iter().chain(flags);
        Self {
            settings: Line::parse_from(line).serve,
            at: NOW.parse().unwrap(),
        }
    }
}
