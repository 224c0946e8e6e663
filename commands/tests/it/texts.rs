//! Texts are one when they say the same, whatever their code points.

use std::collections::{BTreeMap, BTreeSet};

use commands::user::NewUser;
use commands::{CommandError, Done};
use domain::building::{Building, ChangeBuilding, Lot, LotKind};
use domain::id::{BuildingId, LotId, UserId};
use domain::permission::Role;

use crate::house::{House, Person, building_of, id};

fn code(error: &CommandError) -> &str {
    error.code().unwrap_or_default()
}

async fn register(
    house: &House,
    manager: Person,
    line: &str,
) -> (BuildingId, Result<Done, CommandError>) {
    let (building, register) = (BuildingId(id()), building_of(manager, line));
    let context = house.as_user(manager);
    let commands = &house.commands;
    let done = commands.register_building(&context, building, &register);
    (building, done.await)
}

#[tokio::test]
async fn an_address_is_one_in_capitals_and_with_accents_of_either_form() {
    let (house, _) = House::in_memory();
    let manager = house.person("manager", Role::Manager).await;
    for (one, other) in [
        ("Hauptstraße 1", "HAUPTSTRASSE  1"),
        ("GROẞE GASSE 2", "grosse gasse 2"),
        ("Caf\u{e9} 3", "CAFE\u{301} 3"),
    ] {
        let (building, done) = register(&house, manager, one).await;
        done.unwrap();
        for taken in [one, other] {
            let (_, refused) = register(&house, manager, taken).await;
            assert_eq!(code(&refused.unwrap_err()), "address_taken", "{taken}");
        }
        // Free again in every spelling, once it stands elsewhere or is gone.
        let context = house.as_user(manager);
        let address = Some(building_of(manager, &format!("Weißgasse near {one}")).address);
        let change = ChangeBuilding {
            address,
            ..ChangeBuilding::default()
        };
        let commands = &house.commands;
        commands
            .change_building(&context, building, change)
            .await
            .unwrap();
        let (second, done) = register(&house, manager, other).await;
        done.unwrap();
        let context = house.as_user(manager);
        commands.delete_building(&context, second).await.unwrap();
        let (third, done) = register(&house, manager, one).await;
        done.unwrap();
        let context = house.as_user(manager);
        commands.delete_building(&context, third).await.unwrap();
    }
}

#[tokio::test]
async fn a_mailbox_is_one_user_however_its_accents_are_typed_and_no_other_letter_is_another() {
    let (house, _) = House::in_memory();
    let sign_up = async |email: &str| {
        let new = NewUser {
            user: UserId(id()),
            email: email.to_owned(),
            name: "N".to_owned(),
            roles: BTreeSet::from([Role::Member]),
            password_hash: None,
            password_temporary: false,
        };
        let done = house.commands.sign_up(&house.operator(), &new).await;
        done.map(|_| new.user)
    };
    let user = sign_up("Rene\u{301}@example.org").await.unwrap();
    for email in ["ren\u{e9}@example.org", "RENE\u{301}@example.org"] {
        let found = house.commands.user_by_email(email).await.unwrap();
        assert_eq!(found, Some(user), "{email}");
        let refused = sign_up(email).await.unwrap_err();
        assert_eq!(code(&refused), "email_taken", "{email}");
    }
    let one = sign_up("straße@example.org").await.unwrap();
    assert_ne!(sign_up("strasse@example.org").await.unwrap(), one);
}

#[tokio::test]
async fn a_label_has_single_spaces_when_it_is_made_and_when_it_is_changed() {
    let (house, _) = House::in_memory();
    let manager = house.person("manager", Role::Manager).await;
    let (building, done) = register(&house, manager, "Rua 1").await;
    done.unwrap();
    let lot = |label: &str| Lot {
        label: label.to_owned(),
        kind: LotKind::Flat,
        section: None,
        floor: None,
        surface_dm2: None,
        shares: BTreeMap::new(),
    };
    let add = async |label: &str| {
        let (context, lot_id) = (house.as_user(manager), LotId(id()));
        let added = house
            .commands
            .add_lot(&context, building, lot_id, lot(label));
        added.await.map(|_| lot_id)
    };
    let first = add(" B \u{a0} 1").await.unwrap();
    let second = add("B 2").await.unwrap();
    for label in ["B 1", "b\u{2003}1", "B  1"] {
        assert_eq!(
            code(&add(label).await.unwrap_err()),
            "lot_label_taken",
            "{label}"
        );
        let change = domain::building::LotChange {
            label: Some(label.to_owned()),
            ..domain::building::LotChange::default()
        };
        let context = house.as_user(manager);
        let changed = house
            .commands
            .change_lot(&context, building, second, change);
        assert_eq!(
            code(&changed.await.unwrap_err()),
            "lot_label_taken",
            "{label}"
        );
    }
    let (state, _) = house
        .commands
        .dispatch()
        .peek::<Building>(building)
        .await
        .unwrap();
    assert_eq!(state.standing().unwrap().lots[&first].label, "B 1");
    assert_eq!(code(&add("\u{3164}").await.unwrap_err()), "text_invisible");
    assert_eq!(
        code(&add("1\u{202e}2").await.unwrap_err()),
        "text_bidi_control"
    );
}
