//! Whether nights have room, and which lapsed holds stand in the way.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::id::BookingId;
use crate::inventory::{Hold, Stock};
use crate::span::Span;

/// What is asked for: so many more units on each night, of so many in all.
pub(super) struct Need {
    /// Which nights.
    pub span: Span,
    /// How many more units on each.
    pub more: u32,
    /// How many units there are in all.
    pub total: u32,
    /// The booking that asks, whose own hold is not in its way.
    pub except: Option<BookingId>,
    /// At which instant.
    pub at: DateTime<Utc>,
}

impl Stock {
    /// The lapsed holds that must go to make room, none if there is room; or the first night that
    /// has no room even then.
    pub(super) fn make_room(&self, need: &Need) -> Result<Vec<(BookingId, Hold)>, NaiveDate> {
        let mut load = self.load(need);
        let mut freed = Vec::new();
        for (id, hold) in self.lapsed(need) {
            if load.crowded().any(|night| covers(hold.span, night)) {
                load.add(hold.span, -i64::from(hold.units));
                freed.push((id, hold));
            }
        }
        match load.crowded().next() {
            Some(night) => Err(night),
            None => Ok(freed),
        }
    }

    /// The first nights after the first one that is asked for, as many as that, which have room;
    /// lapsed holds are not in the way. None of them lies beyond `last`.
    pub(super) fn next_room(&self, need: &Need, last: Option<NaiveDate>) -> Option<Span> {
        let nights = usize::try_from(need.span.nights()).ok()?;
        let busy = self.horizon(need.span.from).until.max(need.span.until);
        // Behind the last night on which anything is taken there is room.
        let until = busy.checked_add_days(Days::new(need.span.nights().unsigned_abs()))?;
        let ahead = Need {
            span: Span::new(need.span.from, until),
            ..*need
        };
        let mut load = self.load(&ahead);
        for (_, hold) in self.lapsed(&ahead) {
            load.add(hold.span, -i64::from(hold.units));
        }
        let skipped = load
            .free
            .windows(nights)
            .position(|stay| stay.iter().all(|free| *free >= 0))?;
        let from = need.span.from.checked_add_days(Days::new(skipped as u64))?;
        let until = from.checked_add_days(Days::new(need.span.nights().unsigned_abs()))?;
        last.is_none_or(|last| until <= last)
            .then_some(Span::new(from, until))
    }

    /// From the first night of today on, all nights on which anything is taken.
    pub(super) fn horizon(&self, today: NaiveDate) -> Span {
        let holds = self.holds.values().map(|hold| hold.span.until);
        let blocks = self.blocks.values().map(|block| block.span.until);
        let taken = self.taken.keys().next_back().and_then(NaiveDate::succ_opt);
        Span::new(
            today,
            holds.chain(blocks).chain(taken).fold(today, NaiveDate::max),
        )
    }

    /// Holds that may be let go, those that lapsed first in front.
    fn lapsed(&self, need: &Need) -> Vec<(BookingId, Hold)> {
        let mut lapsed: Vec<_> = self
            .holds
            .iter()
            .filter(|(id, hold)| need.except != Some(**id) && hold.lapsed(need.at))
            .filter(|(_, hold)| hold.span.overlaps(need.span))
            .map(|(id, hold)| (*id, *hold))
            .collect();
        lapsed.sort_by_key(|(id, hold)| (hold.deadline, *id));
        lapsed
    }

    fn load(&self, need: &Need) -> Load {
        let nights = usize::try_from(need.span.nights()).unwrap_or(0);
        let mut load = Load {
            from: need.span.from,
            free: vec![i64::from(need.total) - i64::from(need.more); nights],
        };
        for (night, units) in self.taken.range(need.span.from..need.span.until) {
            load.add(
                Span::new(*night, night.succ_opt().unwrap_or(*night)),
                i64::from(*units),
            );
        }
        for (id, hold) in &self.holds {
            if need.except != Some(*id) {
                load.add(hold.span, i64::from(hold.units));
            }
        }
        for block in self.blocks.values() {
            load.add(block.span, i64::from(block.units.unwrap_or(need.total)));
        }
        load
    }
}

fn covers(span: Span, night: NaiveDate) -> bool {
    span.from <= night && night < span.until
}

/// What would be left on each night of a span; below zero where it is too little.
struct Load {
    from: NaiveDate,
    free: Vec<i64>,
}

impl Load {
    /// Takes `units` off each night that it shares with `span`.
    fn add(&mut self, span: Span, units: i64) {
        let first = usize::try_from((span.from - self.from).num_days()).unwrap_or(0);
        let end = usize::try_from((span.until - self.from).num_days()).unwrap_or(0);
        let end = end.min(self.free.len());
        for free in self.free.get_mut(first..end).into_iter().flatten() {
            *free -= units;
        }
    }

    /// The nights that have too little, in order.
    fn crowded(&self) -> impl Iterator<Item = NaiveDate> {
        let days = Span::new(self.from, NaiveDate::MAX).days();
        days.zip(&self.free)
            .filter(|(_, free)| **free < 0)
            .map(|(night, _)| night)
    }
}
