//! What makes a plan ask for work, as it is said: which fields there are depends on the kind.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::equipment::{Basis, Calendar, Day, EveryUnits, Limit, Rhythm, Trigger};
use domain::zone;

use crate::json::{Faults, Fields, FromJson, Pointer, Tree};

/// What makes a plan ask for work; the clock stands where the building does.
#[derive(Clone, Debug)]
pub enum TriggerBody {
    /// `{"kind": "calendar", "rhythm": "monthly", "time": "08:00", …}`
    Calendar(CalendarBody),
    /// `{"kind": "every", "meter": …, "every_e3": …}`
    Every(EveryUnits),
    /// `{"kind": "limit", "meter": …, "side": "above", "limit_e3": …}`
    Limit(Limit),
}

/// A day of the calendar.
#[derive(Clone, Debug)]
pub struct CalendarBody {
    rhythm: Rhythm,
    interval: Option<u32>,
    days: Option<BTreeSet<Day>>,
    time: NaiveTime,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    basis: Option<Basis>,
}

impl FromJson for TriggerBody {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        let mut fields = Fields::of(tree, at, faults)?;
        let kind: String = fields.take("kind", faults)?;
        let read = match kind.as_str() {
            "calendar" => calendar(&mut fields, faults).map(Self::Calendar),
            "every" => {
                let (meter, every_e3) = (
                    fields.take("meter", faults),
                    fields.take("every_e3", faults),
                );
                every(meter, every_e3).map(Self::Every)
            }
            "limit" => {
                let meter = fields.take("meter", faults);
                let side = fields.take("side", faults);
                let limit_e3 = fields.take("limit_e3", faults);
                limit(meter, side, limit_e3).map(Self::Limit)
            }
            _ => {
                let detail = "A trigger is of the kind `calendar`, `every` or `limit`.";
                faults.add(&at.key("kind"), "unknown_word", detail);
                return None;
            }
        };
        fields.finish(faults);
        read
    }
}

fn every(meter: Option<domain::id::MeterId>, every_e3: Option<i64>) -> Option<EveryUnits> {
    let (meter, every_e3) = (meter?, every_e3?);
    Some(EveryUnits { meter, every_e3 })
}

fn limit(
    meter: Option<domain::id::MeterId>,
    side: Option<domain::equipment::Side>,
    limit_e3: Option<i64>,
) -> Option<Limit> {
    let (meter, side, limit_e3) = (meter?, side?, limit_e3?);
    Some(Limit {
        meter,
        side,
        limit_e3,
    })
}

/// Every field is read before the first bad one spoils the whole, so that all are told.
fn calendar(fields: &mut Fields<'_, '_>, faults: &mut Faults) -> Option<CalendarBody> {
    let rhythm = fields.take("rhythm", faults);
    let interval = fields.take("interval", faults);
    let days = fields.take("days", faults);
    let time = fields.take("time", faults);
    let starts_on = fields.take("starts_on", faults);
    let ends_on = fields.take("ends_on", faults);
    let basis = fields.take("basis", faults);
    Some(CalendarBody {
        rhythm: rhythm?,
        interval: interval?,
        days: days?,
        time: time?,
        starts_on: starts_on?,
        ends_on: ends_on?,
        basis: basis?,
    })
}

impl TriggerBody {
    /// The trigger, where the clock stands in `zone` and it is `now`.
    pub(super) fn in_zone(self, zone: Tz, now: DateTime<Utc>) -> Trigger {
        match self {
            Self::Every(every) => Trigger::Every(every),
            Self::Limit(limit) => Trigger::Limit(limit),
            Self::Calendar(body) => Trigger::Calendar(Calendar {
                rhythm: body.rhythm,
                interval: body.interval.unwrap_or(1),
                days: body.days.unwrap_or_default(),
                time: body.time,
                zone,
                starts_on: body.starts_on.unwrap_or_else(|| zone::day(zone, now)),
                ends_on: body.ends_on,
                basis: body.basis.unwrap_or(Basis::Scheduled),
            }),
        }
    }
}
