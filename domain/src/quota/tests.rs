use proptest::prelude::*;

use super::*;
use crate::laws;

fn charge(bytes: u64) -> QuotaCommand {
    QuotaCommand::Charge { bytes, limit: 100 }
}

#[test]
fn files_fit_to_the_last_byte_and_no_further() {
    let mut quota = Quota::default();
    for event in quota.decide(&charge(100)).unwrap() {
        quota.evolve(&event);
    }
    assert_eq!((quota.bytes, quota.files), (100, 1));
    let refusal = quota.decide(&charge(1)).unwrap_err();
    let (used, limit) = (100, 100);
    assert_eq!(refusal, QuotaRefusal::Exceeded { used, limit });
    assert_eq!(refusal.code(), "quota_exceeded");
    for event in quota.decide(&QuotaCommand::Release { bytes: 100 }).unwrap() {
        quota.evolve(&event);
    }
    assert_eq!(quota, Quota::default());
}

#[test]
fn nothing_is_given_back_that_was_not_taken() {
    let refusal = Quota::default().decide(&QuotaCommand::Release { bytes: 0 });
    assert_eq!(refusal.unwrap_err().code(), "quota_nothing_taken");
    let widest = Quota { bytes: 1, files: 1 };
    assert!(widest.decide(&charge(u64::MAX)).is_err());
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold_and_the_limit_too(
        commands in prop::collection::vec(
            prop_oneof![
                (0_u64..60).prop_map(charge),
                (0_u64..60).prop_map(|bytes| QuotaCommand::Release { bytes }),
            ],
            0..40,
        ),
        seed in any::<u64>(),
    ) {
        let quota: Quota = laws::obey(&commands, seed);
        prop_assert!(quota.bytes <= 100);
    }
}
