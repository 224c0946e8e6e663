//! What a stay costs.

use super::*;
use crate::money::MoneyError;

fn with(change: impl FnOnce(&mut Pricing)) -> Pricing {
    let mut pricing = pricing();
    change(&mut pricing);
    pricing
}

/// So many nights from 1 July on.
fn nights(count: u64) -> Span {
    let from = date("2026-07-01");
    Span::new(from, from + chrono::Days::new(count))
}

fn sum_of_lines(quote: &Quote) -> i64 {
    let nights: i64 = quote.nights.iter().map(|line| line.amount).sum();
    nights + quote.discount.map_or(0, |line| line.amount) + quote.cleaning_fee + quote.service_fee
}

#[test]
fn each_night_is_a_line_of_its_own() {
    let quote = quote(&pricing(), nights(3), 2).unwrap();
    let dates: Vec<_> = quote
        .nights
        .iter()
        .map(|line| line.night.to_string())
        .collect();
    assert_eq!(dates, ["2026-07-01", "2026-07-02", "2026-07-03"]);
    assert!(
        quote.nights.iter().all(|line| line.amount == 20_000),
        "all units of a night"
    );
    assert_eq!(quote.total(), euros(60_000));
}

#[test]
fn the_service_fee_is_a_share_of_nights_and_cleaning_together() {
    let pricing = with(|p| {
        p.nightly_price = euros(20_000);
        p.cleaning_fee = euros(6_000);
        p.service_fee_basis_points = 1_400;
    });
    let quote = quote(&pricing, nights(2), 1).unwrap();
    assert_eq!((quote.service_fee, quote.total), (6_440, 52_440));
}

#[test]
fn a_fee_is_not_rounded_to_whole_units_of_money() {
    let pricing = with(|p| {
        p.nightly_price = euros(9_000);
        p.service_fee_basis_points = 1_500;
    });
    assert_eq!(quote(&pricing, nights(1), 1).unwrap().service_fee, 1_350);
}

#[test]
fn a_fixed_fee_comes_once_per_booking_and_cleaning_once_per_unit() {
    let pricing = with(|p| {
        p.cleaning_fee = euros(3_000);
        p.service_fee = euros(500);
    });
    let quote = quote(&pricing, nights(2), 3).unwrap();
    assert_eq!((quote.cleaning_fee, quote.service_fee), (9_000, 500));
    assert_eq!(quote.total, 60_000 + 9_000 + 500);
}

#[test]
fn the_monthly_discount_replaces_the_weekly_one() {
    let pricing = with(|p| {
        p.weekly_discount_basis_points = 1_000;
        p.monthly_discount_basis_points = 3_000;
    });
    let discount = |count| {
        let line = quote(&pricing, nights(count), 1).unwrap().discount;
        line.map(|line| (line.kind, line.amount))
    };
    assert_eq!(discount(6), None);
    assert_eq!(discount(7), Some((DiscountKind::Weekly, -7_000)));
    assert_eq!(discount(27), Some((DiscountKind::Weekly, -27_000)));
    assert_eq!(discount(28), Some((DiscountKind::Monthly, -84_000)));
}

#[test]
fn a_long_stay_without_a_monthly_discount_gets_no_weekly_one_instead() {
    let pricing = with(|p| p.weekly_discount_basis_points = 1_000);
    assert_eq!(quote(&pricing, nights(28), 1).unwrap().discount, None);
}

#[test]
fn a_discount_is_rounded_once_over_all_nights() {
    let pricing = with(|p| {
        p.nightly_price = euros(3_333);
        p.weekly_discount_basis_points = 3_333;
    });
    let quote = quote(&pricing, nights(7), 1).unwrap();
    // 233.31 at 33.33 % is 77.762…; seven times 11.11 would be 77.77.
    assert_eq!(quote.discount.unwrap().amount, -7_776);
    assert_eq!(quote.total, sum_of_lines(&quote));
}

#[test]
fn a_stay_over_a_change_of_the_clock_has_as_many_nights_as_the_calendar_says() {
    // The nights of 28 March and 24 October 2026 are an hour shorter and an hour longer.
    for (from, until) in [("2026-03-28", "2026-03-30"), ("2026-10-24", "2026-10-26")] {
        assert_eq!(
            quote(&pricing(), span(from, until), 1).unwrap().total,
            20_000
        );
    }
}

#[test]
fn sums_that_overflow_are_refused() {
    let dear = with(|p| p.nightly_price = euros(i64::MAX / 2));
    assert_eq!(quote(&dear, nights(3), 1), Err(MoneyError::Overflow));
    assert_eq!(quote(&dear, nights(1), 3), Err(MoneyError::Overflow));
    let fees = with(|p| p.service_fee = euros(i64::MAX));
    assert_eq!(quote(&fees, nights(1), 1), Err(MoneyError::Overflow));
    let asked = RequestBooking {
        stay: StayTerms {
            pricing: dear,
            ..stay()
        },
        ..ask()
    };
    Bookings::with(())
        .given_no_previous_events()
        .when(request(asked))
        .then_expect_error(BookingRefusal::Overflow);
}

#[test]
fn an_agreed_price_has_no_discount_and_no_fee() {
    let quote = nights_only(euros(4_550), nights(30), 2).unwrap();
    assert_eq!((quote.total, sum_of_lines(&quote)), (273_000, 273_000));
    assert_eq!(quote.discount, None);
}

#[test]
fn a_quote_without_a_booking_obeys_the_same_rules() {
    let three = span("2026-07-10", "2026-07-13");
    let quote = quote_stay(&stay(), three, 1, two(), noon()).unwrap();
    assert_eq!(quote.total(), euros(30_000));
    let closed = StayTerms {
        published: false,
        ..stay()
    };
    let refused = quote_stay(&closed, three, 1, two(), noon());
    assert_eq!(refused, Err(BookingRefusal::ListingClosed));
}
