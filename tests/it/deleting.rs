//! A building in use stays in the books.

use domain::permission::Role;
use futures::future::join;
use harness::{House, Person};
use serde_json::{Value, json};

/// A building of `who`, by a street that no other has.
async fn building(who: &Person, street: &str) -> String {
    let address = json!({"lines": [street], "city": "Lisboa", "country": "PT"});
    let body = json!({"name": "A house", "address": address});
    who.post("/buildings", &body).await.expect(201).id()
}

fn leak(building: &str) -> Value {
    json!({"building": building, "category": "water", "priority": "high",
        "title": "The ceiling drips", "details": "Since the night."})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_building_is_deleted_once_its_equipment_is_gone_and_its_incidents_are_over() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let tom = house.guest("tom").await;
    let id = building(&mia, "Rua do Ouro 1").await;
    let path = format!("/buildings/{id}");
    let lift = json!({"building": id, "name": "Lift", "category": "lift"});
    let lift = mia.post("/equipment", &lift).await.expect(201).id();
    let incident = tom.post("/incidents", &leak(&id)).await.expect(201).id();

    let refused = mia.delete(&path).await;
    refused.refused(409, "building_has_equipment");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(&lift), "{detail}");
    mia.delete(&format!("/equipment/{lift}")).await.expect(200);
    let refused = mia.delete(&path).await;
    refused.refused(409, "building_has_incidents");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(&incident), "{detail}");

    let incident = format!("/incidents/{incident}");
    mia.act(&format!("{incident}/start")).await.expect(200);
    let done = json!({"resolution": "A joint was replaced."});
    mia.post(&format!("{incident}/complete"), &done)
        .await
        .expect(200);
    // Its reporter has yet to agree.
    mia.delete(&path)
        .await
        .refused(409, "building_has_incidents");
    tom.act(&format!("{incident}/close")).await.expect(200);
    mia.delete(&path).await.expect(200);
    tom.post("/incidents", &leak(&id))
        .await
        .refused(422, "building_unknown");
    house.compare_all().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_building_is_deleted_or_something_is_reported_in_it_but_never_both() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let tom = house.guest("tom").await;
    for number in 0..12 {
        let id = building(&mia, &format!("Rua do Ouro {number}")).await;
        let (path, leak) = (format!("/buildings/{id}"), leak(&id));
        let (deleted, reported) = join(mia.delete(&path), tom.post("/incidents", &leak)).await;
        match (deleted.status, reported.status) {
            (200, 422) => mia.get(&path).await.refused(404, "building_unknown"),
            (409, 201) => deleted.refused(409, "building_has_incidents"),
            both => panic!("{both:?}: {} {}", deleted.text, reported.text),
        }
    }
    house.close().await;
}
