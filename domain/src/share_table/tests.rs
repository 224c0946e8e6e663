use std::collections::BTreeMap;

use chrono::NaiveDate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::id::{BuildingId, LotId};

type Tables = TestFramework<ShareTable>;

fn lot(number: u128) -> LotId {
    LotId(Uuid::from_u128(number))
}

fn parts(parts: &[u32]) -> BTreeMap<LotId, u32> {
    (1..).map(lot).zip(parts.iter().copied()).collect()
}

fn close(total: u64, parts: BTreeMap<LotId, u32>) -> CloseShares {
    CloseShares {
        building: BuildingId(Uuid::from_u128(9)),
        key: "lift".to_owned(),
        from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
        total,
        parts,
    }
}

fn closed(c: &CloseShares) -> Vec<ShareTableEvent> {
    ShareTable::Absent
        .decide_on(&ShareTableCommand::Close(c.clone()))
        .unwrap()
}

fn refused(given: Vec<ShareTableEvent>, command: CloseShares, refusal: ShareTableRefusal) {
    Tables::with(())
        .given(given)
        .when(ShareTableCommand::Close(command))
        .then_expect_error(refusal);
}

#[test]
fn a_key_is_closed_when_its_shares_add_up() {
    let command = close(1_000, parts(&[120, 380, 500]));
    let events = closed(&command);
    assert_eq!(events.len(), 3);
    let state = events
        .iter()
        .fold(ShareTable::default(), |mut state, event| {
            crate::Aggregate::evolve(&mut state, event);
            state
        });
    assert_eq!(state.counting().unwrap().parts, command.parts);
}

#[test]
fn the_refusal_tells_the_sum_and_the_total() {
    let refusal = ShareTableRefusal::SumDiffers {
        sum: 999,
        total: 1_000,
    };
    let text = refusal.to_string();
    assert!(text.contains("999") && text.contains("1000"), "{text}");
    refused(vec![], close(1_000, parts(&[119, 380, 500])), refusal);
    let sum = ShareTableRefusal::SumDiffers { sum: 0, total: 7 };
    refused(vec![], close(7, BTreeMap::new()), sum);
}

#[test]
fn closing_the_same_twice_is_one_and_other_parts_need_another_day() {
    let command = close(1_000, parts(&[120, 380, 500]));
    let given = closed(&command);
    Tables::with(())
        .given(given.clone())
        .when(ShareTableCommand::Close(command.clone()))
        .then_expect_events(vec![]);
    let other = close(1_000, parts(&[500, 380, 120]));
    refused(
        given.clone(),
        other.clone(),
        ShareTableRefusal::Closed(command.from),
    );
    let withdrawn = [
        given,
        vec![ShareTableEvent::Withdrawn(ShareTableWithdrawn {})],
    ]
    .concat();
    Tables::with(())
        .given(withdrawn)
        .when(ShareTableCommand::Close(other.clone()))
        .then_expect_events(closed(&other));
}

#[test]
fn a_table_of_many_lots_is_written_in_several_events() {
    let many: BTreeMap<LotId, u32> = (1..=12_001).map(|n| (lot(n), 1)).collect();
    let events = closed(&close(12_001, many));
    let counts: Vec<usize> = events
        .iter()
        .filter_map(|event| match event {
            ShareTableEvent::PartsRecorded(some) => Some(some.parts.len()),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [5_000, 5_000, 2_001]);
}

#[test]
fn the_faults_of_a_closing_are_named() {
    refused(
        vec![],
        close(0, BTreeMap::new()),
        ShareTableRefusal::TotalOutOfRange,
    );
    let named = CloseShares {
        key: "The lift".to_owned(),
        ..close(1, parts(&[1]))
    };
    let refusal = ShareTable::Absent
        .decide_on(&ShareTableCommand::Close(named))
        .unwrap_err();
    assert_eq!(crate::Refusal::code(&refusal), "text_no_word");
}

fn amounts(amount: i64, of: &[u32]) -> Vec<i64> {
    split(amount, &parts(of)).into_values().collect()
}

/// By hand: 100.00 among 1/3 each is 33.33 and a cent over, for the first. 1,000 among 120, 380 and
/// 500 of 1,000 is exact. 10 among 1, 1, 4 of 6 is 1.67, 1.67, 6.67: 1, 1, 6 and two over, all with
/// the remainder 4 of 6, so the first two get them. 7 among 3, 2, 2 of 7 is exact. 5 among 2, 3, 4
/// of 9 is 1.11, 1.67, 2.22: 1, 1, 2 and one over, for the remainder 6 of 9.
#[test]
fn amounts_are_split_by_the_largest_remainder() {
    assert_eq!(amounts(10_000, &[1, 1, 1]), [3_334, 3_333, 3_333]);
    assert_eq!(amounts(1_000, &[120, 380, 500]), [120, 380, 500]);
    assert_eq!(amounts(10, &[1, 1, 4]), [2, 2, 6]);
    assert_eq!(amounts(7, &[3, 2, 2]), [3, 2, 2]);
    assert_eq!(amounts(5, &[2, 3, 4]), [1, 2, 2]);
    assert_eq!(amounts(-10_000, &[1, 1, 1]), [-3_334, -3_333, -3_333]);
    assert_eq!(amounts(1, &[0, 5]), [0, 1]);
    assert_eq!(amounts(0, &[3, 4]), [0, 0]);
    assert!(amounts(5, &[]).is_empty());
    assert!(amounts(5, &[0]).is_empty());
}

proptest! {
    #[test]
    fn the_parts_of_an_amount_add_up_and_none_is_a_unit_off(
        amount in any::<i64>(),
        of in prop::collection::vec(0_u32..1_000_000_000, 1..40),
    ) {
        let total: i128 = of.iter().map(|part| i128::from(*part)).sum();
        prop_assume!(total > 0);
        let shares = amounts(amount, &of);
        let sum: i128 = shares.iter().map(|share| i128::from(*share)).sum();
        prop_assert_eq!(sum, i128::from(amount));
        for (share, part) in shares.iter().zip(&of) {
            let off = (i128::from(*share) * total - i128::from(amount) * i128::from(*part)).abs();
            prop_assert!(off < total, "{} for {} of {}", share, part, total);
        }
    }
}
