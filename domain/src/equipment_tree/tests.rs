use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::EquipmentId;
use crate::laws;

type Trees = TestFramework<EquipmentTree>;

fn piece(number: usize) -> EquipmentId {
    EquipmentId(Uuid::from_u128(number as u128))
}

fn place(number: usize, parent: Option<usize>) -> EquipmentTreeCommand {
    EquipmentTreeCommand::Place(PlaceEquipment {
        equipment: piece(number),
        parent: parent.map(piece),
    })
}

fn remove(number: usize) -> EquipmentTreeCommand {
    EquipmentTreeCommand::Remove(RemoveEquipment {
        equipment: piece(number),
    })
}

fn placed(number: usize, parent: Option<usize>) -> EquipmentTreeEvent {
    EquipmentTreeEvent::Placed(EquipmentTreePlaced {
        equipment: piece(number),
        parent: parent.map(piece),
    })
}

fn refused(given: Vec<EquipmentTreeEvent>, when: EquipmentTreeCommand, why: EquipmentTreeRefusal) {
    Trees::with(())
        .given(given)
        .when(when)
        .then_expect_error(why);
}

#[test]
fn a_piece_is_never_part_of_itself_or_of_its_own_parts() {
    let given = || vec![placed(1, None), placed(2, Some(1)), placed(3, Some(2))];
    let circle = EquipmentTreeRefusal::Circle;
    assert_eq!(circle.kind(), RefusalKind::Conflict);
    refused(given(), place(1, Some(1)), circle.clone());
    refused(given(), place(1, Some(2)), circle.clone());
    refused(given(), place(1, Some(3)), circle);
    refused(
        given(),
        place(4, Some(9)),
        EquipmentTreeRefusal::ParentUnknown,
    );
    Trees::with(())
        .given(given())
        .when(place(3, Some(1)))
        .then_expect_events(vec![placed(3, Some(1))]);
}

#[test]
fn a_tree_is_no_deeper_than_it_may_be_wherever_a_branch_is_put() {
    let chain =
        |from: usize, to: usize| (from..=to).map(move |n| placed(n, (n > from).then_some(n - 1)));
    let deepest: Vec<_> = chain(1, DEPTH_MAX).collect();
    let bottom = place(DEPTH_MAX + 1, Some(DEPTH_MAX));
    refused(deepest, bottom, EquipmentTreeRefusal::TooDeep);
    // A branch of five levels fits below five others, not below six.
    let two: Vec<_> = chain(1, 6).chain(chain(101, 105)).collect();
    refused(
        two.clone(),
        place(101, Some(6)),
        EquipmentTreeRefusal::TooDeep,
    );
    Trees::with(())
        .given(two)
        .when(place(101, Some(5)))
        .then_expect_events(vec![placed(101, Some(5))]);
}

#[test]
fn a_piece_with_parts_stays() {
    let given = vec![placed(1, None), placed(2, Some(1))];
    refused(given.clone(), remove(1), EquipmentTreeRefusal::HasParts(1));
    let gone = EquipmentTreeEvent::Removed(EquipmentTreeRemoved {
        equipment: piece(2),
    });
    Trees::with(())
        .given(given)
        .when(remove(2))
        .then_expect_events(vec![gone]);
    Trees::with(())
        .given_no_previous_events()
        .when(remove(2))
        .then_expect_events(vec![]);
}

fn command() -> impl Strategy<Value = EquipmentTreeCommand> {
    prop_oneof![
        6 => (1_usize..16, prop::option::of(1_usize..16)).prop_map(|(n, p)| place(n, p)),
        1 => (1_usize..16).prop_map(remove),
    ]
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_tree_has_no_circle_and_no_orphan(
        commands in prop::collection::vec(command(), 0..80),
        seed in any::<u64>(),
    ) {
        let tree: EquipmentTree = laws::obey(&commands, seed);
        for (piece, parent) in &tree.parents {
            let mut steps = 0;
            let mut at = *parent;
            while let Some(above) = at {
                prop_assert!(above != *piece, "a circle at {piece}");
                prop_assert!(tree.parents.contains_key(&above), "no {above} above {piece}");
                steps += 1;
                prop_assert!(steps < DEPTH_MAX, "{piece} is too deep");
                at = tree.parents[&above];
            }
        }
        prop_assert!(EquipmentTree::default().decide(&place(1, None)).is_ok());
    }
}
