use chrono::{DateTime, Utc};
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{BookingId, RefundId, UserId};
use crate::laws;
use crate::money::{Currency, Money};

fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

fn of(amount: i64, currency: &str) -> Money {
    Money::new(amount, currency.parse().unwrap())
}

fn booking() -> BookingId {
    BookingId(Uuid::from_u128(1))
}

fn refund_id(number: u128) -> RefundId {
    RefundId(Uuid::from_u128(number))
}

fn create(amount: Money) -> PaymentCommand {
    let payer = Payer::User(UserId(Uuid::from_u128(2)));
    PaymentCommand::Create(CreatePayment {
        booking: booking(),
        payer,
        amount,
        at: noon(),
    })
}

fn succeed(reference: &str, amount: Money) -> PaymentCommand {
    let provider_reference = reference.to_owned();
    PaymentCommand::Succeed(SucceedPayment {
        provider_reference,
        amount,
        at: noon(),
    })
}

fn fail(attempt: &str) -> PaymentCommand {
    let provider_reference = Some(attempt.to_owned());
    let reason = "card_declined".to_owned();
    PaymentCommand::Fail(FailPayment {
        reason,
        provider_reference,
        at: noon(),
    })
}

fn cancel() -> PaymentCommand {
    PaymentCommand::Cancel(CancelPayment {
        reason: None,
        at: noon(),
    })
}

fn ask_back(number: u128, amount: Money) -> PaymentCommand {
    let (refund, reason) = (refund_id(number), "cancelled".to_owned());
    PaymentCommand::RequestRefund(RequestRefund {
        refund,
        amount,
        reason,
        at: noon(),
    })
}

fn gone_back(number: u128) -> PaymentCommand {
    let (refund, provider_reference) = (refund_id(number), "re_1".to_owned());
    PaymentCommand::RecordRefund(RecordRefund {
        refund,
        provider_reference,
        at: noon(),
    })
}

fn come_back(number: u128) -> PaymentCommand {
    let (refund, reason) = (refund_id(number), "account_closed".to_owned());
    PaymentCommand::FailRefund(FailRefund {
        refund,
        reason,
        at: noon(),
    })
}

/// All that follows from `commands`, each of which is accepted.
fn after(commands: &[PaymentCommand]) -> Vec<PaymentEvent> {
    let mut state = Payment::default();
    let mut history = Vec::new();
    for command in commands {
        for event in state.decide(command).unwrap() {
            state.evolve(&event);
            history.push(event);
        }
    }
    history
}

fn given(commands: &[PaymentCommand]) -> AggregateTestExecutor<Payment> {
    TestFramework::with(()).given(after(commands))
}

fn asked() -> PaymentCommand {
    create(euros(10_000))
}

fn captured() -> [PaymentCommand; 2] {
    [asked(), succeed("pi_1", euros(10_000))]
}

fn charge(commands: &[PaymentCommand]) -> Charge {
    Payment::fold(&after(commands)).charge().unwrap().clone()
}

#[test]
fn a_sum_is_asked_for_once_and_is_more_than_nothing() {
    let payments = || TestFramework::<Payment>::with(()).given_no_previous_events();
    let created = PaymentCreated {
        booking: booking(),
        payer: Payer::User(UserId(Uuid::from_u128(2))),
        amount: euros(10_000),
    };
    payments()
        .when(asked())
        .then_expect_events(vec![PaymentEvent::Created(created)]);
    for amount in [0, -1] {
        payments()
            .when(create(euros(amount)))
            .then_expect_error(PaymentRefusal::AmountNotPositive);
    }
    given(&[asked()]).when(asked()).then_expect_events(vec![]);
    given(&[asked()])
        .when(create(euros(1)))
        .then_expect_error(PaymentRefusal::AlreadyCreated);
}

#[test]
fn exactly_what_was_asked_for_is_captured() {
    let succeeded = PaymentSucceeded {
        booking: booking(),
        amount: euros(10_000),
        provider_reference: "pi_1".to_owned(),
    };
    given(&[asked()])
        .when(succeed("pi_1", euros(10_000)))
        .then_expect_events(vec![PaymentEvent::Succeeded(succeeded)]);
    let (asked_for, captured) = (euros(10_000), euros(9_999));
    given(&[asked()])
        .when(succeed("pi_1", captured))
        .then_expect_error(PaymentRefusal::AmountMismatch {
            asked: asked_for,
            captured,
        });
    given(&[asked()])
        .when(succeed("pi_1", of(10_000, "JPY")))
        .then_expect_error(PaymentRefusal::CurrencyMismatch(Currency::EUR));
}

#[test]
fn an_answer_that_comes_twice_changes_nothing() {
    given(&captured())
        .when(succeed("pi_1", euros(10_000)))
        .then_expect_events(vec![]);
    given(&[asked(), fail("at_1")])
        .when(fail("at_1"))
        .then_expect_events(vec![]);
    given(&[asked(), cancel()])
        .when(cancel())
        .then_expect_events(vec![]);
    let [create, capture] = captured();
    let back = [create, capture, ask_back(1, euros(100)), gone_back(1)];
    given(&back).when(gone_back(1)).then_expect_events(vec![]);
    given(&back)
        .when(ask_back(1, euros(100)))
        .then_expect_events(vec![]);
    given(&back[..3])
        .when(ask_back(1, euros(100)))
        .then_expect_events(vec![]);
}

#[test]
fn a_second_capture_is_refused_so_that_somebody_looks() {
    given(&captured())
        .when(succeed("pi_2", euros(10_000)))
        .then_expect_error(PaymentRefusal::AlreadySucceeded);
}

#[test]
fn a_failed_attempt_can_be_followed_by_another_and_by_success() {
    assert_eq!(
        given(&[asked(), fail("at_1")])
            .when(fail("at_2"))
            .inspect_result()
            .unwrap()
            .len(),
        1
    );
    let paid = charge(&[asked(), fail("at_1"), succeed("pi_1", euros(10_000))]);
    assert_eq!(paid.status.word(), "succeeded");
}

#[test]
fn success_is_final_and_an_old_failure_that_comes_late_changes_nothing() {
    given(&captured())
        .when(fail("at_1"))
        .then_expect_events(vec![]);
    given(&captured())
        .when(cancel())
        .then_expect_error(PaymentRefusal::Captured);
}

#[test]
fn money_that_moved_while_it_was_cancelled_is_recorded_and_can_go_back() {
    let crossed = [asked(), cancel(), succeed("pi_1", euros(10_000))];
    assert_eq!(charge(&crossed).remaining(), euros(10_000));
    given(&[asked(), cancel()])
        .when(fail("at_1"))
        .then_expect_events(vec![]);
}

#[test]
fn a_refund_before_the_capture_is_recorded_is_refused() {
    given(&[asked()])
        .when(ask_back(1, euros(1)))
        .then_expect_error(PaymentRefusal::NotCaptured);
    given(&[asked()])
        .when(gone_back(1))
        .then_expect_error(PaymentRefusal::RefundUnknown);
    given(&[asked()])
        .when(come_back(1))
        .then_expect_error(PaymentRefusal::RefundUnknown);
}

#[test]
fn a_refund_is_more_than_nothing_and_in_the_currency_of_the_capture() {
    given(&captured())
        .when(ask_back(1, euros(0)))
        .then_expect_error(PaymentRefusal::AmountNotPositive);
    given(&captured())
        .when(ask_back(1, of(1, "USD")))
        .then_expect_error(PaymentRefusal::CurrencyMismatch(Currency::EUR));
}

#[test]
fn what_is_on_its_way_back_counts_and_the_remainder_is_named() {
    let [create, capture] = captured();
    let two_pending = [
        create,
        capture,
        ask_back(1, euros(6_000)),
        ask_back(2, euros(3_000)),
        gone_back(1),
    ];
    let remaining = euros(1_000);
    let refusal = PaymentRefusal::RefundExceedsRemaining { remaining };
    given(&two_pending)
        .when(ask_back(3, euros(1_001)))
        .then_expect_error(refusal.clone());
    assert_eq!(refusal.to_string(), "only 10.00 EUR can still be refunded");
    assert!(
        given(&two_pending)
            .when(ask_back(3, remaining))
            .inspect_result()
            .is_ok()
    );
    let charge = charge(&two_pending);
    assert_eq!(
        (charge.refunded(), charge.pending()),
        (euros(6_000), euros(3_000))
    );
}

#[test]
fn a_refund_id_names_one_refund() {
    let [create, capture] = captured();
    given(&[create, capture, ask_back(1, euros(1))])
        .when(ask_back(1, euros(2)))
        .then_expect_error(PaymentRefusal::RefundIdReused);
}

#[test]
fn a_refund_that_fails_books_the_money_back_even_after_it_succeeded() {
    let [create, capture] = captured();
    let mut story = vec![create, capture, ask_back(1, euros(10_000))];
    assert_eq!(charge(&story).remaining(), euros(0));
    story.push(gone_back(1));
    story.push(come_back(1));
    assert_eq!(charge(&story).remaining(), euros(10_000));
    given(&story).when(come_back(1)).then_expect_events(vec![]);
    given(&story)
        .when(gone_back(1))
        .then_expect_error(PaymentRefusal::RefundFailed);
    assert!(
        given(&story)
            .when(ask_back(2, euros(10_000)))
            .inspect_result()
            .is_ok()
    );
}

#[test]
fn three_thirds_are_the_whole_in_every_currency_and_a_fourth_is_refused() {
    for (whole, currency) in [
        (10_000, "JPY"),
        (10_000, "EUR"),
        (100_000, "TND"),
        (1, "JPY"),
    ] {
        let whole = of(whole, currency);
        let thirds = whole.split(&[1, 1, 1]);
        let mut story = vec![create(whole), succeed("pi_1", whole)];
        for (number, third) in (1..).zip(thirds.iter().filter(|third| third.amount > 0)) {
            story.push(ask_back(number, *third));
            story.push(gone_back(number));
        }
        let charge = charge(&story);
        assert_eq!(
            (charge.refunded(), charge.remaining().amount),
            (whole, 0),
            "{whole}"
        );
        let remaining = of(0, currency);
        given(&story)
            .when(ask_back(9, of(1, currency)))
            .then_expect_error(PaymentRefusal::RefundExceedsRemaining { remaining });
    }
}

#[test]
fn references_and_reasons_are_fit_to_be_kept() {
    let refused = Payment::fold(&after(&[asked()])).decide(&succeed("pi\0", euros(10_000)));
    let refusal = refused.unwrap_err();
    assert_eq!(refusal.code(), "text_control_character");
    assert_eq!(refusal.pointer(), Some("/provider_reference"));
    assert_eq!(refusal.kind(), RefusalKind::Invalid);
}

#[test]
fn nothing_can_be_asked_of_a_payment_that_was_never_made() {
    for command in [
        succeed("pi_1", euros(1)),
        fail("at_1"),
        cancel(),
        ask_back(1, euros(1)),
    ] {
        TestFramework::<Payment>::with(())
            .given_no_previous_events()
            .when(command)
            .then_expect_error(PaymentRefusal::Unknown);
    }
}

fn command() -> impl Strategy<Value = PaymentCommand> {
    let amount = || prop_oneof![3 => 0..12_000_i64, 1 => any::<i64>()];
    let number = || 1..5_u128;
    prop_oneof![
        1 => amount().prop_map(|amount| create(euros(amount))),
        2 => Just(succeed("pi_1", euros(10_000))),
        1 => (1..3_u8).prop_map(|attempt| fail(&format!("at_{attempt}"))),
        1 => Just(cancel()),
        4 => (number(), amount()).prop_map(|(number, amount)| ask_back(number, euros(amount))),
        3 => number().prop_map(gone_back),
        2 => number().prop_map(come_back),
    ]
}

proptest! {
    #[test]
    fn whatever_comes_in_whatever_order_no_more_goes_back_than_came_in(
        commands in prop::collection::vec(command(), 1..40),
        seed: u64,
    ) {
        let commands: Vec<_> = std::iter::once(asked()).chain(commands).collect();
        let mut state = Payment::default();
        for command in &commands {
            for event in state.decide(command).unwrap_or_default() {
                state.evolve(&event);
            }
            let charge = state.charge().unwrap();
            let gone = charge.refunded().plus(charge.pending()).unwrap();
            prop_assert!(gone.amount <= charge.captured().amount);
            prop_assert_eq!(charge.remaining(), charge.captured().minus(gone).unwrap());
        }
        let _: Payment = laws::obey(&commands, seed);
    }

    #[test]
    fn parts_add_up_to_the_whole_and_none_is_off_by_a_unit(
        amount: i64,
        weights in prop::collection::vec(any::<u64>(), 1..12),
    ) {
        let parts = euros(amount).split(&weights);
        let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        prop_assume!(sum > 0);
        let whole: i128 = parts.iter().map(|part| i128::from(part.amount)).sum();
        prop_assert_eq!(whole, i128::from(amount));
        for (part, weight) in parts.iter().zip(&weights) {
            let exact = u128::from(amount.unsigned_abs()) * u128::from(*weight) / sum;
            prop_assert!(u128::from(part.amount.unsigned_abs()).abs_diff(exact) <= 1);
        }
    }
}
