use super::*;

#[test]
fn lots_of_one_kind_are_told_apart_by_label_whatever_the_case() {
    let history = vec![registered(), added(1, flat("3a"))];
    refused(
        history.clone(),
        add(2, flat(" 3A ")),
        BuildingRefusal::LabelTaken(lot_id(1)),
    );
    refused(
        history.clone(),
        add(1, flat("4")),
        BuildingRefusal::LotExists,
    );
    let office = Lot {
        kind: LotKind::Office,
        ..flat("3A")
    };
    leads_to(
        history.clone(),
        add(2, office.clone()),
        vec![added(2, office.clone())],
    );
    let both = [history, vec![added(2, office)]].concat();
    let to_flat = LotChange {
        kind: Some(LotKind::Flat),
        ..LotChange::default()
    };
    refused(
        both,
        change_lot(2, to_flat),
        BuildingRefusal::LabelTaken(lot_id(1)),
    );
}

#[test]
fn a_label_is_free_again_once_its_lot_is_gone() {
    let history = vec![registered(), added(1, flat("1")), removed(1)];
    leads_to(
        history.clone(),
        add(2, flat("1")),
        vec![added(2, flat("1"))],
    );
    refused(history, remove(1), BuildingRefusal::LotUnknown);
}

#[test]
fn a_lot_lies_where_a_lot_can_lie() {
    let given = || vec![registered()];
    let nowhere = Lot {
        section: Some("Z".to_owned()),
        ..flat("1")
    };
    refused(
        given(),
        add(1, nowhere),
        BuildingRefusal::SectionUnknown("Z".to_owned()),
    );
    let in_car_park = Lot {
        section: Some("P".to_owned()),
        floor: Some(-1),
        ..flat("1")
    };
    refused(
        given(),
        add(1, in_car_park.clone()),
        BuildingRefusal::InhabitedParking,
    );
    let place = Lot {
        kind: LotKind::Parking,
        ..in_car_park
    };
    leads_to(given(), add(1, place.clone()), vec![added(1, place)]);
    let above = Lot {
        floor: Some(7),
        ..flat("1")
    };
    let outside = BuildingRefusal::FloorOutside {
        lowest: 0,
        highest: 6,
    };
    refused(given(), add(1, above), outside);
    let in_the_sky = Lot {
        section: None,
        floor: Some(FLOOR_MAX + 1),
        ..flat("1")
    };
    refused(
        given(),
        add(1, in_the_sky),
        BuildingRefusal::FloorOutOfRange,
    );
}

#[test]
fn a_lot_has_some_surface_and_no_absurd_share() {
    for surface in [0, SURFACE_DM2_MAX + 1] {
        let lot = Lot {
            surface_dm2: Some(surface),
            ..flat("1")
        };
        refused(
            vec![registered()],
            add(1, lot),
            BuildingRefusal::SurfaceOutOfRange,
        );
    }
    let share = |share| BTreeMap::from([("lift".to_owned(), share)]);
    let too_large = Lot {
        shares: share(SHARE_MAX + 1),
        ..flat("1")
    };
    refused(
        vec![registered()],
        add(1, too_large),
        BuildingRefusal::ShareOutOfRange,
    );
    let none = Lot {
        shares: share(0),
        ..flat("1")
    };
    leads_to(
        vec![registered()],
        add(1, none.clone()),
        vec![added(1, none)],
    );
}

#[test]
fn a_lot_is_changed_field_by_field() {
    let history = vec![registered(), added(1, flat("1"))];
    let change = LotChange {
        floor: Some(4),
        ..LotChange::default()
    };
    let body = BuildingLotChanged {
        lot_id: lot_id(1),
        change: change.clone(),
    };
    let changed = BuildingEvent::LotChanged(body);
    leads_to(
        history.clone(),
        change_lot(1, change.clone()),
        vec![changed.clone()],
    );
    let history = [history, vec![changed]].concat();
    leads_to(history.clone(), change_lot(1, change.clone()), vec![]);
    let building = Building::fold(&history);
    let lot = &building.standing().unwrap().lots[&lot_id(1)];
    assert_eq!(
        *lot,
        Lot {
            floor: Some(4),
            ..flat("1")
        }
    );
    refused(history, change_lot(2, change), BuildingRefusal::LotUnknown);
}
