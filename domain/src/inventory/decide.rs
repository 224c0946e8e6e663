//! What may be taken of a listing.

use chrono::{DateTime, Months, NaiveDate, Utc};

use crate::id::BookingId;
use crate::inventory::room::Need;
use crate::inventory::{
    BlockNights, ClaimNights, ConsumeHold, ExtendHold, GuestLimit, Hold, HoldNights, Inventory,
    InventoryBlocked, InventoryCommand, InventoryConsumed, InventoryEvent, InventoryHeld,
    InventoryHoldExtended, InventoryOpened, InventoryRefusal, InventoryReleased, InventoryResized,
    InventoryUnblocked, OpenInventory, ReleaseNights, ResizeInventory, Stock, UnblockNights,
};
use crate::listing::{STAY_NIGHTS_MAX, UNITS_MAX};
use crate::span::Span;
use crate::{text, zone};

/// How many years ahead nights can be taken.
pub const AHEAD_YEARS_MAX: u32 = 10;
/// The longest reason of a block, in characters.
const REASON_CHARS_MAX: usize = 1_000;

type Decision = Result<Vec<InventoryEvent>, InventoryRefusal>;

impl Inventory {
    pub(super) fn decide_on(&self, command: &InventoryCommand) -> Decision {
        match command {
            InventoryCommand::Open(c) => self.open(c),
            InventoryCommand::Resize(c) => self.known()?.resize(c),
            InventoryCommand::Hold(c) => self.known()?.hold(c),
            InventoryCommand::Extend(c) => self.known()?.extend(c),
            InventoryCommand::Release(c) => Ok(self.known()?.release(c)),
            InventoryCommand::Consume(c) => self.known()?.consume(c),
            InventoryCommand::Claim(c) => self.known()?.claim(c),
            InventoryCommand::Block(c) => self.known()?.block(c),
            InventoryCommand::Unblock(c) => self.known()?.unblock(c),
        }
    }

    fn known(&self) -> Result<&Stock, InventoryRefusal> {
        self.stock().ok_or(InventoryRefusal::Unknown)
    }

    fn open(&self, c: &OpenInventory) -> Decision {
        check_units(c.units)?;
        match self {
            Self::Open(stock) if stock.units == c.units && stock.zone == c.zone => Ok(vec![]),
            Self::Open(_) => Err(InventoryRefusal::AlreadyOpen),
            Self::Absent => Ok(vec![InventoryEvent::Opened(InventoryOpened {
                units: c.units,
                zone: c.zone,
                low_water: zone::day(c.zone, c.at),
            })]),
        }
    }
}

impl Stock {
    /// The day that it is here at `at`, or a later one that has been here already.
    pub(super) fn today(&self, at: DateTime<Utc>) -> NaiveDate {
        zone::day(self.zone, at).max(self.low_water)
    }

    fn resize(&self, c: &ResizeInventory) -> Decision {
        check_units(c.units)?;
        if c.units == self.units {
            return Ok(vec![]);
        }
        let low_water = self.today(c.at);
        let span = self.horizon(low_water);
        let need = Need {
            span,
            more: 0,
            total: c.units,
            except: None,
            at: c.at,
        };
        let freed = self
            .make_room(&need)
            .map_err(InventoryRefusal::UnitsTaken)?;
        let resized = InventoryResized {
            units: c.units,
            low_water,
        };
        Ok(with_released(
            freed,
            low_water,
            [InventoryEvent::Resized(resized)],
        ))
    }

    fn hold(&self, c: &HoldNights) -> Decision {
        let asked = Hold {
            span: c.span,
            units: c.units,
            deadline: c.deadline,
            guest: c.guest.map(|limit| limit.guest),
        };
        if self
            .holds
            .get(&c.hold)
            .is_some_and(|hold| *hold == asked && !hold.lapsed(c.at))
        {
            return Ok(vec![]);
        }
        if asked.lapsed(c.at) {
            return Err(InventoryRefusal::DeadlinePassed);
        }
        self.check_limit(c)?;
        let freed = self.room_for(c.hold, c.span, c.units, c.at)?;
        let low_water = self.today(c.at);
        let held = held(c.hold, asked, low_water);
        Ok(with_released(
            freed,
            low_water,
            [InventoryEvent::Held(held)],
        ))
    }

    /// Nobody keeps all others out by asking for more than they pay for.
    fn check_limit(&self, c: &HoldNights) -> Result<(), InventoryRefusal> {
        let Some(GuestLimit { guest, most }) = c.guest else {
            return Ok(());
        };
        let of_guest = |(id, hold): &(&BookingId, &Hold)| {
            **id != c.hold && hold.guest == Some(guest) && !hold.lapsed(c.at)
        };
        let open = self.holds.iter().filter(of_guest).count();
        if open >= usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(InventoryRefusal::TooManyRequests(most));
        }
        Ok(())
    }

    fn claim(&self, c: &ClaimNights) -> Decision {
        let freed = self.room_for(c.hold, c.span, c.units, c.at)?;
        let low_water = self.today(c.at);
        let hold = Hold {
            span: c.span,
            units: c.units,
            deadline: None,
            guest: None,
        };
        let events = [
            InventoryEvent::Held(held(c.hold, hold, low_water)),
            InventoryEvent::Consumed(consumed(c.hold, hold, low_water)),
        ];
        Ok(with_released(freed, low_water, events))
    }

    fn room_for(
        &self,
        hold: BookingId,
        span: Span,
        units: u32,
        at: DateTime<Utc>,
    ) -> Result<Vec<(BookingId, Hold)>, InventoryRefusal> {
        check_units(units)?;
        check_span(span, self.today(at))?;
        let need = Need {
            span,
            more: units,
            total: self.units,
            except: Some(hold),
            at,
        };
        self.make_room(&need)
            .map_err(|night| self.not_available(night, &need))
    }

    fn not_available(&self, night: NaiveDate, need: &Need) -> InventoryRefusal {
        let next = self.next_room(need, last_day(self.today(need.at)));
        InventoryRefusal::NotAvailable { night, next }
    }

    fn live(&self, hold: BookingId, at: DateTime<Utc>) -> Result<Hold, InventoryRefusal> {
        let found = self.holds.get(&hold).filter(|hold| !hold.lapsed(at));
        found.copied().ok_or(InventoryRefusal::HoldExpired)
    }

    fn extend(&self, c: &ExtendHold) -> Decision {
        let hold = self.live(c.hold, c.at)?;
        if hold.deadline == c.deadline {
            return Ok(vec![]);
        }
        if c.deadline.is_some_and(|deadline| deadline <= c.at) {
            return Err(InventoryRefusal::DeadlinePassed);
        }
        Ok(vec![InventoryEvent::HoldExtended(InventoryHoldExtended {
            hold: c.hold,
            deadline: c.deadline,
            low_water: self.today(c.at),
        })])
    }

    fn consume(&self, c: &ConsumeHold) -> Decision {
        let hold = self.live(c.hold, c.at)?;
        Ok(vec![InventoryEvent::Consumed(consumed(
            c.hold,
            hold,
            self.today(c.at),
        ))])
    }

    fn release(&self, c: &ReleaseNights) -> Vec<InventoryEvent> {
        let low_water = self.today(c.at);
        if let Some(hold) = self.holds.get(&c.hold) {
            return vec![released(c.hold, *hold, low_water)];
        }
        if !c.consumed {
            return vec![];
        }
        vec![InventoryEvent::Released(InventoryReleased {
            hold: c.hold,
            span: c.span,
            units: c.units,
            consumed: true,
            low_water,
        })]
    }

    fn block(&self, c: &BlockNights) -> Decision {
        if let Some(block) = self.blocks.get(&c.block) {
            let same = block.span == c.span
                && block.units == c.units
                && block.reason == c.reason
                && block.cancelled == c.cancelled;
            return if same {
                Ok(vec![])
            } else {
                Err(InventoryRefusal::BlockExists)
            };
        }
        let units = c.units.unwrap_or(self.units);
        check_units(units)?;
        let low_water = self.today(c.at);
        check_span(c.span, low_water)?;
        if let Some(reason) = &c.reason {
            text::lines("/reason", &reason.value, REASON_CHARS_MAX)?;
        }
        let need = Need {
            span: c.span,
            more: units,
            total: self.units,
            except: None,
            at: c.at,
        };
        let freed = self
            .make_room(&need)
            .map_err(|night| self.not_available(night, &need))?;
        let blocked = InventoryBlocked {
            block: c.block,
            span: c.span,
            units: c.units,
            reason: c.reason.clone(),
            cancelled: c.cancelled,
            low_water,
        };
        Ok(with_released(
            freed,
            low_water,
            [InventoryEvent::Blocked(blocked)],
        ))
    }

    fn unblock(&self, c: &UnblockNights) -> Decision {
        let block = self.blocks.get(&c.block);
        let block = block.ok_or(InventoryRefusal::BlockUnknown)?;
        if block.cancelled.is_some() && !c.by_platform {
            return Err(InventoryRefusal::BlockKept);
        }
        let low_water = self.today(c.at);
        Ok(vec![InventoryEvent::Unblocked(InventoryUnblocked {
            block: c.block,
            low_water,
        })])
    }
}

fn check_units(units: u32) -> Result<(), InventoryRefusal> {
    if (1..=UNITS_MAX).contains(&units) {
        return Ok(());
    }
    Err(InventoryRefusal::UnitsOutOfRange(units))
}

fn check_span(span: Span, today: NaiveDate) -> Result<(), InventoryRefusal> {
    let nights = span.nights();
    if nights <= 0 {
        return Err(InventoryRefusal::NoNights);
    }
    if nights > i64::from(STAY_NIGHTS_MAX) {
        return Err(InventoryRefusal::TooManyNights(nights));
    }
    if span.from < today {
        return Err(InventoryRefusal::Past(today));
    }
    match last_day(today) {
        Some(last) if span.until > last => Err(InventoryRefusal::TooFarAhead(last)),
        _ => Ok(()),
    }
}

/// The last day on which a stay that is booked on `today` may end.
pub(crate) fn last_day(today: NaiveDate) -> Option<NaiveDate> {
    today.checked_add_months(Months::new(12 * AHEAD_YEARS_MAX))
}

fn held(id: BookingId, hold: Hold, low_water: NaiveDate) -> InventoryHeld {
    let Hold {
        span,
        units,
        deadline,
        guest,
    } = hold;
    InventoryHeld {
        hold: id,
        span,
        units,
        deadline,
        guest,
        low_water,
    }
}

fn consumed(id: BookingId, hold: Hold, low_water: NaiveDate) -> InventoryConsumed {
    InventoryConsumed {
        hold: id,
        span: hold.span,
        units: hold.units,
        low_water,
    }
}

fn released(id: BookingId, hold: Hold, low_water: NaiveDate) -> InventoryEvent {
    let Hold { span, units, .. } = hold;
    let consumed = false;
    InventoryEvent::Released(InventoryReleased {
        hold: id,
        span,
        units,
        consumed,
        low_water,
    })
}

/// The release of each lapsed hold that had to go, then `events`.
fn with_released<const N: usize>(
    freed: Vec<(BookingId, Hold)>,
    low_water: NaiveDate,
    events: [InventoryEvent; N],
) -> Vec<InventoryEvent> {
    let freed = freed
        .into_iter()
        .map(|(id, hold)| released(id, hold, low_water));
    freed.chain(events).collect()
}
