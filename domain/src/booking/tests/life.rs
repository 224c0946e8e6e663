//! What becomes of a booking.

use super::*;
use crate::inventory::ReleaseNights;

fn given(events: Vec<BookingEvent>) -> cqrs_es::test::AggregateTestExecutor<Booking> {
    Bookings::with(()).given(events)
}

fn over(word: &'static str) -> BookingRefusal {
    BookingRefusal::Over(word)
}

fn paid() -> Money {
    euros(30_000)
}

fn arrival() -> DateTime<Utc> {
    at("2026-07-10T08:00:00Z")
}

fn cancelled() -> BookingEvent {
    let booking = Booking::fold(&[instantly(), confirmed()]);
    booking
        .decide(&cancel(Canceller::Host, paid(), later()))
        .unwrap()
        .remove(0)
}

#[test]
fn a_host_accepts_and_only_then_it_is_confirmed() {
    given(vec![requested()])
        .when(accept())
        .then_expect_events(vec![accepted()]);
    given(vec![requested()])
        .when(confirm(1, paid(), later()))
        .then_expect_error(BookingRefusal::NotAccepted);
    given(vec![requested(), accepted()])
        .when(confirm(1, paid(), later()))
        .then_expect_events(vec![confirmed()]);
    given(vec![instantly()])
        .when(confirm(1, paid(), later()))
        .then_expect_events(vec![confirmed()]);
}

#[test]
fn saying_the_same_twice_is_no_error() {
    given(vec![requested(), accepted()])
        .when(accept())
        .then_expect_events(vec![]);
    given(vec![requested(), declined()])
        .when(decline())
        .then_expect_events(vec![]);
    given(vec![instantly(), confirmed()])
        .when(confirm(1, paid(), later()))
        .then_expect_events(vec![]);
    given(vec![instantly(), confirmed(), cancelled()])
        .when(cancel(Canceller::Guest, paid(), later()))
        .then_expect_events(vec![]);
    given(vec![instantly(), confirmed(), completed()])
        .when(complete(arrival()))
        .then_expect_events(vec![]);
    given(vec![requested(), expired()])
        .when(expire(deadline()))
        .then_expect_events(vec![]);
}

#[test]
fn a_host_declines_before_accepting_and_not_after() {
    given(vec![requested()])
        .when(decline())
        .then_expect_events(vec![declined()]);
    given(vec![requested(), accepted()])
        .when(decline())
        .then_expect_error(BookingRefusal::AlreadyAccepted);
    given(vec![requested(), declined()])
        .when(accept())
        .then_expect_error(over("declined"));
}

#[test]
fn a_host_cannot_accept_what_has_lapsed() {
    let late = |at| {
        BookingCommand::Accept(AcceptBooking {
            deadline: Some(at + TimeDelta::hours(1)),
            at,
        })
    };
    given(vec![requested()])
        .when(late(deadline()))
        .then_expect_error(BookingRefusal::HoldExpired);
    let just_before = deadline() - TimeDelta::seconds(1);
    assert!(
        given(vec![requested()])
            .when(late(just_before))
            .inspect_result()
            .is_ok()
    );
}

#[test]
fn a_confirmation_needs_exactly_the_total() {
    let unpaid = BookingCommand::Confirm(ConfirmBooking {
        paid: None,
        at: later(),
    });
    given(vec![instantly()])
        .when(unpaid.clone())
        .then_expect_error(BookingRefusal::PaymentMissing { total: paid() });
    for amount in [29_999, 30_001] {
        given(vec![instantly()])
            .when(confirm(1, euros(amount), later()))
            .then_expect_error(BookingRefusal::PaidDiffers {
                total: paid(),
                paid: euros(amount),
            });
    }
    let at_check_out = RequestBooking {
        terms: PaymentTerms::AtCheckOut,
        instant: true,
        ..ask()
    };
    let unpaid_confirmed = BookingConfirmed {
        confirmed_at: later(),
        payment: None,
    };
    given(vec![requested_by(&at_check_out)])
        .when(unpaid.clone())
        .then_expect_events(vec![BookingEvent::Confirmed(unpaid_confirmed.clone())]);
    let mut free = RequestBooking {
        instant: true,
        ..ask()
    };
    free.stay.pricing.nightly_price = euros(0);
    given(vec![requested_by(&free)])
        .when(unpaid)
        .then_expect_events(vec![BookingEvent::Confirmed(unpaid_confirmed)]);
}

#[test]
fn a_second_payment_is_refused_so_that_it_is_refunded() {
    given(vec![instantly(), confirmed()])
        .when(confirm(2, paid(), later()))
        .then_expect_error(BookingRefusal::AlreadyPaid);
    given(vec![instantly(), confirmed()])
        .when(reinstate(2, later()))
        .then_expect_error(BookingRefusal::AlreadyPaid);
    given(vec![instantly(), confirmed()])
        .when(reinstate(1, later()))
        .then_expect_events(vec![]);
}

#[test]
fn it_expires_at_its_deadline_and_not_a_second_before() {
    given(vec![requested()])
        .when(expire(deadline()))
        .then_expect_events(vec![expired()]);
    given(vec![requested()])
        .when(expire(deadline() - TimeDelta::seconds(1)))
        .then_expect_error(BookingRefusal::NotYetDue);
    given(vec![instantly(), confirmed()])
        .when(expire(deadline()))
        .then_expect_error(BookingRefusal::NotPending("confirmed"));
    // An acceptance gave it another deadline.
    given(vec![requested(), accepted()])
        .when(expire(deadline()))
        .then_expect_error(BookingRefusal::NotYetDue);
}

#[test]
fn money_a_second_after_the_deadline_reinstates_or_is_refused_never_both() {
    let late = deadline() + TimeDelta::seconds(1);
    let reinstated = BookingEvent::Reinstated(BookingReinstated {
        payment: payment(1),
    });
    let confirmed_late = BookingEvent::Confirmed(BookingConfirmed {
        confirmed_at: late,
        payment: Some(payment(1)),
    });
    // The plain way is closed, whether a timer ran or not.
    given(vec![instantly()])
        .when(confirm(1, paid(), late))
        .then_expect_error(BookingRefusal::HoldExpired);
    given(vec![instantly(), expired()])
        .when(confirm(1, paid(), late))
        .then_expect_error(BookingRefusal::HoldExpired);
    // Claiming again is open; the inventory says in the same append if the nights are free.
    for history in [vec![instantly()], vec![instantly(), expired()]] {
        given(history)
            .when(reinstate(1, late))
            .then_expect_events(vec![reinstated.clone(), confirmed_late.clone()]);
    }
    let unpaid = |history| given(history).when(reinstate(1, late));
    unpaid(vec![requested(), expired()]).then_expect_error(BookingRefusal::NotAccepted);
    unpaid(vec![requested(), declined()]).then_expect_error(over("declined"));
    unpaid(vec![instantly(), confirmed(), cancelled()]).then_expect_error(over("cancelled"));
}

#[test]
fn money_in_time_confirms_on_the_late_path_as_well() {
    given(vec![instantly()])
        .when(reinstate(1, later()))
        .then_expect_events(vec![confirmed()]);
}

#[test]
fn a_stay_is_completed_from_the_hour_of_departure_on() {
    let given = || given(vec![instantly(), confirmed()]);
    // Three nights from 10 July; they leave on the 13th at 11:00 in Lisbon.
    let leave = at("2026-07-13T10:00:00Z");
    for early in [at("2026-07-09T23:00:00Z"), leave - TimeDelta::seconds(1)] {
        let refusal = BookingRefusal::NotLeftYet(leave);
        given().when(complete(early)).then_expect_error(refusal);
    }
    assert_eq!(
        BookingRefusal::NotLeftYet(leave).to_string(),
        "the guests leave at 2026-07-13T10:00:00Z; before that the stay is not completed"
    );
    given()
        .when(complete(leave))
        .then_expect_events(vec![completed()]);
}

#[test]
fn what_was_brought_in_may_have_ended_before_the_last_night() {
    let brought_in = |at| {
        BookingCommand::Complete(CompleteBooking {
            at,
            brought_in: true,
        })
    };
    let given = || given(vec![instantly(), confirmed()]);
    given()
        .when(brought_in(at("2026-07-09T23:00:00Z")))
        .then_expect_events(vec![completed()]);
    given()
        .when(brought_in(at("2026-07-09T22:59:59Z")))
        .then_expect_error(BookingRefusal::NotArrivedYet(date("2026-07-10")));
}

#[test]
fn guests_can_have_failed_to_come_from_the_day_of_arrival_on() {
    let eve = at("2026-07-09T22:59:59Z");
    let given = || given(vec![instantly(), confirmed()]);
    let early = BookingRefusal::NotArrivedYet(date("2026-07-10"));
    given().when(complete(eve)).then_expect_error(early.clone());
    given().when(no_show(eve)).then_expect_error(early);
    // Midnight in Lisbon, an hour before it is in UTC.
    let midnight = at("2026-07-09T23:00:00Z");
    let never_came = BookingEvent::NoShowRecorded(BookingNoShowRecorded {});
    given()
        .when(no_show(midnight))
        .then_expect_events(vec![never_came]);
}

#[test]
fn at_an_agreed_price_a_no_show_may_be_known_before() {
    let policy = CancellationPolicy::Flexible;
    let price = Price::Agreed {
        nightly_price: euros(10_000),
        policy,
    };
    let agreed = requested_by(&RequestBooking {
        price,
        instant: true,
        ..ask()
    });
    given(vec![agreed, confirmed()])
        .when(no_show(later()))
        .then_expect_events(vec![BookingEvent::NoShowRecorded(BookingNoShowRecorded {})]);
}

#[test]
fn only_a_confirmed_booking_is_completed_or_missed() {
    for (history, word) in [
        (vec![requested()], "pending"),
        (vec![requested(), declined()], "declined"),
        (vec![requested(), expired()], "expired"),
        (vec![instantly(), confirmed(), cancelled()], "cancelled"),
    ] {
        let refusal = BookingRefusal::NotConfirmed(word);
        given(history.clone())
            .when(complete(arrival()))
            .then_expect_error(refusal.clone());
        given(history)
            .when(no_show(arrival()))
            .then_expect_error(refusal);
    }
}

#[test]
fn what_has_ended_is_not_cancelled() {
    for (history, word) in [
        (vec![requested(), declined()], "declined"),
        (vec![requested(), expired()], "expired"),
        (vec![instantly(), confirmed(), completed()], "completed"),
    ] {
        given(history)
            .when(cancel(Canceller::Guest, paid(), later()))
            .then_expect_error(over(word));
    }
}

#[test]
fn an_imported_booking_is_adopted_once_while_it_goes_on() {
    let adopt = || BookingCommand::Adopt(AdoptBooking { at: later() });
    let adopted = BookingEvent::Adopted(BookingAdopted {});
    given(vec![instantly()])
        .when(adopt())
        .then_expect_events(vec![adopted.clone()]);
    given(vec![instantly(), adopted])
        .when(adopt())
        .then_expect_events(vec![]);
    given(vec![requested(), declined()])
        .when(adopt())
        .then_expect_error(over("declined"));
}

#[test]
fn nothing_can_be_asked_of_a_booking_that_was_never_made() {
    for command in [
        accept(),
        decline(),
        confirm(1, paid(), later()),
        expire(deadline()),
    ] {
        Bookings::with(())
            .given_no_previous_events()
            .when(command)
            .then_expect_error(BookingRefusal::Unknown);
    }
}

#[test]
fn a_booking_lets_go_of_exactly_what_it_has() {
    let release = |history: &[BookingEvent]| {
        let booking = Booking::fold(history);
        booking
            .reservation()
            .unwrap()
            .release(booking_id(), later())
    };
    let expected = |consumed| ReleaseNights {
        hold: booking_id(),
        span: ask().span,
        units: 1,
        consumed,
        at: later(),
    };
    assert_eq!(release(&[requested()]), expected(false));
    assert_eq!(release(&[instantly(), confirmed()]), expected(true));
}
