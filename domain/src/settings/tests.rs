use chrono::TimeDelta;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;

use super::*;
use crate::aggregate::{Aggregate, Refusal};
use crate::laws;
use crate::money::{Currency, Money};

type Platform = TestFramework<Settings>;

fn change(fee: u32) -> SettingsCommand {
    SettingsCommand::Change(SettingsChanged {
        service_fee_basis_points: Some(fee),
        ..SettingsChanged::default()
    })
}

fn changed(fee: u32) -> SettingsEvent {
    let SettingsCommand::Change(changed) = change(fee);
    SettingsEvent::Changed(changed)
}

#[test]
fn only_what_differs_is_told() {
    Platform::with(())
        .given(vec![])
        .when(change(1_400))
        .then_expect_events(vec![changed(1_400)]);
    Platform::with(())
        .given(vec![changed(1_400)])
        .when(change(1_400))
        .then_expect_events(vec![]);
    // The default is what holds before anything is said.
    Platform::with(())
        .given(vec![])
        .when(change(0))
        .then_expect_events(vec![]);
}

#[test]
fn what_makes_no_sense_is_refused_by_its_field() {
    let refusal = Settings::default().decide(&change(10_001)).unwrap_err();
    assert_eq!(refusal.pointer(), Some("/service_fee_basis_points"));
    assert!(Settings::default().decide(&change(10_000)).is_ok());
    let mut fees = HostCancellation::default();
    fees.shares.late = 10_001;
    let refused = |fees: &HostCancellation| {
        let change = SettingsChanged {
            host_cancellation: Some(fees.clone()),
            ..SettingsChanged::default()
        };
        let decided = Settings::default().decide(&SettingsCommand::Change(change));
        decided.unwrap_err().code()
    };
    assert_eq!(refused(&fees), "out_of_range");
    let mut fees = HostCancellation::default();
    fees.sums
        .insert(Currency::EUR, FeePair { early: -1, late: 0 });
    assert_eq!(refused(&fees), "price_negative");
}

#[test]
fn a_host_owes_a_sum_or_where_there_is_none_a_share() {
    let fees = HostCancellation::default();
    let euros = Money::new(32_500, Currency::EUR);
    assert_eq!(fees.fee(euros, true).unwrap().amount, 5_000);
    assert_eq!(fees.fee(euros, false).unwrap().amount, 10_000);
    let yen = Money::new(32_500, "JPY".parse().unwrap());
    assert_eq!(
        fees.fee(yen, true).unwrap(),
        Money {
            amount: 3_250,
            ..yen
        }
    );
    assert_eq!(
        fees.fee(yen, false).unwrap(),
        Money {
            amount: 6_500,
            ..yen
        }
    );
}

#[test]
fn nights_far_ahead_are_held_for_a_short_time() {
    let (settings, day) = (Settings::default(), TimeDelta::hours(24));
    assert_eq!(settings.hold(day, 364, true), day);
    assert_eq!(settings.hold(day, 365, true), TimeDelta::minutes(10));
    assert_eq!(settings.hold(day, 365, false), TimeDelta::hours(6));
    // A short hold is not made longer.
    let short = TimeDelta::minutes(5);
    assert_eq!(settings.hold(short, 3_000, true), short);
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold(
        fees in prop::collection::vec(0_u32..12_000, 0..20),
        seed in any::<u64>(),
    ) {
        let commands: Vec<_> = fees.into_iter().map(change).collect();
        let settings: Settings = laws::obey(&commands, seed);
        prop_assert!(settings.service_fee_basis_points <= 10_000);
    }
}
