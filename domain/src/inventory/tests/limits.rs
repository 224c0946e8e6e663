//! What cannot be had: which nights instead, whose blocks stay, and how many requests wait.

use super::*;
use crate::id::UserId;

#[test]
fn a_refusal_names_the_next_nights_that_can_be_had() {
    let given = |span| {
        vec![
            opened(1),
            held(1, nights(10, 12), 1),
            consumed(1, nights(10, 12), 1),
            held(2, span, 1),
        ]
    };
    // A gap of one night is too short for two.
    Inventories::with(())
        .given(given(nights(13, 20)))
        .when(hold(3, nights(9, 11), 1))
        .then_expect_error(not_free(10, 20, 22));
    Inventories::with(())
        .given(given(nights(14, 20)))
        .when(hold(3, nights(9, 11), 1))
        .then_expect_error(not_free(10, 12, 14));
    // What has lapsed is not in the way.
    Inventories::with(())
        .given(given(nights(12, 20)))
        .when(hold_at(3, nights(9, 11), 1, half_past()))
        .then_expect_error(not_free(10, 12, 14));
    let refusal = not_free(10, 12, 14);
    assert_eq!(
        refusal.to_string(),
        "the night of 2026-06-10 is not free any more; the next stay of this length is free from \
         2026-06-12 until 2026-06-14"
    );
    assert_eq!(refusal.next_free(), Some(nights(12, 14)));
    // More units than there are can be had nowhere.
    let none = Inventory::fold(&[opened(1)]).decide(&hold(1, nights(10, 12), 2));
    assert_eq!(none.unwrap_err().next_free(), None);
    assert_eq!(InventoryRefusal::HoldExpired.kind(), RefusalKind::Gone);
}

#[test]
fn nights_of_a_booking_that_the_host_called_off_are_freed_by_the_platform_alone() {
    let cancelled = InventoryBlocked {
        block: block_id(1),
        span: nights(10, 12),
        units: Some(1),
        reason: None,
        cancelled: Some(booking(1)),
        low_water: june(1),
    };
    let given =
        || Inventories::with(()).given(vec![opened(1), InventoryEvent::Blocked(cancelled.clone())]);
    let free = |by_platform| {
        InventoryCommand::Unblock(UnblockNights {
            block: block_id(1),
            by_platform,
            at: noon(),
        })
    };
    given()
        .when(free(false))
        .then_expect_error(InventoryRefusal::BlockKept);
    assert_eq!(given().when(free(true)).inspect_result().unwrap().len(), 1);
}

#[test]
fn a_guest_keeps_a_few_requests_open_and_no_more() {
    let limited = |number, span, at| {
        InventoryCommand::Hold(HoldNights {
            hold: booking(number),
            guest: Some(GuestLimit {
                guest: UserId(Uuid::from_u128(7)),
                most: 2,
            }),
            span,
            units: 1,
            deadline: Some(at + chrono::TimeDelta::minutes(30)),
            at,
        })
    };
    let mut state = Inventory::fold(&[opened(4)]);
    let mut take = |command: &InventoryCommand| {
        let events = state.decide(command)?;
        for event in &events {
            state.evolve(event);
        }
        Ok::<_, InventoryRefusal>(events.len())
    };
    assert_eq!(take(&limited(1, nights(10, 12), noon())), Ok(1));
    assert_eq!(take(&limited(2, nights(20, 22), noon())), Ok(1));
    let third = limited(3, nights(10, 12), noon());
    assert_eq!(take(&third), Err(InventoryRefusal::TooManyRequests(2)));
    // The same again is none more, and others have requests of their own.
    assert_eq!(take(&limited(2, nights(20, 22), noon())), Ok(0));
    assert_eq!(take(&hold(4, nights(10, 12), 1)), Ok(1));
    // One that is paid, or that has lapsed, makes room.
    assert_eq!(take(&consume(1, noon())), Ok(1));
    assert_eq!(take(&third), Ok(1));
    let after = half_past();
    assert!(take(&limited(5, nights(10, 12), after)).is_ok());
}
