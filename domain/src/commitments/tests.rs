use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::laws;

fn booking(number: u128) -> BookingId {
    BookingId(Uuid::from_u128(number))
}

#[test]
fn a_booking_enters_once_and_leaves_once() {
    let mut bound = Commitments::default();
    let leave = CommitmentsCommand::Leave(booking(1));
    assert!(bound.decide(&leave).unwrap().is_empty());
    let enter = CommitmentsCommand::Enter(booking(1));
    for event in bound.decide(&enter).unwrap() {
        bound.evolve(&event);
    }
    assert_eq!(bound.bookings, [booking(1)].into());
    assert!(bound.decide(&enter).unwrap().is_empty());
    for event in bound.decide(&leave).unwrap() {
        bound.evolve(&event);
    }
    assert_eq!(bound, Commitments::default());
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold(
        asked in prop::collection::vec((any::<bool>(), 1_u128..5), 0..40),
        seed in any::<u64>(),
    ) {
        let command = |(enters, which)| if enters {
            CommitmentsCommand::Enter(booking(which))
        } else {
            CommitmentsCommand::Leave(booking(which))
        };
        let commands: Vec<_> = asked.into_iter().map(command).collect();
        let bound: Commitments = laws::obey(&commands, seed);
        prop_assert!(bound.bookings.len() <= 4);
    }
}
