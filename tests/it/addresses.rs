//! A building is one at its address, among those of one who manages it.

use domain::permission::Role;
use harness::House;
use serde_json::{Value, json};

fn house_at(street: &str) -> Value {
    json!({"name": "A house", "address": {"lines": [street], "city": "Lisboa", "country": "PT"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_taken_once_and_free_again_when_the_building_is_gone() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let max = house.holder_of(Role::Manager, "max").await;
    let first = mia
        .post("/buildings", &house_at("Rua do Ouro 1"))
        .await
        .expect(201)
        .id();
    let refused = mia.post("/buildings", &house_at("RUA  do ouro 1")).await;
    refused.refused(409, "address_taken");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(&first), "{detail}");
    // Another's buildings are another matter, and nothing is told of them.
    max.post("/buildings", &house_at("Rua do Ouro 1"))
        .await
        .expect(201);

    let second = mia
        .post("/buildings", &house_at("Rua do Ouro 2"))
        .await
        .expect(201)
        .id();
    let to_the_first = json!({"address": house_at("Rua do Ouro 1")["address"]});
    let second = format!("/buildings/{second}");
    mia.patch(&second, &to_the_first)
        .await
        .refused(409, "address_taken");
    let elsewhere = json!({"address": house_at("Rua da Prata 9")["address"]});
    mia.patch(&second, &elsewhere).await.expect(200);
    mia.post("/buildings", &house_at("Rua do Ouro 2"))
        .await
        .expect(201);
    mia.delete(&format!("/buildings/{first}")).await.expect(200);
    mia.patch(&second, &to_the_first).await.expect(200);
    mia.patch(
        &second,
        &json!({"address": house_at("rua do ouro 1")["address"]}),
    )
    .await
    .expect(200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_register_one_address_at_once_one_does() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let (mia, body) = (&mia, &house_at("Rua do Ouro 1"));
    let all = futures::future::join_all((0..8).map(|_| mia.post("/buildings", body))).await;
    let mut statuses: Vec<u16> = all.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    house.close().await;
}
