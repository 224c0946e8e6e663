mod laws;
mod lots;

use std::collections::BTreeMap;

use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{EquipmentId, IncidentId, ListingId, LotId, UserId};

type Buildings = TestFramework<Building>;

fn lot_id(number: u128) -> LotId {
    LotId(Uuid::from_u128(number))
}

fn address() -> Address {
    Address {
        lines: vec!["12 Rua das Flores".to_owned()],
        city: "Lisboa".to_owned(),
        postal_code: Some("1200-195".to_owned()),
        country: "PT".to_owned(),
        point: Some(Point {
            latitude_e7: 387_103_000,
            longitude_e7: -91_420_000,
        }),
    }
}

fn section(label: &str, kind: SectionKind, lowest_floor: i16, highest_floor: i16) -> Section {
    Section {
        label: label.to_owned(),
        kind,
        lowest_floor,
        highest_floor,
    }
}

fn sections() -> Vec<Section> {
    vec![
        section("A", SectionKind::Section, 0, 6),
        section("P", SectionKind::Parking, -2, -1),
    ]
}

fn register() -> RegisterBuilding {
    RegisterBuilding {
        owner: UserId(Uuid::from_u128(1)),
        name: "Casa das Flores".to_owned(),
        address: address(),
        time_zone: Some("Europe/Lisbon".to_owned()),
        sections: sections(),
        attributes: BTreeMap::from([("heating".to_owned(), "gas".to_owned())]),
    }
}

fn registered() -> BuildingEvent {
    let RegisterBuilding {
        owner,
        name,
        address,
        sections,
        attributes,
        ..
    } = register();
    let time_zone = Some(chrono_tz::Europe::Lisbon);
    let body = BuildingRegistered {
        owner,
        name,
        address,
        time_zone,
        sections,
        attributes,
    };
    BuildingEvent::Registered(body)
}

fn flat(label: &str) -> Lot {
    Lot {
        label: label.to_owned(),
        kind: LotKind::Flat,
        section: Some("a".to_owned()),
        floor: Some(3),
        surface_dm2: Some(6_250),
        shares: BTreeMap::from([("general".to_owned(), 120)]),
    }
}

fn add(number: u128, lot: Lot) -> BuildingCommand {
    BuildingCommand::AddLot(AddLot {
        lot_id: lot_id(number),
        lot,
    })
}

fn added(number: u128, lot: Lot) -> BuildingEvent {
    BuildingEvent::LotAdded(BuildingLotAdded {
        lot_id: lot_id(number),
        lot,
    })
}

fn change_lot(number: u128, change: LotChange) -> BuildingCommand {
    BuildingCommand::ChangeLot(ChangeLot {
        lot_id: lot_id(number),
        change,
    })
}

fn remove(number: u128) -> BuildingCommand {
    BuildingCommand::RemoveLot(RemoveLot {
        lot_id: lot_id(number),
    })
}

fn removed(number: u128) -> BuildingEvent {
    BuildingEvent::LotRemoved(BuildingLotRemoved {
        lot_id: lot_id(number),
    })
}

fn change(change: ChangeBuilding) -> BuildingCommand {
    BuildingCommand::Change(change)
}

fn delete() -> BuildingCommand {
    BuildingCommand::Delete(DeleteBuilding::default())
}

fn leads_to(given: Vec<BuildingEvent>, command: BuildingCommand, events: Vec<BuildingEvent>) {
    Buildings::with(())
        .given(given)
        .when(command)
        .then_expect_events(events);
}

fn refused(given: Vec<BuildingEvent>, command: BuildingCommand, refusal: BuildingRefusal) {
    assert!(!refusal.to_string().is_empty());
    Buildings::with(())
        .given(given)
        .when(command)
        .then_expect_error(refusal);
}

/// The code and the field of the refusal to register it so.
fn at_fault(command: RegisterBuilding) -> (&'static str, Option<&'static str>) {
    let refusal = Building::Absent
        .decide(&BuildingCommand::Register(command))
        .unwrap_err();
    (refusal.code(), refusal.pointer())
}

#[test]
fn a_building_is_registered_once() {
    leads_to(
        vec![],
        BuildingCommand::Register(register()),
        vec![registered()],
    );
    let again = BuildingCommand::Register(register());
    refused(vec![registered()], again, BuildingRefusal::Exists);
}

#[test]
fn each_fault_of_an_address_is_named_with_its_field() {
    let with = |address| {
        at_fault(RegisterBuilding {
            address,
            ..register()
        })
    };
    let none = Address {
        lines: vec![],
        ..address()
    };
    assert_eq!(with(none), ("address_lines", Some("/address/lines")));
    let six = Address {
        lines: vec!["x".to_owned(); ADDRESS_LINES_MAX + 1],
        ..address()
    };
    assert_eq!(with(six), ("address_lines", Some("/address/lines")));
    let blank = Address {
        city: " ".to_owned(),
        ..address()
    };
    assert_eq!(with(blank), ("text_blank", Some("/address/city")));
    for country in ["", "pt", "PRT", "XX", "PT "] {
        let wrong = Address {
            country: country.to_owned(),
            ..address()
        };
        assert_eq!(with(wrong), ("country_unknown", Some("/address/country")));
    }
    for (latitude_e7, longitude_e7) in [(900_000_001, 0), (0, -1_800_000_001), (i32::MIN, 0)] {
        let point = Some(Point {
            latitude_e7,
            longitude_e7,
        });
        let wrong = Address { point, ..address() };
        assert_eq!(with(wrong), ("point_out_of_range", Some("/address/point")));
    }
}

#[test]
fn each_fault_of_a_building_is_named_with_its_field() {
    let name = RegisterBuilding {
        name: "Casa\0".to_owned(),
        ..register()
    };
    assert_eq!(at_fault(name), ("text_control_character", Some("/name")));
    let zone = RegisterBuilding {
        time_zone: Some("Lisbon".to_owned()),
        ..register()
    };
    assert_eq!(at_fault(zone), ("time_zone_unknown", Some("/time_zone")));
    let key = BTreeMap::from([("Heating!".to_owned(), "gas".to_owned())]);
    let attributes = RegisterBuilding {
        attributes: key,
        ..register()
    };
    assert_eq!(at_fault(attributes), ("text_no_word", Some("/attributes")));
    let many = (0..=ATTRIBUTES_MAX)
        .map(|n| (format!("a{n}"), "x".to_owned()))
        .collect();
    let attributes = RegisterBuilding {
        attributes: many,
        ..register()
    };
    assert_eq!(at_fault(attributes), ("too_many", Some("/attributes")));
}

#[test]
fn sections_are_told_apart_and_no_higher_than_a_house() {
    let with = |sections| {
        at_fault(RegisterBuilding {
            sections,
            ..register()
        })
    };
    let twice = vec![
        sections()[0].clone(),
        section(" a ", SectionKind::Section, 0, 1),
    ];
    assert_eq!(with(twice).0, "section_twice");
    for (lowest, highest) in [(1, 0), (0, FLOOR_MAX + 1), (FLOOR_MIN - 1, 0)] {
        let floors = vec![section("A", SectionKind::Section, lowest, highest)];
        assert_eq!(with(floors).0, "floor_out_of_range");
    }
}

#[test]
fn only_what_differs_is_changed() {
    let command = change(ChangeBuilding {
        name: Some("Casa Nova".to_owned()),
        address: Some(address()),
        time_zone: Some("Europe/Lisbon".to_owned()),
        ..ChangeBuilding::default()
    });
    let name = Some("Casa Nova".to_owned());
    let told = BuildingEvent::Changed(BuildingChanged {
        name,
        ..BuildingChanged::default()
    });
    leads_to(vec![registered()], command.clone(), vec![told.clone()]);
    leads_to(vec![registered(), told], command, vec![]);
}

#[test]
fn a_section_with_lots_in_it_stays() {
    let without = ChangeBuilding {
        sections: Some(vec![]),
        ..ChangeBuilding::default()
    };
    let history = vec![registered(), added(1, flat("1"))];
    refused(
        history,
        change(without.clone()),
        BuildingRefusal::SectionInUse(lot_id(1)),
    );
    let emptied = BuildingChanged {
        sections: Some(vec![]),
        ..BuildingChanged::default()
    };
    leads_to(
        vec![registered()],
        change(without),
        vec![BuildingEvent::Changed(emptied)],
    );
}

#[test]
fn a_building_with_lots_is_not_deleted() {
    let history = vec![registered(), added(1, flat("1"))];
    refused(history.clone(), delete(), BuildingRefusal::HasLots(1));
    let deleted = BuildingEvent::Deleted(BuildingDeleted {});
    let empty = [history, vec![removed(1)]].concat();
    leads_to(empty.clone(), delete(), vec![deleted.clone()]);
    let gone = [empty, vec![deleted]].concat();
    leads_to(gone.clone(), delete(), vec![]);
    refused(gone.clone(), add(1, flat("1")), BuildingRefusal::Unknown);
    refused(
        gone,
        BuildingCommand::Register(register()),
        BuildingRefusal::Exists,
    );
    refused(vec![], delete(), BuildingRefusal::Unknown);
}

#[test]
fn a_building_in_which_equipment_stands_or_incidents_are_open_is_not_deleted() {
    let asked = |equipment: &[u128], incidents: &[u128]| {
        let ids = |numbers: &[u128]| -> Vec<Uuid> {
            numbers.iter().map(|n| Uuid::from_u128(*n)).collect()
        };
        BuildingCommand::Delete(DeleteBuilding {
            equipment: Kept::by(ids(equipment).into_iter().map(EquipmentId)),
            incidents: Kept::by(ids(incidents).into_iter().map(IncidentId)),
            listings: Kept::default(),
        })
    };
    let offered = BuildingCommand::Delete(DeleteBuilding {
        listings: Kept::by([ListingId(Uuid::from_u128(5))].into_iter()),
        ..DeleteBuilding::default()
    });
    let published = BuildingRefusal::HasListings {
        count: 1,
        first: ListingId(Uuid::from_u128(5)),
    };
    assert_eq!(
        (published.code(), published.kind()),
        ("building_has_listings", RefusalKind::Conflict)
    );
    refused(vec![registered()], offered, published);
    let stands = BuildingRefusal::HasEquipment {
        count: 2,
        first: EquipmentId(Uuid::from_u128(7)),
    };
    assert_eq!(
        (stands.code(), stands.kind()),
        ("building_has_equipment", RefusalKind::Conflict)
    );
    assert!(stands.to_string().contains(&Uuid::from_u128(7).to_string()));
    refused(vec![registered()], asked(&[7, 8], &[9]), stands);
    let open = BuildingRefusal::HasIncidents {
        count: 1,
        first: IncidentId(Uuid::from_u128(9)),
    };
    assert_eq!(
        (open.code(), open.kind()),
        ("building_has_incidents", RefusalKind::Conflict)
    );
    refused(vec![registered()], asked(&[], &[9]), open);
    let deleted = BuildingEvent::Deleted(BuildingDeleted {});
    leads_to(vec![registered()], asked(&[], &[]), vec![deleted.clone()]);
    // One that is gone is gone, whatever was left in it before that was looked at.
    leads_to(vec![registered(), deleted], asked(&[7], &[9]), vec![]);
}
