//! Who owns and rents the lots of a building, and who may know.

use domain::permission::Role;
use harness::{Answer, House, Person};
use serde_json::{Value, json};

/// Registers a building of `who`, with one flat; answers the building and the flat as paths.
async fn flat_of(who: &Person, street: &str) -> (String, String) {
    let building = json!({"name": "The corner house", "address":
        {"lines": [street], "city": "Lisboa", "country": "PT"}});
    let building = who.post("/buildings", &building).await.expect(201).id();
    let lots = format!("/buildings/{building}/lots");
    let flat = json!({"label": "A-01", "kind": "flat"});
    let flat = who.post(&lots, &flat).await.expect(201).id();
    (format!("/buildings/{building}"), format!("{lots}/{flat}"))
}

fn tenant(name: &str, from: &str, until: Option<&str>) -> Value {
    let mut body = json!({"kind": "tenant", "name": name, "from": from});
    if let Some(until) = until {
        body["until"] = until.into();
    }
    body
}

fn owner(name: &str, from: &str, part: u32) -> Value {
    json!({"kind": "owner", "name": name, "from": from, "part": part})
}

fn names(answer: &Answer) -> Vec<&str> {
    let items = answer.items().iter();
    items.map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_moves_in_and_out_and_the_next_one_comes() {
    let house = House::open().await;
    let manager = house.holder_of(Role::Manager, "mia").await;
    let (building, flat) = flat_of(&manager, "Rua do Ouro 1").await;
    let here = format!("{flat}/occupants");

    let ann = manager
        .post(&here, &tenant("Ann", "2026-01-01", None))
        .await;
    let ann = ann.expect(201).id();
    let early = tenant("Bob", "2026-05-01", None);
    manager
        .post(&here, &early)
        .await
        .refused(409, "tenancy_overlaps");
    let again = tenant(" ANN ", "2026-02-01", None);
    manager
        .post(&here, &again)
        .await
        .refused(409, "occupant_twice");

    let leaving = json!({"until": "2026-05-01"});
    let out = format!("{here}/{ann}/move-out");
    manager.post(&out, &leaving).await.expect(200);
    manager.post(&out, &leaving).await.expect(200);
    let late = json!({"until": "2026-06-01"});
    manager.post(&out, &late).await.refused(409, "moved_out");
    let bob = manager.post(&here, &early).await.expect(201);

    let seen = manager.see(&here, bob.position()).await;
    assert_eq!(names(&seen), ["Ann", "Bob"]);
    let ann = &seen.items()[0];
    assert_eq!(
        (&ann["until"], &ann["label"]),
        (&json!("2026-05-01"), &json!("A-01"))
    );
    are_listed(&manager, &building, &here).await;
    are_told(&manager, &flat).await;
    house.compare_all().await;
    house.close().await;
}

/// Ann was there until May, and Bob is from then on.
async fn are_listed(manager: &Person, building: &str, here: &str) {
    for (day, there) in [
        ("2025-12-31", vec![]),
        ("2026-04-30", vec!["Ann"]),
        ("2026-05-01", vec!["Bob"]),
    ] {
        let of_lot = manager.get(&format!("{here}?at={day}")).await;
        assert_eq!(names(&of_lot), there, "{day}");
        let all = format!("{building}/occupants?at={day}&kind=tenant&label=a-");
        assert_eq!(names(&manager.get(&all).await), there, "{day}");
    }
    for nobody in ["kind=owner", "label=%25"] {
        let none = manager.get(&format!("{building}/occupants?{nobody}")).await;
        assert!(names(&none).is_empty(), "{nobody}");
    }
}

async fn are_told(manager: &Person, flat: &str) {
    let story = format!("{flat}/occupancy/history");
    let story = manager.get(&story).await.expect(200);
    let events = story.items().iter();
    let types: Vec<&str> = events
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "occupancy.moved_in",
            "occupancy.moved_out",
            "occupancy.moved_in"
        ]
    );
    let past = format!("{flat}/occupancy?at_version=1");
    let past = manager.get(&past).await.expect(200);
    assert_eq!(
        past.json["state"]["occupants"].as_object().unwrap().len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_share_a_lot_and_nobody_owns_more_than_there_is() {
    let house = House::open().await;
    let manager = house.holder_of(Role::Manager, "mia").await;
    let (_, flat) = flat_of(&manager, "Rua do Ouro 1").await;
    let here = format!("{flat}/occupants");
    let ann = owner("Ann", "2026-01-01", 600_000);
    let ann = manager.post(&here, &ann).await.expect(201).id();
    let much = owner("Bob", "2026-03-01", 400_001);
    manager
        .post(&here, &much)
        .await
        .refused(409, "parts_exceed");
    let bob = owner("Bob", "2026-03-01", 400_000);
    manager.post(&here, &bob).await.expect(201);

    let one = format!("{here}/{ann}");
    let more = json!({"part": 600_001});
    manager
        .patch(&one, &more)
        .await
        .refused(409, "parts_exceed");
    let less = json!({"part": 500_000, "email": "ann@example.org", "until": "2027-01-01"});
    let done = manager.patch(&one, &less).await.expect(200);
    let seen = manager.see(&one, done.position()).await.expect(200);
    assert_eq!(seen.json["part"], 500_000);
    assert_eq!(seen.json["until"], "2027-01-01");
    let both = json!({"until": "2027-01-01", "open_ended": true});
    manager
        .patch(&one, &both)
        .await
        .refused(422, "ambiguous_end");
    let open = json!({"open_ended": true});
    let done = manager.patch(&one, &open).await.expect(200);
    let seen = manager.see(&one, done.position()).await.expect(200);
    assert_eq!(seen.json["until"], Value::Null);

    // A lot in which somebody is stays, and it is told by its new label everywhere.
    manager.delete(&flat).await.refused(409, "lot_occupied");
    let done = manager
        .patch(&flat, &json!({"label": "B-02"}))
        .await
        .expect(200);
    let seen = manager.see(&one, done.position()).await.expect(200);
    assert_eq!(seen.json["label"], "B-02");
    let elsewhere = json!({"lot": "0190b8f0-0000-7000-8000-000000000012"});
    manager.patch(&one, &elsewhere).await.expect(422);
    house.compare_all().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sees_himself_a_manager_his_own_building_and_nobody_else_anything() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let max = house.holder_of(Role::Manager, "max").await;
    let (tom, eve) = (house.guest("tom").await, house.guest("eve").await);
    let (building, flat) = flat_of(&mia, "Rua do Ouro 1").await;
    let here = format!("{flat}/occupants");
    let mut body = tenant("Tom", "2026-01-01", None);
    body["user"] = tom.id.clone().into();
    let moved = mia.post(&here, &body).await.expect(201);
    let one = format!("{here}/{}", moved.id());
    body["user"] = "0190b8f0-0000-7000-8000-0000000000ff".into();
    mia.post(&here, &body).await.refused(422, "user_unknown");

    assert_eq!(
        mia.see(&one, moved.position()).await.expect(200).json["name"],
        "Tom"
    );
    tom.get(&one).await.expect(200);
    assert_eq!(names(&tom.get("/occupants").await), ["Tom"]);
    assert!(names(&eve.get("/occupants").await).is_empty());
    assert!(names(&eve.get(&format!("/occupants?user={}", tom.id)).await).is_empty());
    let admin = house.admin().await;
    assert_eq!(
        names(&admin.get(&format!("/occupants?user={}", tom.id)).await),
        ["Tom"]
    );

    foreign(&max, &eve, (&building, &flat, &one)).await;
    // He lives there, but says nothing about it.
    let correction = json!({"name": "T."});
    tom.patch(&one, &correction)
        .await
        .refused(404, "building_unknown");
    let all = format!("{building}/occupants");
    tom.get(&all).await.refused(404, "building_unknown");
    house.close().await;
}

async fn foreign(max: &Person, eve: &Person, (building, flat, one): (&str, &str, &str)) {
    for stranger in [max, eve] {
        stranger.get(one).await.refused(404, "occupant_unknown");
        for path in [
            format!("{flat}/occupants"),
            format!("{building}/occupants"),
            format!("{flat}/occupancy"),
        ] {
            stranger.get(&path).await.refused(404, "building_unknown");
        }
        let correction = json!({"name": "Mine"});
        let refused = stranger.patch(one, &correction).await;
        refused.refused(404, "building_unknown");
    }
    // Through another building there is no way to him.
    let (other, _) = flat_of(max, "Rua do Ouro 2").await;
    let lot = flat.rsplit('/').next().unwrap();
    let occupancy = format!("{other}/lots/{lot}/occupancy");
    max.get(&occupancy).await.refused(404, "occupancy_unknown");
    let through = format!("{other}/lots/{lot}/occupants");
    let moves = tenant("Max", "2026-01-01", None);
    max.post(&through, &moves).await.refused(404, "lot_unknown");
    assert!(names(&max.get(&through).await).is_empty());
}
