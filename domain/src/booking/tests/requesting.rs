//! What may be asked for, and what is promised then.

use super::*;
use crate::aggregate::{Refusal, RefusalKind};
use crate::text::TextFault;

fn refused(ask: RequestBooking) -> BookingRefusal {
    Booking::default().decide(&request(ask)).unwrap_err()
}

fn promised(ask: &RequestBooking) -> BookingRequested {
    match requested_by(ask) {
        BookingEvent::Requested(e) => *e,
        other => panic!("{other:?}"),
    }
}

fn agreed(nightly_price: Money, policy: CancellationPolicy) -> RequestBooking {
    RequestBooking {
        price: Price::Agreed {
            nightly_price,
            policy,
        },
        deadline: None,
        instant: true,
        ..ask()
    }
}

#[test]
fn a_request_keeps_all_that_was_promised() {
    let promised = promised(&ask());
    assert_eq!(promised.quote.total(), euros(30_000));
    assert_eq!(promised.policy, CancellationPolicy::Flexible.terms());
    // Lisbon is an hour ahead of UTC in July.
    assert_eq!(promised.check_in_at, at("2026-07-10T14:00:00Z"));
    assert_eq!(promised.check_out_at, at("2026-07-13T10:00:00Z"));
    assert_eq!((promised.price, promised.host), (PriceKind::Quoted, host()));
}

#[test]
fn a_booking_is_asked_for_once() {
    Bookings::with(())
        .given(vec![requested()])
        .when(request(ask()))
        .then_expect_error(BookingRefusal::AlreadyRequested);
}

#[test]
fn a_listing_that_was_closed_or_repriced_since_the_quote_is_refused() {
    let closed = StayTerms {
        published: false,
        ..stay()
    };
    assert_eq!(
        refused(RequestBooking {
            stay: closed,
            ..ask()
        }),
        BookingRefusal::ListingClosed
    );
    let shown = Price::Quoted {
        expected: Some(euros(30_000)),
    };
    assert_eq!(
        promised(&RequestBooking {
            price: shown,
            ..ask()
        })
        .quote
        .total,
        30_000
    );
    let mut dearer = stay();
    dearer.pricing.nightly_price = euros(11_000);
    let asked = RequestBooking {
        price: shown,
        stay: dearer,
        ..ask()
    };
    assert_eq!(
        refused(asked),
        BookingRefusal::PriceChanged {
            total: euros(33_000)
        }
    );
}

#[test]
fn another_currency_than_the_listings_is_refused() {
    let shown = Price::Quoted {
        expected: Some(yen(30_000)),
    };
    let asked = RequestBooking {
        price: shown,
        ..ask()
    };
    assert_eq!(refused(asked).code(), "currency_mismatch");
    let asked = agreed(yen(30_000), CancellationPolicy::Flexible);
    let refusal = refused(asked);
    assert_eq!(refusal.code(), "currency_mismatch");
    assert_eq!(refusal.pointer(), Some("/price/nightly_price/currency"));
}

#[test]
fn an_arrival_is_today_at_the_earliest_where_the_listing_is() {
    // In Auckland it is 2 June already.
    let stay = StayTerms {
        zone: Tz::Pacific__Auckland,
        ..stay()
    };
    let from = |day| RequestBooking {
        stay: stay.clone(),
        span: span(day, "2026-06-04"),
        at: at("2026-06-01T12:30:00Z"),
        deadline: Some(at("2026-06-01T13:00:00Z")),
        ..ask()
    };
    assert_eq!(
        refused(from("2026-06-01")),
        BookingRefusal::Past(date("2026-06-02"))
    );
    assert_eq!(promised(&from("2026-06-02")).span.nights(), 2);
}

#[test]
fn a_departure_on_the_day_of_arrival_or_before_is_no_stay() {
    for until in ["2026-07-10", "2026-07-09"] {
        let asked = RequestBooking {
            span: span("2026-07-10", until),
            ..ask()
        };
        assert_eq!(refused(asked), BookingRefusal::NoNights);
    }
}

#[test]
fn the_longest_stay_has_730_nights_and_the_last_is_ten_years_ahead() {
    let nights = |from: &str, count| {
        let from = date(from);
        let span = Span::new(from, from + chrono::Days::new(count));
        RequestBooking { span, ..ask() }
    };
    assert_eq!(promised(&nights("2026-07-10", 730)).quote.nights.len(), 730);
    assert_eq!(
        refused(nights("2026-07-10", 731)),
        BookingRefusal::TooManyNights(731)
    );
    assert_eq!(promised(&nights("2036-05-31", 1)).span.nights(), 1);
    let last = date("2036-06-01");
    assert_eq!(
        refused(nights("2036-06-01", 1)),
        BookingRefusal::TooFarAhead(last)
    );
    let ever = RequestBooking {
        span: Span::new(NaiveDate::MIN, NaiveDate::MAX),
        ..ask()
    };
    assert_eq!(refused(ever).code(), "too_many_nights");
}

#[test]
fn a_stay_is_as_long_as_the_listing_wants() {
    let bounded = |min_nights, max_nights| {
        let stay = StayTerms {
            min_nights,
            max_nights,
            ..stay()
        };
        RequestBooking { stay, ..ask() }
    };
    assert_eq!(refused(bounded(4, 10)), BookingRefusal::BelowMinNights(4));
    assert_eq!(refused(bounded(1, 2)), BookingRefusal::AboveMaxNights(2));
    assert_eq!(promised(&bounded(3, 3)).span.nights(), 3);
}

#[test]
fn somebody_comes_but_no_more_than_fit_in() {
    let party = |adults, children, babies, units| {
        let guests = Guests {
            adults,
            children,
            babies,
        };
        RequestBooking {
            units,
            guests,
            ..ask()
        }
    };
    assert_eq!(refused(party(0, 0, 0, 1)), BookingRefusal::NoGuests);
    let crowd = BookingRefusal::TooManyGuests { guests: 3, room: 2 };
    assert_eq!(refused(party(2, 0, 1, 1)), crowd);
    assert_eq!(promised(&party(2, 1, 1, 2)).guests.count(), 4);
    let unlimited = StayTerms {
        max_guests: None,
        ..stay()
    };
    let crowd = Guests {
        adults: 55,
        children: u32::MAX,
        babies: u32::MAX,
    };
    let asked = RequestBooking {
        stay: unlimited,
        guests: crowd,
        ..ask()
    };
    assert_eq!(promised(&asked).guests.adults, 55);
    for units in [0, 10_001] {
        assert_eq!(
            refused(party(1, 0, 0, units)),
            BookingRefusal::UnitsOutOfRange(units)
        );
    }
}

#[test]
fn hosts_do_not_book_their_own_listings_unless_it_is_agreed() {
    let own = Party::User { user: host() };
    let asked = RequestBooking {
        party: own.clone(),
        ..ask()
    };
    assert_eq!(refused(asked), BookingRefusal::OwnListing);
    let asked = agreed(euros(1), CancellationPolicy::Flexible);
    assert_eq!(
        promised(&RequestBooking {
            party: own,
            ..asked
        })
        .price,
        PriceKind::Agreed
    );
}

#[test]
fn an_agreed_price_may_be_nothing_but_not_less() {
    let policy = CancellationPolicy::NonRefundable;
    let free = promised(&agreed(euros(0), policy));
    assert_eq!(
        (free.quote.total(), free.policy),
        (euros(0), policy.terms())
    );
    let negative = BookingRefusal::PriceNegative("/price/nightly_price/amount");
    assert_eq!(refused(agreed(euros(-638), policy)), negative);
}

#[test]
fn a_quoted_price_holds_until_a_deadline_that_is_to_come() {
    let until = |deadline| RequestBooking { deadline, ..ask() };
    assert_eq!(refused(until(None)), BookingRefusal::DeadlineMissing);
    assert_eq!(refused(until(Some(noon()))), BookingRefusal::DeadlinePassed);
}

#[test]
fn from_28_nights_on_the_rules_of_long_stays_hold_but_all_or_nothing_stays_so() {
    use CancellationPolicy as Policy;
    for (policy, until, expected) in [
        (Policy::Flexible, "2026-08-06", Policy::Flexible),
        (Policy::Flexible, "2026-08-07", Policy::LongStay),
        (Policy::NonRefundable, "2026-08-07", Policy::NonRefundable),
        (
            Policy::FullyRefundable,
            "2026-08-07",
            Policy::FullyRefundable,
        ),
    ] {
        let asked = RequestBooking {
            stay: StayTerms { policy, ..stay() },
            span: span("2026-07-10", until),
            ..ask()
        };
        assert_eq!(promised(&asked).policy.id, expected);
    }
}

#[test]
fn a_check_in_in_the_gap_of_a_clock_is_as_long_after_its_start() {
    // On 29 March 2026 Lisbon's clocks go from 01:00 to 02:00.
    let early = StayTerms {
        check_in: NaiveTime::from_hms_opt(1, 30, 0).unwrap(),
        ..stay()
    };
    let mut asked = RequestBooking {
        stay: early,
        ..ask()
    };
    asked.at = at("2026-03-01T12:00:00Z");
    asked.deadline = Some(at("2026-03-01T12:30:00Z"));
    asked.span = span("2026-03-29", "2026-03-31");
    let promised = promised(&asked);
    assert_eq!(promised.check_in_at, at("2026-03-29T01:30:00Z"));
    let local = promised.check_in_at.with_timezone(&promised.zone).time();
    assert_eq!(local.to_string(), "02:30:00");
}

#[test]
fn texts_that_cannot_be_kept_are_refused_with_their_pointer() {
    let fault = |ask| match refused(ask) {
        BookingRefusal::Text(fault) => (fault.pointer, fault.fault),
        other => panic!("{other:?}"),
    };
    let named = RequestBooking {
        party: contact("Ada\0"),
        ..ask()
    };
    assert_eq!(fault(named), ("/party/name", TextFault::Control));
    let source = Source {
        reference: Some("x".repeat(201)),
        ..Source::default()
    };
    let (pointer, found) = fault(RequestBooking { source, ..ask() });
    assert_eq!(
        (pointer, found.code()),
        ("/source/reference", "text_too_long")
    );
    let fine = RequestBooking {
        party: contact("Ada"),
        ..ask()
    };
    assert_eq!(promised(&fine).party.payer().id(), Uuid::from_u128(4));
}

#[test]
fn a_refusal_reads_as_a_sentence_and_says_who_has_to_act() {
    let refusal = BookingRefusal::PriceChanged {
        total: euros(33_000),
    };
    assert_eq!(
        refusal.to_string(),
        "the price has changed; it is 330.00 EUR now"
    );
    assert_eq!(
        (refusal.code(), refusal.kind()),
        ("price_changed", RefusalKind::Conflict)
    );
    assert_eq!(BookingRefusal::OwnListing.kind(), RefusalKind::Forbidden);
    assert_eq!(BookingRefusal::NoNights.pointer(), Some("/until"));
}
