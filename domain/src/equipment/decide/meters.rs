//! What meters may say.

use super::{Decision, passed};
use crate::equipment::{
    AddMeter, EquipmentEvent, EquipmentMeterAdded, EquipmentMeterRead, EquipmentMeterRemoved,
    EquipmentMeterReset, EquipmentPlanFired, EquipmentRefusal, METERS_MAX, MeterKind, MeterState,
    Piece, ReadMeter, RemoveMeter, ResetMeter, check,
};
use crate::id::MeterId;

impl Piece {
    pub(super) fn add_meter(&self, c: &AddMeter) -> Decision {
        if self.meters.contains_key(&c.meter_id) {
            return Err(EquipmentRefusal::MeterExists);
        }
        if self.meters.len() >= METERS_MAX {
            let (what, max) = ("meters", METERS_MAX);
            return Err(EquipmentRefusal::TooMany { what, max });
        }
        check::meter(&c.meter)?;
        Ok(vec![EquipmentEvent::MeterAdded(EquipmentMeterAdded {
            building: self.building,
            meter_id: c.meter_id,
            meter: c.meter.clone(),
        })])
    }

    pub(super) fn read_meter(&self, c: &ReadMeter) -> Decision {
        let state = self.known_meter(c.meter_id)?;
        if c.unit != state.meter.unit {
            return Err(EquipmentRefusal::WrongUnit(state.meter.unit.clone()));
        }
        check::value("/value_e3", c.value_e3, state.meter.kind)?;
        let read_at = passed("/read_at", c.read_at, c.at)?;
        is_after(state, "/read_at", read_at)?;
        let fell = state.value_e3.filter(|last| c.value_e3 < *last);
        if let (MeterKind::Cumulative, Some(last)) = (state.meter.kind, fell) {
            return Err(EquipmentRefusal::MeterFell(last));
        }
        let total_e3 = state.total(c.value_e3);
        let mut events = vec![EquipmentEvent::MeterRead(EquipmentMeterRead {
            building: self.building,
            meter_id: c.meter_id,
            read_at,
            value_e3: c.value_e3,
            total_e3,
        })];
        for firing in self.crossed(c.meter_id, c.value_e3) {
            let Some(plan) = self.plans.get(&firing.plan) else {
                continue;
            };
            events.push(self.ask(firing.plan, plan, |fired| EquipmentPlanFired {
                total_e3: Some(total_e3),
                ..fired
            })?);
        }
        Ok(events)
    }

    pub(super) fn reset_meter(&self, c: &ResetMeter) -> Decision {
        let state = self.known_meter(c.meter_id)?;
        if state.meter.kind != MeterKind::Cumulative {
            return Err(EquipmentRefusal::MeterNotCumulative);
        }
        check::value("/final_e3", c.final_e3, MeterKind::Cumulative)?;
        check::value("/start_e3", c.start_e3, MeterKind::Cumulative)?;
        let reset_at = passed("/reset_at", c.reset_at, c.at)?;
        is_after(state, "/reset_at", reset_at)?;
        if let Some(last) = state.value_e3.filter(|last| c.final_e3 < *last) {
            return Err(EquipmentRefusal::MeterFell(last));
        }
        Ok(vec![EquipmentEvent::MeterReset(EquipmentMeterReset {
            building: self.building,
            meter_id: c.meter_id,
            reset: c.reset,
            reset_at,
            final_e3: c.final_e3,
            start_e3: c.start_e3,
        })])
    }

    pub(super) fn remove_meter(&self, c: &RemoveMeter) -> Decision {
        self.known_meter(c.meter_id)?;
        let mut plans = self.plans.values();
        if plans.any(|plan| plan.plan.trigger.meter() == Some(c.meter_id)) {
            return Err(EquipmentRefusal::MeterInUse);
        }
        Ok(vec![EquipmentEvent::MeterRemoved(EquipmentMeterRemoved {
            building: self.building,
            meter_id: c.meter_id,
        })])
    }

    fn known_meter(&self, id: MeterId) -> Result<&MeterState, EquipmentRefusal> {
        self.meters.get(&id).ok_or(EquipmentRefusal::MeterUnknown)
    }
}

/// Readings are entered in order: one in between could not be held against what came after.
fn is_after(
    state: &MeterState,
    pointer: &'static str,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<(), EquipmentRefusal> {
    if state.read_at.is_some_and(|last| at <= last) {
        return Err(EquipmentRefusal::NotAfterLast(pointer));
    }
    Ok(())
}
