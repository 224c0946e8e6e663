//! What goes back on a cancellation.

use super::*;
use CancellationPolicy as Policy;

/// Four nights at 101.01 from 10 July, cleaning for 50.01, the platform's fee of 20.00.
const NIGHT: i64 = 10_101;
const CLEANING: i64 = 5_001;
const SERVICE: i64 = 2_000;
const TOTAL: i64 = 4 * NIGHT + CLEANING + SERVICE;

fn asked(policy: Policy) -> RequestBooking {
    let mut asked = RequestBooking {
        stay: StayTerms { policy, ..stay() },
        span: span("2026-07-10", "2026-07-14"),
        instant: true,
        ..ask()
    };
    asked.stay.pricing.nightly_price = euros(NIGHT);
    asked.stay.pricing.cleaning_fee = euros(CLEANING);
    asked.stay.pricing.service_fee = euros(SERVICE);
    asked
}

/// The same, confirmed ten minutes after it was asked for.
fn made(asked: &RequestBooking) -> Reservation {
    let confirmed_at = asked.at + TimeDelta::minutes(10);
    let payment = Some(payment(1));
    let confirmed = BookingEvent::Confirmed(BookingConfirmed {
        confirmed_at,
        payment,
    });
    Booking::fold(&[requested_by(asked), confirmed])
        .reservation()
        .unwrap()
        .clone()
}

fn refund(policy: Policy, at: DateTime<Utc>) -> (Tier, i64) {
    let preview = made(&asked(policy))
        .refund_preview(Canceller::Guest, euros(TOTAL), at)
        .unwrap();
    assert_eq!(preview.kept.amount + preview.refunded.amount, TOTAL);
    (preview.tier, preview.refunded.amount)
}

/// So many calendar days before check-in, at its hour, and so many seconds later.
fn days_before(days: i64, seconds: i64) -> DateTime<Utc> {
    at("2026-07-10T14:00:00Z") - TimeDelta::days(days) + TimeDelta::seconds(seconds)
}

/// All until the boundary itself; a second later what is named.
fn expect_boundary(policy: Policy, days: i64, before: (Tier, i64), after: (Tier, i64)) {
    assert_eq!(
        refund(policy, days_before(days, -1)),
        before,
        "{policy:?} a second before"
    );
    assert_eq!(
        refund(policy, days_before(days, 0)),
        before,
        "{policy:?} in time"
    );
    assert_eq!(
        refund(policy, days_before(days, 1)),
        after,
        "{policy:?} a second after"
    );
}

const FULL: (Tier, i64) = (Tier::Full, TOTAL);
/// Half of each night, what cannot be halved to the guest, and the cleaning.
const HALF: (Tier, i64) = (Tier::Half, 4 * 5_051 + CLEANING);
const NO_NIGHT: (Tier, i64) = (Tier::NoNight, CLEANING);

#[test]
fn a_host_who_lets_guests_down_owes_more_the_later_it_is() {
    let history = [instantly(), confirmed()];
    let Booking::Made(made) = Booking::fold(&history) else {
        panic!("it was asked for")
    };
    let terms = crate::settings::HostCancellation::default();
    let fee = |by, at| made.host_fee(by, &terms, at).unwrap();
    // Check-in is on 10 July at 15:00 in Lisbon; a week before to the second is early.
    let week = at("2026-07-03T14:00:00Z");
    assert_eq!(fee(Canceller::Host, week), Some(euros(5_000)));
    let later = week + TimeDelta::seconds(1);
    assert_eq!(fee(Canceller::Host, later), Some(euros(10_000)));
    for by in [Canceller::Guest, Canceller::Admin] {
        assert_eq!(fee(by, later), None);
    }
    let Booking::Made(pending) = Booking::fold(&history[..1]) else {
        panic!("it was asked for")
    };
    assert!(
        !pending.is_let_down_by(Canceller::Host),
        "nobody relied on it"
    );
}

#[test]
fn flexible_gives_all_until_24_hours_before_and_keeps_one_night_then() {
    expect_boundary(
        Policy::Flexible,
        1,
        FULL,
        (Tier::NightKept, 3 * NIGHT + CLEANING),
    );
}

#[test]
fn flexible_keeps_the_nights_spent_and_one_more_after_check_in() {
    let refunded = |at| refund(Policy::Flexible, at).1;
    assert_eq!(
        refunded(days_before(0, 1)),
        3 * NIGHT,
        "a dwelling entered has to be cleaned"
    );
    assert_eq!(
        refunded(at("2026-07-10T22:59:59Z")),
        3 * NIGHT,
        "still the first evening"
    );
    assert_eq!(
        refunded(at("2026-07-10T23:00:00Z")),
        2 * NIGHT,
        "midnight in Lisbon"
    );
    assert_eq!(refunded(at("2026-07-12T12:00:00Z")), NIGHT);
    assert_eq!(refunded(at("2026-07-13T12:00:00Z")), 0);
    assert_eq!(refunded(at("2026-08-13T12:00:00Z")), 0);
}

#[test]
fn moderate_gives_all_until_5_days_before_and_half_of_the_rest_then() {
    let after = (Tier::NightAndHalfKept, 3 * 5_051 + CLEANING);
    expect_boundary(Policy::Moderate, 5, FULL, after);
    let second_day = refund(Policy::Moderate, at("2026-07-11T12:00:00Z"));
    assert_eq!(second_day, (Tier::NightAndHalfKept, 2 * 5_051));
}

#[test]
fn limited_gives_all_until_14_days_before_and_half_until_7() {
    expect_boundary(Policy::Limited, 14, FULL, HALF);
    expect_boundary(Policy::Limited, 7, HALF, NO_NIGHT);
}

#[test]
fn firm_gives_all_until_30_days_before_and_half_until_7() {
    expect_boundary(Policy::Firm, 30, FULL, HALF);
    expect_boundary(Policy::Firm, 7, HALF, NO_NIGHT);
}

#[test]
fn strict_gives_all_within_48_hours_of_booking_and_half_until_7_days_before() {
    let fresh = noon() + TimeDelta::hours(48);
    assert_eq!(refund(Policy::Strict, fresh), FULL);
    assert_eq!(refund(Policy::Strict, fresh + TimeDelta::seconds(1)), HALF);
    expect_boundary(Policy::Strict, 7, HALF, NO_NIGHT);
}

#[test]
fn strict_within_48_hours_but_less_than_14_days_before_gives_half() {
    let mut late = asked(Policy::Strict);
    late.at = at("2026-06-28T12:00:00Z");
    late.deadline = Some(at("2026-06-28T12:30:00Z"));
    let at = late.at + TimeDelta::hours(30);
    let preview = made(&late)
        .refund_preview(Canceller::Guest, euros(TOTAL), at)
        .unwrap();
    assert_eq!(preview.tier, Tier::Half);
}

#[test]
fn super_strict_gives_half_until_30_or_60_days_before_and_never_the_service_fee() {
    expect_boundary(Policy::SuperStrict30, 30, HALF, NO_NIGHT);
    let mut early = asked(Policy::SuperStrict60);
    early.at = at("2026-04-01T12:00:00Z");
    early.deadline = Some(at("2026-04-01T12:30:00Z"));
    let tier = |at| {
        let preview = made(&early)
            .refund_preview(Canceller::Guest, euros(TOTAL), at)
            .unwrap();
        (preview.tier, preview.refunded.amount)
    };
    assert_eq!(tier(days_before(60, 0)), HALF);
    assert_eq!(tier(days_before(60, 1)), NO_NIGHT);
}

#[test]
fn grace_gives_all_within_24_hours_of_confirmation_if_check_in_is_7_days_away() {
    let confirmed_at = noon() + TimeDelta::minutes(10);
    let end = confirmed_at + TimeDelta::hours(24);
    let grace = (Tier::Grace, TOTAL);
    for policy in [Policy::Moderate, Policy::Firm, Policy::SuperStrict30] {
        assert_eq!(refund(policy, end), grace);
        assert_ne!(refund(policy, end + TimeDelta::seconds(1)).0, Tier::Grace);
    }
    let mut late = asked(Policy::SuperStrict30);
    late.at = at("2026-07-03T13:00:00Z");
    late.deadline = Some(at("2026-07-03T13:30:00Z"));
    let tier = |at| {
        made(&late)
            .refund_preview(Canceller::Guest, euros(TOTAL), at)
            .unwrap()
            .tier
    };
    assert_eq!(tier(days_before(7, 0)), Tier::Grace);
    assert_eq!(tier(days_before(7, 1)), Tier::NoNight);
}

#[test]
fn a_long_stay_keeps_the_next_30_nights() {
    let mut long = asked(Policy::Flexible);
    long.span = span("2026-07-10", "2026-08-29");
    let total = 50 * NIGHT + CLEANING + SERVICE;
    let refunded = |at| {
        let preview = made(&long)
            .refund_preview(Canceller::Guest, euros(total), at)
            .unwrap();
        assert_eq!(preview.policy, Policy::LongStay.terms());
        (preview.tier, preview.refunded.amount)
    };
    assert_eq!(refunded(noon() + TimeDelta::hours(48)), (Tier::Full, total));
    let before = noon() + TimeDelta::hours(49);
    assert_eq!(refunded(before), (Tier::MonthKept, 20 * NIGHT + CLEANING));
    let fifth = at("2026-07-15T12:00:00Z");
    assert_eq!(
        refunded(fifth),
        (Tier::MonthKept, 15 * NIGHT),
        "5 spent and the next 30"
    );
    assert_eq!(refunded(at("2026-08-20T12:00:00Z")), (Tier::MonthKept, 0));
}

#[test]
fn all_or_nothing_is_kept_whole_or_goes_back_whole_at_any_time() {
    for at in [
        noon() + TimeDelta::minutes(11),
        days_before(0, 0),
        days_before(-2, 0),
    ] {
        assert_eq!(refund(Policy::NonRefundable, at), (Tier::Nothing, 0));
        assert_eq!(refund(Policy::FullyRefundable, at), FULL);
    }
}

#[test]
fn a_cancellation_30_days_after_arrival_does_not_earn_the_tier_of_30_days_before() {
    for policy in [Policy::Firm, Policy::Limited, Policy::SuperStrict30] {
        assert_eq!(refund(policy, days_before(-30, 0)), (Tier::NoNight, 0));
    }
    assert_eq!(refund(Policy::Flexible, days_before(-30, 0)).1, 0);
}

#[test]
fn a_boundary_across_a_change_of_the_clock_keeps_the_hour_of_check_in_of_the_listing() {
    // The guest sits in Tokyo, the house stands in New York: its clocks go forward on 8 March.
    let mut asked = asked(Policy::Moderate);
    asked.stay.zone = Tz::America__New_York;
    asked.at = at("2026-01-10T12:00:00Z");
    asked.deadline = Some(at("2026-01-10T12:30:00Z"));
    asked.span = span("2026-03-10", "2026-03-14");
    let made = made(&asked);
    assert_eq!(
        made.request.check_in_at,
        at("2026-03-10T19:00:00Z"),
        "15:00, UTC-4"
    );
    let tier = |at| {
        made.refund_preview(Canceller::Guest, euros(TOTAL), at)
            .unwrap()
            .tier
    };
    // 15:00 five days before is UTC-5: 119 hours before check-in, not 120.
    let boundary = at("2026-03-05T20:00:00Z");
    assert_eq!(made.request.check_in_at - boundary, TimeDelta::hours(119));
    assert_eq!(tier(boundary - TimeDelta::seconds(1)), Tier::Full);
    assert_eq!(tier(boundary), Tier::Full);
    assert_eq!(
        tier(boundary + TimeDelta::seconds(1)),
        Tier::NightAndHalfKept
    );
}

#[test]
fn a_boundary_across_the_clock_going_back_is_an_hour_longer() {
    let mut asked = asked(Policy::Limited);
    asked.stay.zone = Tz::Europe__Paris;
    asked.span = span("2026-10-28", "2026-11-01");
    let made = made(&asked);
    let tier = |at| {
        made.refund_preview(Canceller::Guest, euros(TOTAL), at)
            .unwrap()
            .tier
    };
    // 15:00 on 21 October is UTC+2, check-in is at UTC+1.
    let boundary = at("2026-10-21T13:00:00Z");
    assert_eq!(tier(boundary - TimeDelta::seconds(1)), Tier::Half);
    assert_eq!(tier(boundary), Tier::Half);
    assert_eq!(tier(boundary + TimeDelta::seconds(1)), Tier::NoNight);
}

#[test]
fn twenty_four_hours_are_hours_also_when_the_clock_changes_between() {
    let mut asked = asked(Policy::Flexible);
    asked.stay.zone = Tz::Europe__Paris;
    asked.span = span("2026-10-25", "2026-10-29");
    let made = made(&asked);
    assert_eq!(made.request.check_in_at, at("2026-10-25T14:00:00Z"));
    let tier = |at| {
        made.refund_preview(Canceller::Guest, euros(TOTAL), at)
            .unwrap()
            .tier
    };
    assert_eq!(tier(at("2026-10-24T13:59:59Z")), Tier::Full);
    assert_eq!(tier(at("2026-10-24T14:00:00Z")), Tier::Full);
    assert_eq!(tier(at("2026-10-24T14:00:01Z")), Tier::NightKept);
}

#[test]
fn a_host_or_the_platform_that_cancels_gives_everything_back_fees_included() {
    let made = made(&asked(Policy::NonRefundable));
    for by in [Canceller::Host, Canceller::Admin] {
        let preview = made
            .refund_preview(by, euros(TOTAL), days_before(0, 3_600))
            .unwrap();
        assert_eq!(
            (preview.tier, preview.refunded),
            (Tier::NotTheGuest, euros(TOTAL))
        );
    }
}

#[test]
fn the_basis_is_what_was_paid_and_not_the_price() {
    let made = made(&asked(Policy::Firm));
    let late = days_before(10, 0);
    let preview = |paid| {
        made.refund_preview(Canceller::Guest, euros(paid), late)
            .unwrap()
    };
    let nothing = preview(0);
    assert_eq!((nothing.kept, nothing.refunded), (euros(0), euros(0)));
    assert!(nothing.lines.is_empty());
    let part = preview(TOTAL / 2);
    assert_eq!(part.kept.amount + part.refunded.amount, TOTAL / 2);
    assert!(part.refunded.amount <= HALF.1 / 2 + 6);
    let twice = preview(2 * TOTAL);
    assert_eq!(
        twice.refunded.amount,
        HALF.1 + TOTAL,
        "what was paid beyond goes back"
    );
    assert_eq!(twice.lines.last().unwrap().part, RefundPart::Excess);
}

#[test]
fn a_discount_is_spread_over_the_nights_it_was_given_for() {
    let mut asked = asked(Policy::Flexible);
    asked.span = span("2026-07-10", "2026-07-17");
    asked.stay.pricing.weekly_discount_basis_points = 1_000;
    let made = made(&asked);
    let total = made.request.quote.total();
    let preview = made
        .refund_preview(Canceller::Guest, total, days_before(0, 0))
        .unwrap();
    // 707.07 less 70.71 is 636.36: six nights of 90.91 and one of 90.90.
    let nights: Vec<i64> = preview
        .lines
        .iter()
        .map(|line| line.kept + line.refunded)
        .collect();
    assert_eq!(nights[..7].iter().sum::<i64>(), 63_636);
    assert_eq!((nights[0], nights[6]), (9_091, 9_090));
    assert_eq!(preview.lines[0].kept, 9_091, "one night is kept");
}

#[test]
fn before_confirmation_everything_that_came_in_goes_back() {
    let booking = Booking::fold(&[instantly()]);
    let events = booking
        .decide(&cancel(Canceller::Guest, euros(30_000), later()))
        .unwrap();
    let [BookingEvent::Cancelled(e)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(
        (e.tier, e.refunded, e.was_confirmed),
        (Tier::Unconfirmed, euros(30_000), false)
    );
}

#[test]
fn a_cancellation_says_by_which_rule_and_which_instants() {
    let asked = asked(Policy::Firm);
    let booking = Booking::Made(Box::new(made(&asked)));
    let late = days_before(10, 0);
    let events = booking
        .decide(&cancel(Canceller::Guest, euros(TOTAL), late))
        .unwrap();
    let [BookingEvent::Cancelled(e)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((e.tier, e.policy), (Tier::Half, Policy::Firm.terms()));
    assert_eq!(
        (e.cancelled_at, e.check_in_at),
        (late, at("2026-07-10T14:00:00Z"))
    );
    assert_eq!((e.refunded, e.was_confirmed), (euros(HALF.1), true));
    let first = RefundPart::Night {
        night: date("2026-07-10"),
    };
    assert_eq!(
        e.lines[0],
        RefundLine {
            part: first,
            kept: 5_050,
            refunded: 5_051
        }
    );
    assert_eq!(e.lines.len(), 6);
}

#[test]
fn a_policy_that_changed_since_does_not_touch_a_booking() {
    let booking = made(&asked(Policy::Firm));
    assert_eq!(
        booking.request.policy,
        PolicyTerms {
            id: Policy::Firm,
            version: POLICY_VERSION
        }
    );
}

#[test]
fn an_amount_paid_in_another_currency_or_below_zero_is_refused() {
    let made = made(&asked(Policy::Firm));
    let refused = |paid| {
        made.refund_preview(Canceller::Guest, paid, noon())
            .unwrap_err()
    };
    let currency = Currency::EUR;
    assert_eq!(
        refused(yen(1)),
        BookingRefusal::CurrencyMismatch {
            pointer: "/paid",
            currency
        }
    );
    assert_eq!(refused(euros(-1)), BookingRefusal::PriceNegative("/paid"));
}
