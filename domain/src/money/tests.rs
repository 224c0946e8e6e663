use proptest::prelude::*;

use super::*;

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

fn of(amount: i64, code: &str) -> Money {
    Money::new(amount, code.parse().unwrap())
}

#[test]
fn amounts_of_one_currency_add_up() {
    assert_eq!(eur(150).plus(eur(-50)), Ok(eur(100)));
    assert_eq!(eur(150).minus(eur(200)), Ok(eur(-50)));
    assert_eq!(eur(150).times(3), Ok(eur(450)));
    assert!(Money::zero(Currency::EUR).is_zero());
}

#[test]
fn two_currencies_do_not_add_up() {
    let usd = of(1, "USD");
    let mismatch = MoneyError::CurrencyMismatch(Currency::EUR, usd.currency);
    assert_eq!(eur(1).plus(usd), Err(mismatch.clone()));
    assert_eq!(eur(1).minus(usd), Err(mismatch));
}

#[test]
fn what_does_not_fit_is_refused_and_never_wrapped() {
    assert_eq!(eur(i64::MAX).plus(eur(1)), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MIN).minus(eur(1)), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MAX).times(2), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MIN).times(-1), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MAX).share(10_001), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MIN).share(u32::MAX), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MAX).share(10_000), Ok(eur(i64::MAX)));
    assert_eq!(eur(i64::MIN).share(10_000), Ok(eur(i64::MIN)));
}

#[test]
fn a_share_is_rounded_half_away_from_zero() {
    for (amount, basis_points, rounded) in [
        (1, 5_000, 1),
        (-1, 5_000, -1),
        (3, 5_000, 2),
        (-3, 5_000, -2),
        (1, 4_999, 0),
        (-1, 4_999, 0),
        (25, 1_000, 3),
        (24, 1_000, 2),
        (-25, 1_000, -3),
        (100, 3_333, 33),
        (0, 9_999, 0),
        (12_345, 0, 0),
    ] {
        assert_eq!(
            eur(amount).share(basis_points),
            Ok(eur(rounded)),
            "{basis_points} of {amount}"
        );
    }
}

#[test]
fn an_amount_is_written_with_the_decimals_of_its_currency() {
    for (money, text) in [
        (eur(12_550), "125.50 EUR"),
        (eur(-5), "-0.05 EUR"),
        (eur(0), "0.00 EUR"),
        (of(12_550, "JPY"), "12550 JPY"),
        (of(-1, "JPY"), "-1 JPY"),
        (of(12_550, "TND"), "12.550 TND"),
        (of(-7, "TND"), "-0.007 TND"),
        (eur(i64::MIN), "-92233720368547758.08 EUR"),
    ] {
        assert_eq!(money.to_string(), text);
    }
}

#[test]
fn every_known_currency_is_three_letters_and_listed_once() {
    let mut all = [TWO_DECIMALS, ZERO_DECIMALS, THREE_DECIMALS].concat();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    for code in all {
        assert!(
            code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()),
            "{code}"
        );
        assert_eq!(code.parse::<Currency>().unwrap().code(), code);
    }
    assert_eq!(of(1, "KRW").currency.decimals(), 0);
    assert_eq!(of(1, "KWD").currency.decimals(), 3);
}

#[test]
fn what_is_no_currency_is_refused_and_named_in_short() {
    for text in ["", "eur", "EURO", "XXX", "E\0R", "€€€"] {
        let unknown = MoneyError::UnknownCurrency(text.to_owned());
        assert_eq!(text.parse::<Currency>(), Err(unknown));
    }
    let endless = "é".repeat(1_000).parse::<Currency>();
    assert_eq!(endless, Err(MoneyError::UnknownCurrency("é".repeat(16))));
}

#[test]
fn money_is_an_integer_and_a_code_on_the_wire() {
    let json = r#"{"amount":12550,"currency":"EUR"}"#;
    assert_eq!(serde_json::to_string(&eur(12_550)).unwrap(), json);
    assert_eq!(serde_json::from_str::<Money>(json).unwrap(), eur(12_550));
    for wrong in [
        r#"{"amount":125.5,"currency":"EUR"}"#,
        r#"{"amount":"125","currency":"EUR"}"#,
        r#"{"amount":9223372036854775808,"currency":"EUR"}"#,
        r#"{"amount":1,"currency":"eur"}"#,
        r#"{"amount":1,"currency":"EUR","x":1}"#,
        r#"{"amount":1}"#,
    ] {
        assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #![proptest_config(crate::laws::config())]

    #[test]
    fn a_share_is_never_more_than_half_a_unit_off(amount in any::<i64>(), basis_points in 0_u32..=10_000) {
        let share = eur(amount).share(basis_points).unwrap().amount;
        let exact = i128::from(amount) * i128::from(basis_points);
        let off = (i128::from(share) * 10_000 - exact).abs();
        prop_assert!(off <= 5_000);
        // A tie goes away from zero.
        prop_assert!(off < 5_000 || i128::from(share).abs() * 10_000 > exact.abs());
    }

    #[test]
    fn what_is_added_can_be_taken_away(a in any::<i64>(), b in any::<i64>()) {
        match eur(a).plus(eur(b)) {
            Ok(sum) => prop_assert_eq!(sum.minus(eur(b)), Ok(eur(a))),
            Err(error) => {
                prop_assert_eq!(error, MoneyError::Overflow);
                prop_assert!(i64::try_from(i128::from(a) + i128::from(b)).is_err());
            }
        }
    }
}
