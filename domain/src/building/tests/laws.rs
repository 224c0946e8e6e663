use proptest::prelude::*;

use super::*;
use crate::laws;
use crate::text;

fn lot() -> impl Strategy<Value = Lot> {
    let label = prop::sample::select(vec!["1", "A1", "a1", "", "x\0"]);
    let kind = prop::sample::select(vec![LotKind::Flat, LotKind::Parking, LotKind::Cellar]);
    let section = prop::sample::select(vec![None, Some("a"), Some("P"), Some("Z")]);
    (
        label,
        kind,
        section,
        prop::option::of(-3_i16..8),
        any::<u32>(),
    )
        .prop_map(|(label, kind, section, floor, number)| Lot {
            label: label.to_owned(),
            kind,
            section: section.map(str::to_owned),
            floor,
            surface_dm2: (number % 2 == 0).then_some(number / 16),
            shares: BTreeMap::from([("general".to_owned(), number / 2)]),
        })
}

fn command() -> impl Strategy<Value = BuildingCommand> {
    let whole = lot().prop_map(|lot| LotChange {
        label: Some(lot.label),
        kind: Some(lot.kind),
        section: lot.section,
        floor: lot.floor,
        surface_dm2: lot.surface_dm2,
        shares: None,
    });
    let some = prop::sample::select(vec![None, Some(vec![]), Some(sections())]);
    prop_oneof![
        4 => Just(BuildingCommand::Register(register())),
        9 => (1_u128..5, lot()).prop_map(|(number, lot)| add(number, lot)),
        9 => (1_u128..5, whole).prop_map(|(number, lot)| change_lot(number, lot)),
        3 => (1_u128..5).prop_map(remove),
        3 => some.prop_map(|sections| change(ChangeBuilding {
            sections,
            ..ChangeBuilding::default()
        })),
        1 => Just(delete()),
    ]
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 0..40),
        seed in any::<u64>(),
    ) {
        let building: Building = laws::obey(&commands, seed);
        let Some(standing) = building.standing() else { return Ok(()) };
        for (id, lot) in &standing.lots {
            prop_assert!(check::lot(lot, &standing.sections).is_ok(), "{:?}", lot);
            let twins = standing.lots.iter().filter(|(other_id, other)| {
                *other_id != id
                    && other.kind == lot.kind
                    && text::folded(&other.label) == text::folded(&lot.label)
            });
            prop_assert_eq!(twins.count(), 0);
        }
    }
}
