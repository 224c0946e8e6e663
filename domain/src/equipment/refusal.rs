//! Why a command on a piece of equipment is refused.

use crate::aggregate::{Refusal, RefusalKind};
use crate::text::FieldFault;
use crate::work_order::WorkOrderRefusal;

/// Why a command on a piece of equipment is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EquipmentRefusal {
    /// Never registered, or deleted.
    #[error("there is no such equipment; check the id")]
    Unknown,
    /// The id is in use.
    #[error("equipment with this id exists; register it under a new id")]
    Exists,
    /// Being down begins and ends at an instant, which a changed field does not have.
    #[error("a piece goes down by `down` and comes up by `up`; a field cannot say it")]
    StatusIsDown,
    /// The status that is asked for is not one of being down.
    #[error("a piece that goes down is `down` or in `emergency_shutdown`")]
    StatusNotDown,
    /// It is down.
    #[error("the piece is down; bring it up first")]
    IsDown,
    /// It is not down.
    #[error("the piece is not down, so it cannot come up")]
    NotDown,
    /// Work is going on for which it has to be down.
    #[error("{0} open work orders keep the piece down; complete or cancel them")]
    KeptDown(usize),
    /// It happened before it could.
    #[error("the piece was not in service, or was down, at that time; name a later one")]
    TooEarly(&'static str),
    /// It is still to come.
    #[error("this time is still to come; name one that has passed")]
    InTheFuture(&'static str),
    /// Work is open.
    #[error("the piece has {0} open work orders; complete or cancel them first")]
    HasOpenOrders(usize),
    /// There is no such order, or it is not open.
    #[error("the piece has no such open work order")]
    OrderUnknown,
    /// More than the state should carry.
    #[error("a piece has at most {max} {what}; take some out")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there can be.
        max: usize,
    },
    /// No plan of this piece has the id.
    #[error("the piece has no such plan; check the plan's id")]
    PlanUnknown,
    /// The plan's id is in use.
    #[error("the piece has a plan with this id; add it under a new id")]
    PlanExists,
    /// Steps of nothing lead nowhere.
    #[error("an interval is from 1 to 1,000")]
    IntervalOutOfRange,
    /// Only weeks have days of the week, and they need some.
    #[error("a weekly plan names at least one day of the week, and no other plan names any")]
    DaysOfWeek,
    /// It would never begin.
    #[error("the last day of the plan is before its first; choose a later one")]
    EndsBeforeStart,
    /// No meter of this piece has the id.
    #[error("the piece has no such meter; check the meter's id")]
    MeterUnknown,
    /// The meter's id is in use.
    #[error("the piece has a meter with this id; add it under a new id")]
    MeterExists,
    /// Only what counts upwards can come to so many more units.
    #[error("only a cumulative meter counts units; choose a limit instead")]
    MeterNotCumulative,
    /// A plan looks at the meter.
    #[error("a plan looks at this meter; take the plan out first")]
    MeterInUse,
    /// The reader took it for another unit.
    #[error("the meter counts in `{0}`; convert the value")]
    WrongUnit(String),
    /// Not a value that a meter shows.
    #[error("a value is at most 10^15 thousandths, and not below zero where units are counted")]
    ValueOutOfRange(&'static str),
    /// What counts upwards went down.
    #[error("the meter showed {0} thousandths before; record that it was replaced or rolled over")]
    MeterFell(i64),
    /// There is a later reading.
    #[error("the meter was read at this time or later; readings are entered in order")]
    NotAfterLast(&'static str),
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
    /// What the plan's orders would be is at fault.
    #[error(transparent)]
    Order(#[from] WorkOrderRefusal),
}

impl Refusal for EquipmentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "equipment_unknown",
            Self::Exists => "equipment_exists",
            Self::StatusIsDown => "status_is_down",
            Self::StatusNotDown => "status_not_down",
            Self::IsDown => "equipment_is_down",
            Self::NotDown => "equipment_not_down",
            Self::KeptDown(_) => "kept_down",
            Self::TooEarly(_) => "too_early",
            Self::InTheFuture(_) => "in_the_future",
            Self::HasOpenOrders(_) => "equipment_has_open_orders",
            Self::OrderUnknown => "work_order_unknown",
            Self::TooMany { .. } => "too_many",
            Self::PlanUnknown => "plan_unknown",
            Self::PlanExists => "plan_exists",
            Self::IntervalOutOfRange => "interval_out_of_range",
            Self::DaysOfWeek => "days_of_week",
            Self::EndsBeforeStart => "ends_before_start",
            Self::MeterUnknown => "meter_unknown",
            Self::MeterExists => "meter_exists",
            Self::MeterNotCumulative => "meter_not_cumulative",
            Self::MeterInUse => "meter_in_use",
            Self::WrongUnit(_) => "unit_wrong",
            Self::ValueOutOfRange(_) => "value_out_of_range",
            Self::MeterFell(_) => "meter_fell",
            Self::NotAfterLast(_) => "not_after_last",
            Self::Text(fault) => fault.fault.code(),
            Self::Order(refusal) => refusal.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown | Self::PlanUnknown | Self::MeterUnknown | Self::OrderUnknown => {
                RefusalKind::Unknown
            }
            Self::Exists
            | Self::IsDown
            | Self::NotDown
            | Self::KeptDown(_)
            | Self::HasOpenOrders(_)
            | Self::PlanExists
            | Self::MeterExists
            | Self::MeterInUse => RefusalKind::Conflict,
            Self::Order(refusal) => refusal.kind(),
            _ => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::StatusIsDown | Self::StatusNotDown => Some("/status"),
            Self::IntervalOutOfRange => Some("/trigger/interval"),
            Self::DaysOfWeek => Some("/trigger/days"),
            Self::EndsBeforeStart => Some("/trigger/ends_on"),
            Self::MeterNotCumulative => Some("/trigger/meter"),
            Self::WrongUnit(_) => Some("/unit"),
            Self::MeterFell(_) => Some("/value_e3"),
            Self::TooEarly(at)
            | Self::InTheFuture(at)
            | Self::ValueOutOfRange(at)
            | Self::NotAfterLast(at) => Some(at),
            Self::Text(fault) => Some(fault.pointer),
            Self::Order(refusal) => refusal.pointer(),
            _ => None,
        }
    }
}
