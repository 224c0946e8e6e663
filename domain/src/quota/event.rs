//! What happened to a quota.

use serde::{Deserialize, Serialize};

events! {
    /// What happened to a quota.
    pub enum QuotaEvent {
        /// There is one file more.
        Charged(QuotaCharged) = "quota.charged" v 1,
        /// There is one file less.
        Released(QuotaReleased) = "quota.released" v 1,
    }
}

/// There is one file more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaCharged {
    /// So large.
    pub bytes: u64,
}

/// There is one file less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaReleased {
    /// So large.
    pub bytes: u64,
}
