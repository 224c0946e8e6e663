//! What of a listing is taken now, kept small whatever its history.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::aggregate::Aggregate;
use crate::id::{BlockId, BookingId, UserId};
use crate::inventory::{
    InventoryBlocked, InventoryCommand, InventoryEvent, InventoryHeld, InventoryOpened,
    InventoryRefusal,
};
use crate::personal::Personal;
use crate::span::Span;

/// The inventory of a listing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inventory {
    /// Never opened.
    #[default]
    Absent,
    /// Something can be taken.
    Open(Box<Stock>),
}

/// What of a listing is taken.
///
/// On no night do the units put aside, taken and blocked add up to more than there are. Lapsed
/// holds count in that sum until they are released, which happens when their nights are needed:
/// so the rule stands whatever the clock does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stock {
    /// How many identical units there are.
    pub units: u32,
    /// The zone whose calendar days the nights are named by.
    #[serde(rename = "time_zone")]
    pub zone: Tz,
    /// Nights before this day are past and forgotten; it never falls.
    pub low_water: NaiveDate,
    /// What is put aside, by booking.
    pub holds: BTreeMap<BookingId, Hold>,
    /// How many units are taken for good, by night.
    pub taken: BTreeMap<NaiveDate, u32>,
    /// What the host keeps back.
    pub blocks: BTreeMap<BlockId, Block>,
}

/// Nights that are put aside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Which nights.
    pub span: Span,
    /// How many units in each of them.
    pub units: u32,
    /// From when on they count as free; never, where there is none.
    pub deadline: Option<DateTime<Utc>>,
    /// Who asked, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<UserId>,
}

impl Hold {
    /// Whether its deadline has passed at `at`; the deadline itself is too late.
    pub fn lapsed(&self, at: DateTime<Utc>) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= at)
    }
}

/// Nights that the host keeps back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Which nights.
    pub span: Span,
    /// How many units; all there are or will be, where it is not said.
    pub units: Option<u32>,
    /// Why.
    pub reason: Option<Personal<String>>,
    /// The booking that the host called off; only the platform frees the nights of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<BookingId>,
}

impl Inventory {
    /// What is taken, where it was opened.
    pub fn stock(&self) -> Option<&Stock> {
        match self {
            Self::Absent => None,
            Self::Open(stock) => Some(stock),
        }
    }
}

impl Stock {
    /// Whether any night from the local day of `at` on is taken or held by a live hold.
    pub fn is_taken_from(&self, at: DateTime<Utc>) -> bool {
        let today = self.today(at);
        let taken = self.taken.range(today..).any(|(_, units)| *units > 0);
        taken
            || self
                .holds
                .values()
                .any(|hold| hold.span.until > today && !hold.lapsed(at))
    }

    /// How many units are free on each night of `span` at `at`.
    pub fn free(&self, span: Span, at: DateTime<Utc>) -> Vec<(NaiveDate, u32)> {
        span.days()
            .map(|night| (night, self.units.saturating_sub(self.used(night, at))))
            .collect()
    }

    fn used(&self, night: NaiveDate, at: DateTime<Utc>) -> u32 {
        let nights = Span::new(night, night.succ_opt().unwrap_or(night));
        let held = self
            .holds
            .values()
            .filter(|hold| !hold.lapsed(at) && hold.span.overlaps(nights))
            .map(|hold| hold.units);
        let blocked = self
            .blocks
            .values()
            .filter(|block| block.span.overlaps(nights))
            .map(|block| block.units.unwrap_or(u32::MAX));
        let taken = self.taken.get(&night).copied().unwrap_or(0);
        held.chain(blocked).fold(taken, u32::saturating_add)
    }

    fn open(e: &InventoryOpened) -> Self {
        Self {
            units: e.units,
            zone: e.zone,
            low_water: e.low_water,
            holds: BTreeMap::new(),
            taken: BTreeMap::new(),
            blocks: BTreeMap::new(),
        }
    }

    fn take_in(&mut self, event: &InventoryEvent) {
        match event {
            InventoryEvent::Opened(e) => self.forget_before(e.low_water),
            InventoryEvent::Resized(e) => {
                self.units = e.units;
                self.forget_before(e.low_water);
            }
            InventoryEvent::Held(e) => self.held(e),
            InventoryEvent::HoldExtended(e) => {
                if let Some(hold) = self.holds.get_mut(&e.hold) {
                    hold.deadline = e.deadline;
                }
                self.forget_before(e.low_water);
            }
            InventoryEvent::Released(e) => {
                if e.consumed {
                    self.give_back(e.span, e.units);
                } else {
                    self.holds.remove(&e.hold);
                }
                self.forget_before(e.low_water);
            }
            InventoryEvent::Consumed(e) => {
                self.holds.remove(&e.hold);
                self.take(e.span, e.units);
                self.forget_before(e.low_water);
            }
            InventoryEvent::Blocked(e) => self.blocked(e),
            InventoryEvent::Unblocked(e) => {
                self.blocks.remove(&e.block);
                self.forget_before(e.low_water);
            }
        }
    }

    fn held(&mut self, e: &InventoryHeld) {
        let hold = Hold {
            span: e.span,
            units: e.units,
            deadline: e.deadline,
            guest: e.guest,
        };
        self.holds.insert(e.hold, hold);
        self.forget_before(e.low_water);
    }

    fn blocked(&mut self, e: &InventoryBlocked) {
        let block = Block {
            span: e.span,
            units: e.units,
            reason: e.reason.clone(),
            cancelled: e.cancelled,
        };
        self.blocks.insert(e.block, block);
        self.forget_before(e.low_water);
    }

    fn take(&mut self, span: Span, units: u32) {
        for night in span.days().skip_while(|night| *night < self.low_water) {
            let taken = self.taken.entry(night).or_default();
            *taken = taken.saturating_add(units);
        }
    }

    fn give_back(&mut self, span: Span, units: u32) {
        for night in span.days().skip_while(|night| *night < self.low_water) {
            if let Some(taken) = self.taken.get_mut(&night) {
                *taken = taken.saturating_sub(units);
                if *taken == 0 {
                    self.taken.remove(&night);
                }
            }
        }
    }

    /// Raises the low-water date and drops all that lies wholly before it.
    fn forget_before(&mut self, low_water: NaiveDate) {
        if low_water <= self.low_water {
            return;
        }
        self.low_water = low_water;
        self.taken = self.taken.split_off(&low_water);
        self.holds.retain(|_, hold| hold.span.until > low_water);
        self.blocks.retain(|_, block| block.span.until > low_water);
    }
}

impl Aggregate for Inventory {
    const NOUN: &'static str = "inventory";
    const STATE_VERSION: u32 = 2;
    type Command = InventoryCommand;
    type Event = InventoryEvent;
    type Refusal = InventoryRefusal;

    fn decide(&self, command: &InventoryCommand) -> Result<Vec<InventoryEvent>, InventoryRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &InventoryEvent) {
        match (&mut *self, event) {
            (Self::Open(stock), _) => stock.take_in(event),
            (Self::Absent, InventoryEvent::Opened(e)) => {
                *self = Self::Open(Box::new(Stock::open(e)));
            }
            // Nothing else can be recorded first; a state that cannot be is left as it is.
            (Self::Absent, _) => {}
        }
    }
}
