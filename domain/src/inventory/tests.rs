use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{BlockId, BookingId};
use crate::span::Span;

mod limits;
mod model;

type Inventories = TestFramework<Inventory>;

const ZONE: Tz = Tz::Europe__Lisbon;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Noon of 1 June 2026, on which all of these days begin.
fn noon() -> DateTime<Utc> {
    at("2026-06-01T12:00:00Z")
}

fn half_past() -> DateTime<Utc> {
    at("2026-06-01T12:30:00Z")
}

fn june(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, day).unwrap()
}

fn nights(from: u32, until: u32) -> Span {
    Span::new(june(from), june(until))
}

fn booking(number: u128) -> BookingId {
    BookingId(Uuid::from_u128(number))
}

/// The night is taken, and the next stay of that length goes from one day until the other.
fn not_free(night: u32, from: u32, until: u32) -> InventoryRefusal {
    InventoryRefusal::NotAvailable {
        night: june(night),
        next: Some(nights(from, until)),
    }
}

fn block_id(number: u128) -> BlockId {
    BlockId(Uuid::from_u128(number))
}

fn opened(units: u32) -> InventoryEvent {
    InventoryEvent::Opened(InventoryOpened {
        units,
        zone: ZONE,
        low_water: june(1),
    })
}

fn held(number: u128, span: Span, units: u32) -> InventoryEvent {
    let (hold, deadline, low_water) = (booking(number), Some(half_past()), june(1));
    InventoryEvent::Held(InventoryHeld {
        hold,
        span,
        units,
        deadline,
        guest: None,
        low_water,
    })
}

fn consumed(number: u128, span: Span, units: u32) -> InventoryEvent {
    let (hold, low_water) = (booking(number), june(1));
    InventoryEvent::Consumed(InventoryConsumed {
        hold,
        span,
        units,
        low_water,
    })
}

fn released(number: u128, span: Span, units: u32, consumed: bool) -> InventoryEvent {
    let (hold, low_water) = (booking(number), june(1));
    InventoryEvent::Released(InventoryReleased {
        hold,
        span,
        units,
        consumed,
        low_water,
    })
}

fn blocked(number: u128, span: Span, units: Option<u32>) -> InventoryEvent {
    let (block, reason, low_water) = (block_id(number), None, june(1));
    InventoryEvent::Blocked(InventoryBlocked {
        block,
        span,
        units,
        reason,
        cancelled: None,
        low_water,
    })
}

fn hold(number: u128, span: Span, units: u32) -> InventoryCommand {
    hold_at(number, span, units, noon())
}

fn hold_at(number: u128, span: Span, units: u32, at: DateTime<Utc>) -> InventoryCommand {
    let deadline = Some(half_past()).filter(|deadline| *deadline > at);
    let deadline = deadline.or(Some(at + chrono::TimeDelta::hours(1)));
    let hold = booking(number);
    InventoryCommand::Hold(HoldNights {
        hold,
        guest: None,
        span,
        units,
        deadline,
        at,
    })
}

fn consume(number: u128, at: DateTime<Utc>) -> InventoryCommand {
    InventoryCommand::Consume(ConsumeHold {
        hold: booking(number),
        at,
    })
}

fn release(number: u128, span: Span, units: u32, consumed: bool) -> InventoryCommand {
    let hold = booking(number);
    InventoryCommand::Release(ReleaseNights {
        hold,
        span,
        units,
        consumed,
        at: noon(),
    })
}

fn claim(number: u128, span: Span, at: DateTime<Utc>) -> InventoryCommand {
    InventoryCommand::Claim(ClaimNights {
        hold: booking(number),
        span,
        units: 1,
        at,
    })
}

fn block(number: u128, span: Span, units: Option<u32>) -> InventoryCommand {
    let (block, reason) = (block_id(number), None);
    InventoryCommand::Block(BlockNights {
        cancelled: None,
        block,
        span,
        units,
        reason,
        at: noon(),
    })
}

fn resize(units: u32) -> InventoryCommand {
    InventoryCommand::Resize(ResizeInventory { units, at: noon() })
}

fn open(units: u32) -> InventoryCommand {
    InventoryCommand::Open(OpenInventory {
        units,
        zone: ZONE,
        at: noon(),
    })
}

#[test]
fn an_inventory_opens_on_the_local_day() {
    Inventories::with(())
        .given_no_previous_events()
        .when(open(3))
        .then_expect_events(vec![opened(3)]);
    // 23:30 in UTC is half past midnight of the next day in a Lisbon summer.
    let late = OpenInventory {
        units: 3,
        zone: ZONE,
        at: at("2026-06-01T23:30:00Z"),
    };
    let events = Inventory::default()
        .decide(&InventoryCommand::Open(late))
        .unwrap();
    let expected = InventoryOpened {
        units: 3,
        zone: ZONE,
        low_water: june(2),
    };
    assert_eq!(events, [InventoryEvent::Opened(expected)]);
}

#[test]
fn opening_twice_is_opening_once_but_never_with_other_units() {
    Inventories::with(())
        .given(vec![opened(3)])
        .when(open(3))
        .then_expect_events(vec![]);
    Inventories::with(())
        .given(vec![opened(3)])
        .when(open(4))
        .then_expect_error(InventoryRefusal::AlreadyOpen);
    for units in [0, 10_001] {
        Inventories::with(())
            .given_no_previous_events()
            .when(open(units))
            .then_expect_error(InventoryRefusal::UnitsOutOfRange(units));
    }
}

#[test]
fn two_bookings_of_one_night_get_one_claim() {
    Inventories::with(())
        .given(vec![opened(1)])
        .when(hold(1, nights(10, 12), 1))
        .then_expect_events(vec![held(1, nights(10, 12), 1)]);
    Inventories::with(())
        .given(vec![opened(1), held(1, nights(10, 12), 1)])
        .when(hold(2, nights(11, 13), 1))
        .then_expect_error(not_free(11, 12, 14));
    Inventories::with(())
        .given(vec![
            opened(1),
            held(1, nights(10, 12), 1),
            consumed(1, nights(10, 12), 1),
        ])
        .when(hold(2, nights(11, 13), 1))
        .then_expect_error(not_free(11, 12, 14));
}

#[test]
fn two_pending_requests_on_one_range_cannot_both_hold_it_long_enough_to_be_accepted() {
    let given = vec![opened(1), held(1, nights(10, 12), 1)];
    Inventories::with(())
        .given(given.clone())
        .when(hold(2, nights(10, 12), 1))
        .then_expect_error(not_free(10, 12, 14));
    // Nor can the second take over by lapsing the first and then both be consumed.
    let later = hold_at(2, nights(10, 12), 1, half_past());
    let mut state = Inventory::fold(&given);
    for event in state.decide(&later).unwrap() {
        state.evolve(&event);
    }
    assert_eq!(
        state.decide(&consume(1, noon())),
        Err(InventoryRefusal::HoldExpired)
    );
    assert!(state.decide(&consume(2, half_past())).is_ok());
}

#[test]
fn every_way_of_overlapping_is_refused_and_touching_is_not() {
    let given = || Inventories::with(()).given(vec![opened(1), held(1, nights(10, 15), 1)]);
    for (from, until, first) in [
        (10, 15, 10),
        (8, 11, 10),
        (14, 18, 14),
        (11, 13, 11),
        (8, 20, 10),
        (10, 11, 10),
    ] {
        given()
            .when(hold(2, nights(from, until), 1))
            .then_expect_error(not_free(first, 15, 15 + until - from));
    }
    for (from, until) in [(8, 10), (15, 18)] {
        let span = nights(from, until);
        let events = given().when(hold(2, span, 1)).inspect_result().unwrap();
        assert_eq!(events.len(), 1, "a day of departure is a day of arrival");
    }
}

#[test]
fn units_of_one_request_are_summed_before_they_are_checked() {
    Inventories::with(())
        .given(vec![opened(3), held(1, nights(10, 12), 2)])
        .when(hold(2, nights(10, 12), 2))
        .then_expect_error(not_free(10, 12, 14));
    Inventories::with(())
        .given(vec![opened(3), held(1, nights(10, 12), 2)])
        .when(hold(2, nights(10, 12), 1))
        .then_expect_events(vec![held(2, nights(10, 12), 1)]);
}

#[test]
fn a_stay_is_no_nights_nor_too_many_nor_past_nor_too_far_ahead() {
    let too_long = Span::new(june(1), NaiveDate::from_ymd_opt(2028, 6, 1).unwrap());
    let far = NaiveDate::from_ymd_opt(2036, 6, 1).unwrap();
    let may = NaiveDate::from_ymd_opt(2026, 5, 31).unwrap();
    for (span, refusal) in [
        (nights(10, 10), InventoryRefusal::NoNights),
        (nights(10, 9), InventoryRefusal::NoNights),
        (too_long, InventoryRefusal::TooManyNights(731)),
        (Span::new(may, june(3)), InventoryRefusal::Past(june(1))),
        (
            Span::new(far, far.succ_opt().unwrap()),
            InventoryRefusal::TooFarAhead(far),
        ),
    ] {
        let given = Inventories::with(()).given(vec![opened(1)]);
        given.when(hold(1, span, 1)).then_expect_error(refusal);
    }
    let ever = hold(1, Span::new(NaiveDate::MIN, NaiveDate::MAX), 1);
    let refused = Inventory::fold(&[opened(1)]).decide(&ever).unwrap_err();
    assert_eq!(refused.code(), "too_many_nights");
}

#[test]
fn a_lapsed_hold_counts_as_free_from_its_deadline_on_before_any_timer_ran() {
    let given = || Inventories::with(()).given(vec![opened(1), held(1, nights(10, 12), 1)]);
    let just_before = half_past() - chrono::TimeDelta::microseconds(1);
    given()
        .when(hold_at(2, nights(10, 12), 1, just_before))
        .then_expect_error(not_free(10, 12, 14));
    let events = given()
        .when(hold_at(2, nights(10, 12), 1, half_past()))
        .inspect_result()
        .unwrap();
    assert_eq!(events[0], released(1, nights(10, 12), 1, false));
    assert!(matches!(&events[1], InventoryEvent::Held(e) if e.hold == booking(2)));
}

#[test]
fn a_lapsed_hold_that_is_in_nobodys_way_stays() {
    let given = vec![opened(2), held(1, nights(10, 12), 1)];
    let later = half_past();
    let events = Inventories::with(())
        .given(given)
        .when(hold_at(2, nights(10, 12), 1, later));
    assert_eq!(events.inspect_result().unwrap().len(), 1);
}

#[test]
fn an_expired_hold_cannot_be_consumed_nor_extended() {
    let given = || Inventories::with(()).given(vec![opened(1), held(1, nights(10, 12), 1)]);
    let just_before = half_past() - chrono::TimeDelta::seconds(1);
    given()
        .when(consume(1, just_before))
        .then_expect_events(vec![consumed(1, nights(10, 12), 1)]);
    given()
        .when(consume(1, half_past()))
        .then_expect_error(InventoryRefusal::HoldExpired);
    given()
        .when(consume(2, noon()))
        .then_expect_error(InventoryRefusal::HoldExpired);
    let extend = |deadline, at| {
        InventoryCommand::Extend(ExtendHold {
            hold: booking(1),
            deadline: Some(deadline),
            at,
        })
    };
    let later = half_past() + chrono::TimeDelta::minutes(30);
    given()
        .when(extend(later, half_past()))
        .then_expect_error(InventoryRefusal::HoldExpired);
    given()
        .when(extend(noon(), noon()))
        .then_expect_error(InventoryRefusal::DeadlinePassed);
    given()
        .when(extend(half_past(), noon()))
        .then_expect_events(vec![]);
    let extended = InventoryHoldExtended {
        hold: booking(1),
        deadline: Some(later),
        low_water: june(1),
    };
    given()
        .when(extend(later, noon()))
        .then_expect_events(vec![InventoryEvent::HoldExtended(extended)]);
}

#[test]
fn a_late_claim_takes_the_nights_if_they_are_free_and_only_then() {
    let given = vec![opened(1), held(1, nights(10, 12), 1)];
    let events = Inventories::with(())
        .given(given.clone())
        .when(claim(1, nights(10, 12), half_past()))
        .inspect_result()
        .unwrap();
    assert!(matches!(&events[0], InventoryEvent::Held(e) if e.deadline.is_none()));
    assert_eq!(events[1], consumed(1, nights(10, 12), 1));
    let sold = vec![
        opened(1),
        held(1, nights(10, 12), 1),
        released(1, nights(10, 12), 1, false),
        held(2, nights(11, 12), 1),
        consumed(2, nights(11, 12), 1),
    ];
    Inventories::with(())
        .given(sold)
        .when(claim(1, nights(10, 12), half_past()))
        .then_expect_error(not_free(11, 12, 14));
    Inventories::with(())
        .given(given)
        .when(claim(1, nights(10, 12), at("2026-06-10T23:00:00Z")))
        .then_expect_error(InventoryRefusal::Past(june(11)));
}

#[test]
fn what_is_released_can_be_held_again_whether_held_or_taken() {
    let span = nights(10, 12);
    let held_once = vec![opened(1), held(1, span, 1)];
    Inventories::with(())
        .given(held_once.clone())
        .when(release(1, span, 1, false))
        .then_expect_events(vec![released(1, span, 1, false)]);
    let mut taken = held_once;
    taken.push(consumed(1, span, 1));
    Inventories::with(())
        .given(taken.clone())
        .when(release(1, span, 1, true))
        .then_expect_events(vec![released(1, span, 1, true)]);
    taken.push(released(1, span, 1, true));
    Inventories::with(())
        .given(taken)
        .when(hold(2, span, 1))
        .then_expect_events(vec![held(2, span, 1)]);
    Inventories::with(())
        .given(vec![opened(1)])
        .when(release(1, span, 1, false))
        .then_expect_events(vec![]);
}

#[test]
fn a_block_over_a_taken_night_is_refused_and_a_blocked_night_cannot_be_held() {
    let taken = vec![
        opened(2),
        held(1, nights(10, 12), 1),
        consumed(1, nights(10, 12), 1),
    ];
    Inventories::with(())
        .given(taken.clone())
        .when(block(1, nights(8, 11), None))
        .then_expect_error(not_free(10, 12, 15));
    Inventories::with(())
        .given(taken)
        .when(block(1, nights(8, 11), Some(1)))
        .then_expect_events(vec![blocked(1, nights(8, 11), Some(1))]);
    let closed = || Inventories::with(()).given(vec![opened(2), blocked(1, nights(10, 12), None)]);
    closed()
        .when(hold(2, nights(11, 13), 1))
        .then_expect_error(not_free(11, 12, 14));
    closed()
        .when(block(2, nights(11, 13), Some(1)))
        .then_expect_error(not_free(11, 12, 14));
    closed()
        .when(block(1, nights(10, 12), None))
        .then_expect_events(vec![]);
    closed()
        .when(block(1, nights(10, 13), None))
        .then_expect_error(InventoryRefusal::BlockExists);
}

#[test]
fn a_whole_block_closes_units_that_are_added_later() {
    let given = vec![opened(2), blocked(1, nights(10, 12), None)];
    let mut state = Inventory::fold(&given);
    for event in state.decide(&resize(5)).unwrap() {
        state.evolve(&event);
    }
    let refused = state.decide(&hold(1, nights(11, 12), 1));
    assert_eq!(refused, Err(not_free(11, 12, 13)));
    assert_eq!(
        state.stock().unwrap().free(nights(11, 13), noon()),
        [(june(11), 0), (june(12), 5)]
    );
}

#[test]
fn dates_that_are_freed_can_be_held_and_an_unknown_block_is_named() {
    let unblock = |number| {
        InventoryCommand::Unblock(UnblockNights {
            block: block_id(number),
            by_platform: false,
            at: noon(),
        })
    };
    let given = vec![opened(1), blocked(1, nights(10, 12), None)];
    let freed = InventoryUnblocked {
        block: block_id(1),
        low_water: june(1),
    };
    Inventories::with(())
        .given(given.clone())
        .when(unblock(1))
        .then_expect_events(vec![InventoryEvent::Unblocked(freed)]);
    Inventories::with(())
        .given(given)
        .when(unblock(2))
        .then_expect_error(InventoryRefusal::BlockUnknown);
}

#[test]
fn units_are_not_lowered_below_what_is_held_taken_or_blocked() {
    let given = || {
        Inventories::with(()).given(vec![
            opened(5),
            held(1, nights(10, 12), 1),
            held(2, nights(11, 13), 1),
            consumed(2, nights(11, 13), 1),
            blocked(1, nights(11, 12), Some(1)),
        ])
    };
    given()
        .when(resize(2))
        .then_expect_error(InventoryRefusal::UnitsTaken(june(11)));
    let resized = InventoryResized {
        units: 3,
        low_water: june(1),
    };
    given()
        .when(resize(3))
        .then_expect_events(vec![InventoryEvent::Resized(resized)]);
    given().when(resize(5)).then_expect_events(vec![]);
    given()
        .when(resize(0))
        .then_expect_error(InventoryRefusal::UnitsOutOfRange(0));
}

#[test]
fn nothing_can_be_asked_of_an_inventory_that_was_never_opened() {
    for command in [hold(1, nights(10, 12), 1), resize(2), consume(1, noon())] {
        Inventories::with(())
            .given_no_previous_events()
            .when(command)
            .then_expect_error(InventoryRefusal::Unknown);
    }
}

#[test]
fn a_low_water_date_never_falls_and_what_is_past_is_forgotten() {
    let mut state = Inventory::fold(&[
        opened(1),
        held(1, nights(3, 5), 1),
        consumed(1, nights(3, 5), 1),
        blocked(1, nights(6, 7), None),
    ]);
    for command in [
        hold_at(2, nights(20, 21), 1, at("2026-06-10T12:00:00Z")),
        hold_at(3, nights(22, 23), 1, at("2026-06-09T12:00:00Z")),
    ] {
        for event in state.decide(&command).unwrap() {
            state.evolve(&event);
        }
    }
    let stock = state.stock().unwrap();
    assert_eq!(stock.low_water, june(10));
    assert!(stock.taken.is_empty() && stock.blocks.is_empty());
    assert_eq!(stock.holds.len(), 2);
    let past = hold_at(4, nights(9, 11), 1, at("2026-06-09T12:00:00Z"));
    assert_eq!(state.decide(&past), Err(InventoryRefusal::Past(june(10))));
}

#[test]
fn a_taken_listing_says_so_until_its_last_guest_has_left() {
    let state = Inventory::fold(&[
        opened(1),
        held(1, nights(3, 5), 1),
        consumed(1, nights(3, 5), 1),
    ]);
    let stock = state.stock().unwrap();
    assert!(stock.is_taken_from(at("2026-06-04T12:00:00Z")));
    assert!(!stock.is_taken_from(at("2026-06-05T12:00:00Z")));
    let held = Inventory::fold(&[opened(1), held(1, nights(3, 5), 1)]);
    assert!(held.stock().unwrap().is_taken_from(noon()));
    assert!(
        !held.stock().unwrap().is_taken_from(half_past()),
        "a lapsed hold is free"
    );
}

#[test]
fn fifty_thousand_bookings_leave_a_small_state() {
    let mut state = Inventory::fold(&[opened(40)]);
    let first = june(1);
    for number in 0..50_000_u64 {
        let day = first + chrono::Days::new(number / 40);
        let at = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
        let arrival = day + chrono::Days::new(30);
        let span = Span::new(arrival, arrival + chrono::Days::new(1));
        let id = u128::from(number);
        for command in [hold_at(id, span, 1, at), consume(id, at)] {
            for event in state.decide(&command).unwrap() {
                state.evolve(&event);
            }
        }
    }
    let stock = state.stock().unwrap();
    assert!(stock.holds.is_empty());
    assert!(
        stock.taken.len() <= 31,
        "{} nights are kept",
        stock.taken.len()
    );
    assert!(serde_json::to_string(&state).unwrap().len() < 1_000);
}

#[test]
fn a_refusal_says_who_has_to_act() {
    let refusal = InventoryRefusal::NotAvailable {
        night: june(10),
        next: None,
    };
    assert_eq!(refusal.code(), "not_available");
    assert_eq!(refusal.kind(), RefusalKind::Conflict);
    assert_eq!(refusal.pointer(), Some("/from"));
    assert_eq!(
        refusal.to_string(),
        "the night of 2026-06-10 is not free any more; choose other dates or fewer units"
    );
    assert_eq!(InventoryRefusal::NoNights.kind(), RefusalKind::Invalid);
}
