//! What happened to the settings.

use serde::{Deserialize, Serialize};

use super::HostCancellation;

/// Some settings got other values; those that are absent kept theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChanged {
    /// The platform's share of nights after discount and cleaning, in ten-thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_fee_basis_points: Option<u32>,
    /// What a host owes who calls off a confirmed stay, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_cancellation: Option<HostCancellation>,
    /// How many requests of one guest may wait for money or for a yes at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_requests_max: Option<u32>,
    /// From so many days ahead on, nights are far ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_ahead_days: Option<u32>,
    /// For how many minutes at most nights far ahead are held without money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_ahead_hold_minutes: Option<u32>,
    /// For how many minutes at most nights far ahead are held for the host's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_ahead_answer_minutes: Option<u32>,
}

events! {
    /// What happened to the settings.
    pub enum SettingsEvent {
        /// Some of them got other values.
        Changed(SettingsChanged) = "settings.changed" v 1,
    }
}
