//! The inventory beside a naive one, which keeps everything it was ever told.

use std::collections::BTreeMap;

use chrono::{Days, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::laws;

/// Days of June and July that the commands speak of.
const DAYS: u64 = 12;

/// All that was ever held, taken or blocked, with no thought of size.
#[derive(Default)]
struct Naive {
    units: u32,
    held: BTreeMap<BookingId, (Span, u32, Option<DateTime<Utc>>)>,
    taken: Vec<(BookingId, Span, u32)>,
    blocked: BTreeMap<BlockId, (Span, Option<u32>)>,
}

impl Naive {
    fn learn(&mut self, event: &InventoryEvent) {
        match event {
            InventoryEvent::Opened(e) => self.units = e.units,
            InventoryEvent::Resized(e) => self.units = e.units,
            InventoryEvent::Held(e) => {
                self.held.insert(e.hold, (e.span, e.units, e.deadline));
            }
            InventoryEvent::HoldExtended(e) => self.held.get_mut(&e.hold).unwrap().2 = e.deadline,
            InventoryEvent::Released(e) if e.consumed => {
                let found = self.taken.iter().position(|(id, ..)| *id == e.hold);
                self.taken
                    .remove(found.expect("what is released was taken"));
            }
            InventoryEvent::Released(e) => {
                self.held
                    .remove(&e.hold)
                    .expect("what is released was held");
            }
            InventoryEvent::Consumed(e) => {
                let (span, units, _) = self.held.remove(&e.hold).expect("what is taken was held");
                assert_eq!((span, units), (e.span, e.units));
                self.taken.push((e.hold, span, units));
            }
            InventoryEvent::Blocked(e) => {
                self.blocked.insert(e.block, (e.span, e.units));
            }
            InventoryEvent::Unblocked(e) => {
                self.blocked
                    .remove(&e.block)
                    .expect("what is freed was blocked");
            }
        }
    }

    /// What is in use on `night`; lapsed holds count only where `at` is not given.
    fn used(&self, night: NaiveDate, at: Option<DateTime<Utc>>, except: Option<BookingId>) -> u32 {
        let on = |span: &Span| span.from <= night && night < span.until;
        let held = self
            .held
            .iter()
            .filter(|(id, _)| Some(**id) != except)
            .filter(|(_, (_, _, deadline))| match (deadline, at) {
                (Some(deadline), Some(at)) => *deadline > at,
                _ => true,
            })
            .map(|(_, (span, units, _))| (*span, *units));
        let taken = self.taken.iter().map(|(_, span, units)| (*span, *units));
        let blocked = self
            .blocked
            .values()
            .map(|(span, units)| (*span, units.unwrap_or(self.units)));
        held.chain(taken)
            .chain(blocked)
            .filter(|(span, _)| on(span))
            .map(|(_, units)| units)
            .sum()
    }

    fn fits(&self, span: Span, more: u32, at: DateTime<Utc>, except: Option<BookingId>) -> bool {
        span.days()
            .all(|night| self.used(night, Some(at), except) + more <= self.units)
    }
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    // Forward and back within three days: clocks are put back, requests overtake each other.
    (0..72_i64 * 4).prop_map(|quarter| noon() + TimeDelta::minutes(15 * quarter))
}

fn span() -> impl Strategy<Value = Span> {
    (0..DAYS, 1..5_u64).prop_map(|(from, nights)| {
        let from = june(1) + Days::new(from);
        Span::new(from, from + Days::new(nights))
    })
}

fn command() -> impl Strategy<Value = InventoryCommand> {
    let id = || (0..8_u128).prop_map(booking);
    let block = || (0..3_u128).prop_map(block_id);
    let deadline = || proptest::option::of(moment());
    prop_oneof![
        6 => (id(), span(), 1..3_u32, deadline(), moment()).prop_map(
            |(hold, span, units, deadline, at)| {
                InventoryCommand::Hold(HoldNights { hold, guest: None, span, units, deadline, at })
            }
        ),
        4 => (id(), moment())
            .prop_map(|(hold, at)| InventoryCommand::Consume(ConsumeHold { hold, at })),
        1 => (id(), deadline(), moment()).prop_map(|(hold, deadline, at)| {
            InventoryCommand::Extend(ExtendHold { hold, deadline, at })
        }),
        2 => (id(), span(), moment()).prop_map(|(hold, span, at)| {
            InventoryCommand::Claim(ClaimNights { hold, span, units: 1, at })
        }),
        3 => (id(), span(), any::<bool>(), moment()).prop_map(|(hold, span, consumed, at)| {
            InventoryCommand::Release(ReleaseNights { hold, span, units: 1, consumed, at })
        }),
        1 => (block(), span(), proptest::option::of(1..3_u32), moment()).prop_map(
            |(block, span, units, at)| {
                InventoryCommand::Block(BlockNights { block, span, units, reason: None, cancelled: None, at })
            }
        ),
        1 => (block(), moment())
            .prop_map(|(block, at)| InventoryCommand::Unblock(UnblockNights { block, by_platform: false, at })),
        1 => (1..5_u32, moment())
            .prop_map(|(units, at)| InventoryCommand::Resize(ResizeInventory { units, at })),
    ]
}

/// What a booking would ask: it lets go only of what it has, and claims only what it lost.
fn honest(naive: &Naive, command: InventoryCommand) -> Option<InventoryCommand> {
    let taken = |hold| naive.taken.iter().find(|(id, ..)| *id == hold);
    match command {
        InventoryCommand::Release(mut c) => {
            let taken = taken(c.hold);
            c.consumed = taken.is_some();
            (c.span, c.units) = taken.map_or((c.span, c.units), |(_, span, units)| (*span, *units));
            Some(InventoryCommand::Release(c))
        }
        InventoryCommand::Hold(HoldNights { hold, .. })
        | InventoryCommand::Claim(ClaimNights { hold, .. })
            if taken(hold).is_some() =>
        {
            None
        }
        other => Some(other),
    }
}

proptest! {
    #[test]
    fn no_night_ever_has_more_than_its_units(
        units in 1..4_u32,
        commands in prop::collection::vec(command(), 1..80),
    ) {
        let mut naive = Naive::default();
        let mut state = Inventory::default();
        let first = InventoryCommand::Open(OpenInventory { units, zone: ZONE, at: noon() });
        for command in std::iter::once(first).chain(commands) {
            let Some(command) = honest(&naive, command) else { continue };
            let decided = state.decide(&command);
            expect_as_the_model_says(&naive, &state, &command, &decided)?;
            for event in decided.unwrap_or_default() {
                state.evolve(&event);
                naive.learn(&event);
            }
            let stock = state.stock().unwrap();
            for night in (0..DAYS + 5).map(|day| june(1) + Days::new(day)) {
                // Units may be lowered below what a night had that is past.
                if night < stock.low_water {
                    continue;
                }
                let used = naive.used(night, None, None);
                prop_assert!(used <= naive.units, "{used} on {night}");
                let expected = naive.units - naive.used(night, Some(noon()), None);
                let free = stock.free(Span::new(night, night.succ_opt().unwrap()), noon());
                prop_assert_eq!(free[0].1, expected, "on {}", night);
            }
        }
    }

    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 1..40),
        seed: u64,
    ) {
        let first = InventoryCommand::Open(OpenInventory { units: 2, zone: ZONE, at: noon() });
        let commands: Vec<_> = std::iter::once(first).chain(commands).collect();
        let _: Inventory = laws::obey(&commands, seed);
    }
}

/// Neither too strict nor too lax: a hold is given exactly when the model has room for it.
fn expect_as_the_model_says(
    naive: &Naive,
    state: &Inventory,
    command: &InventoryCommand,
    decided: &Result<Vec<InventoryEvent>, InventoryRefusal>,
) -> Result<(), TestCaseError> {
    let Some(stock) = state.stock() else {
        return Ok(());
    };
    let (hold, span, units, deadline, at) = match command {
        InventoryCommand::Hold(c) => (c.hold, c.span, c.units, c.deadline, c.at),
        InventoryCommand::Claim(c) => (c.hold, c.span, c.units, None, c.at),
        _ => return Ok(()),
    };
    let same = Hold {
        guest: None,
        span,
        units,
        deadline,
    };
    let repeated = stock
        .holds
        .get(&hold)
        .is_some_and(|held| *held == same && !held.lapsed(at));
    if repeated && matches!(command, InventoryCommand::Hold(_)) {
        prop_assert_eq!(decided, &Ok(vec![]));
        return Ok(());
    }
    let in_time = deadline.is_none_or(|deadline| deadline > at) && span.from >= stock.today(at);
    let expected = in_time && naive.fits(span, units, at, Some(hold));
    prop_assert_eq!(decided.is_ok(), expected, "{:?}", command);
    Ok(())
}
