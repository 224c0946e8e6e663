//! What is set now.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{HostCancellation, SettingsChanged, SettingsCommand, SettingsEvent, SettingsRefusal};
use crate::aggregate::Aggregate;

/// What is set now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The platform's share of nights after discount and cleaning, in ten-thousandths.
    pub service_fee_basis_points: u32,
    /// What a host owes who calls off a confirmed stay.
    pub host_cancellation: HostCancellation,
    /// How many requests of one guest may wait for money or for a yes at once.
    pub open_requests_max: u32,
    /// From so many days ahead on, nights are far ahead.
    pub far_ahead_days: u32,
    /// For how many minutes at most nights far ahead are held without money.
    pub far_ahead_hold_minutes: u32,
    /// For how many minutes at most nights far ahead are held for the host's answer.
    pub far_ahead_answer_minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            service_fee_basis_points: 0,
            host_cancellation: HostCancellation::default(),
            open_requests_max: 3,
            far_ahead_days: 365,
            far_ahead_hold_minutes: 10,
            far_ahead_answer_minutes: 360,
        }
    }
}

cqrs_aggregate!(Settings);

impl Settings {
    /// For how long nights are held that begin so many days ahead: for `wait`, or shorter where
    /// they are far ahead. The wait is for money if nobody has to say yes first.
    pub fn hold(&self, wait: TimeDelta, days_ahead: i64, instant: bool) -> TimeDelta {
        if days_ahead < i64::from(self.far_ahead_days) {
            return wait;
        }
        let minutes = if instant {
            self.far_ahead_hold_minutes
        } else {
            self.far_ahead_answer_minutes
        };
        wait.min(TimeDelta::minutes(i64::from(minutes)))
    }

    pub(super) fn change(&mut self, changed: &SettingsChanged) {
        let c = changed;
        if let Some(host_cancellation) = &c.host_cancellation {
            self.host_cancellation.clone_from(host_cancellation);
        }
        self.service_fee_basis_points = c
            .service_fee_basis_points
            .unwrap_or(self.service_fee_basis_points);
        self.open_requests_max = c.open_requests_max.unwrap_or(self.open_requests_max);
        self.far_ahead_days = c.far_ahead_days.unwrap_or(self.far_ahead_days);
        self.far_ahead_hold_minutes = c
            .far_ahead_hold_minutes
            .unwrap_or(self.far_ahead_hold_minutes);
        self.far_ahead_answer_minutes = c
            .far_ahead_answer_minutes
            .unwrap_or(self.far_ahead_answer_minutes);
    }
}

impl Aggregate for Settings {
    const NOUN: &'static str = "settings";
    const STATE_VERSION: u32 = 1;
    type Command = SettingsCommand;
    type Event = SettingsEvent;
    type Refusal = SettingsRefusal;

    fn decide(&self, command: &SettingsCommand) -> Result<Vec<SettingsEvent>, SettingsRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &SettingsEvent) {
        let SettingsEvent::Changed(changed) = event;
        self.change(changed);
    }
}
