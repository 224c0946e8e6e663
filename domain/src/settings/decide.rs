//! The rules for the settings.

use super::{
    HostCancellation, Settings, SettingsChanged, SettingsCommand, SettingsEvent, SettingsRefusal,
};

/// All of a sum, in ten-thousandths.
const WHOLE: u32 = 10_000;
/// The most requests of one guest that may be let wait.
const OPEN_REQUESTS_MAX: u32 = 10_000;
/// The most days that the platform counts ahead.
const DAYS_MAX: u32 = 3_660;
/// The longest hold, in minutes: 30 days.
const HOLD_MINUTES_MAX: u32 = 30 * 24 * 60;

type Checked = Result<(), SettingsRefusal>;

impl Settings {
    pub(super) fn decide_on(
        &self,
        SettingsCommand::Change(asked): &SettingsCommand,
    ) -> Result<Vec<SettingsEvent>, SettingsRefusal> {
        check(asked)?;
        let mut after = self.clone();
        after.change(asked);
        if after == *self {
            return Ok(vec![]);
        }
        // Only what differs is told.
        let changed = SettingsChanged {
            service_fee_basis_points: other(
                asked.service_fee_basis_points,
                self.service_fee_basis_points,
            ),
            host_cancellation: asked
                .host_cancellation
                .clone()
                .filter(|asked| *asked != self.host_cancellation),
            open_requests_max: other(asked.open_requests_max, self.open_requests_max),
            far_ahead_days: other(asked.far_ahead_days, self.far_ahead_days),
            far_ahead_hold_minutes: other(
                asked.far_ahead_hold_minutes,
                self.far_ahead_hold_minutes,
            ),
            far_ahead_answer_minutes: other(
                asked.far_ahead_answer_minutes,
                self.far_ahead_answer_minutes,
            ),
        };
        Ok(vec![SettingsEvent::Changed(changed)])
    }
}

fn check(asked: &SettingsChanged) -> Checked {
    let ranges = [
        (
            "/service_fee_basis_points",
            asked.service_fee_basis_points,
            0..=WHOLE,
        ),
        (
            "/open_requests_max",
            asked.open_requests_max,
            1..=OPEN_REQUESTS_MAX,
        ),
        ("/far_ahead_days", asked.far_ahead_days, 0..=DAYS_MAX),
        (
            "/far_ahead_hold_minutes",
            asked.far_ahead_hold_minutes,
            1..=HOLD_MINUTES_MAX,
        ),
        (
            "/far_ahead_answer_minutes",
            asked.far_ahead_answer_minutes,
            1..=HOLD_MINUTES_MAX,
        ),
    ];
    for (pointer, value, range) in ranges {
        if value.is_some_and(|value| !range.contains(&value)) {
            let (least, most) = range.into_inner();
            return Err(SettingsRefusal::OutOfRange {
                pointer,
                least,
                most,
            });
        }
    }
    asked.host_cancellation.as_ref().map_or(Ok(()), check_fees)
}

fn check_fees(fees: &HostCancellation) -> Checked {
    let pointer = "/host_cancellation";
    let shares = [fees.shares.early, fees.shares.late];
    let too_early = u32::from(fees.early_days) > DAYS_MAX;
    if too_early || shares.iter().any(|share| *share > WHOLE) {
        let most = if too_early { DAYS_MAX } else { WHOLE };
        return Err(SettingsRefusal::OutOfRange {
            pointer,
            least: 0,
            most,
        });
    }
    if fees.sums.values().any(|sum| sum.early < 0 || sum.late < 0) {
        return Err(SettingsRefusal::Negative { pointer });
    }
    Ok(())
}

fn other(asked: Option<u32>, present: u32) -> Option<u32> {
    asked.filter(|asked| *asked != present)
}
