//! What is asked of a piece's parts before they may enter an event.

use super::{Calendar, EquipmentRefusal, Meter, MeterKind, MeterState, Plan, Rhythm, Trigger};
use crate::id::MeterId;
use crate::text;
use crate::work_order;

use std::collections::BTreeMap;

/// The longest name, model, serial number or title.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest word for a category.
pub const CATEGORY_CHARS_MAX: usize = 40;
/// The longest unit of a meter.
pub const UNIT_CHARS_MAX: usize = 20;
/// The longest reason.
pub const REASON_CHARS_MAX: usize = 1_000;
/// The most plans of a piece.
pub const PLANS_MAX: usize = 50;
/// The most meters of a piece.
pub const METERS_MAX: usize = 50;
/// The most work orders of a piece that can be open at once.
pub const OPEN_ORDERS_MAX: usize = 200;
/// The most steps that a calendar takes at once.
pub const INTERVAL_MAX: u32 = 1_000;
/// A plan whose last orders, so many, nobody has touched asks for no more.
pub const UNTOUCHED_MAX: u32 = 5;
/// The largest value of a meter, in thousandths of its unit.
pub const VALUE_E3_MAX: i64 = 1_000_000_000_000_000;

type Checked<T = ()> = Result<T, EquipmentRefusal>;

pub(super) fn named(pointer: &'static str, text: Option<&String>) -> Checked {
    match text {
        Some(text) => Ok(text::line(pointer, text, NAME_CHARS_MAX)?),
        None => Ok(()),
    }
}

pub(super) fn category(text: &str) -> Checked {
    Ok(text::word("/category", text, CATEGORY_CHARS_MAX)?)
}

pub(super) fn meter(meter: &Meter) -> Checked {
    text::line("/name", &meter.name, NAME_CHARS_MAX)?;
    Ok(text::line("/unit", &meter.unit, UNIT_CHARS_MAX)?)
}

pub(super) fn value(pointer: &'static str, value_e3: i64, kind: MeterKind) -> Checked {
    let least = match kind {
        MeterKind::Cumulative => 0,
        MeterKind::Gauge => -VALUE_E3_MAX,
    };
    if (least..=VALUE_E3_MAX).contains(&value_e3) {
        Ok(())
    } else {
        Err(EquipmentRefusal::ValueOutOfRange(pointer))
    }
}

pub(super) fn plan(plan: &Plan, meters: &BTreeMap<MeterId, MeterState>) -> Checked {
    text::line("/title", &plan.title, NAME_CHARS_MAX)?;
    work_order::tasks(&plan.tasks)?;
    let known = |id: &MeterId| meters.get(id).ok_or(EquipmentRefusal::MeterUnknown);
    match &plan.trigger {
        Trigger::Calendar(of) => calendar(of),
        Trigger::Every(every) => {
            if known(&every.meter)?.meter.kind != MeterKind::Cumulative {
                return Err(EquipmentRefusal::MeterNotCumulative);
            }
            if (1..=VALUE_E3_MAX).contains(&every.every_e3) {
                Ok(())
            } else {
                Err(EquipmentRefusal::ValueOutOfRange("/trigger/every_e3"))
            }
        }
        Trigger::Limit(limit) => {
            known(&limit.meter)?;
            value("/trigger/limit_e3", limit.limit_e3, MeterKind::Gauge)
        }
    }
}

fn calendar(calendar: &Calendar) -> Checked {
    if calendar.interval == 0 || calendar.interval > INTERVAL_MAX {
        return Err(EquipmentRefusal::IntervalOutOfRange);
    }
    if (calendar.rhythm == Rhythm::Weekly) == calendar.days.is_empty() {
        return Err(EquipmentRefusal::DaysOfWeek);
    }
    if calendar.ends_on.is_some_and(|end| end < calendar.starts_on) {
        return Err(EquipmentRefusal::EndsBeforeStart);
    }
    Ok(())
}
