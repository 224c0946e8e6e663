//! The shares of a building's lots: closed when they add up, and amounts split by them to the cent.

use domain::permission::Role;
use harness::{House, Person};
use serde_json::{Value, json};

async fn building(who: &Person, shares: &[(&str, u32)]) -> (String, Vec<String>) {
    let building = json!({"name": "The corner house", "address":
        {"lines": ["Rua do Ouro 1"], "city": "Lisboa", "country": "PT"}});
    let building = who.post("/buildings", &building).await.expect(201).id();
    let building = format!("/buildings/{building}");
    let mut lots = Vec::new();
    for (label, share) in shares {
        let lot = json!({"label": label, "kind": "flat", "shares": {"general": share}});
        let lots_of = format!("{building}/lots");
        lots.push(who.post(&lots_of, &lot).await.expect(201).id());
    }
    (building, lots)
}

fn closing(from: &str, total: i64) -> Value {
    json!({"key": "general", "from": from, "total": total})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_closed_when_it_adds_up_and_amounts_are_split_to_the_cent() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let (building, lots) = building(&mia, &[("1", 333), ("2", 333), ("3", 333)]).await;
    let shares = format!("{building}/shares");

    let refused = mia.post(&shares, &closing("2026-01-01", 1_000)).await;
    refused.refused(409, "shares_sum_differs");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(
        detail.contains("999") && detail.contains("1000"),
        "{detail}"
    );
    mia.post(&shares, &closing("2026-01-01", -999))
        .await
        .refused(422, "total_out_of_range");

    let done = mia
        .post(&shares, &closing("2026-01-01", 999))
        .await
        .expect(201);
    let table = format!("{shares}/{}", done.id());
    let parts = format!("{table}/parts?split=10000&currency=EUR");
    let seen = mia.see(&parts, done.position()).await.expect(200);
    let amounts = seen
        .items()
        .iter()
        .map(|item| item["amount"]["amount"].as_i64().unwrap());
    let amounts: Vec<i64> = amounts.collect();
    assert_eq!(amounts.iter().sum::<i64>(), 10_000);
    assert_eq!(amounts, [3_334, 3_333, 3_333]);
    mia.get(&format!("{table}/parts?split=5"))
        .await
        .refused(422, "split_incomplete");
    let first = mia
        .get(&format!("{table}/parts?limit=2&split=10000&currency=EUR"))
        .await;
    assert_eq!(first.items().len(), 2);
    assert_eq!(first.items()[0]["lot"], json!(lots[0]));

    another_counts_later(&mia, &building, &lots[2]).await;
    is_withdrawn(&mia, &table).await;
    house.compare_all().await;
    house.close().await;
}

/// The lots are worked on; the table stays as it was, until another counts from a later day on.
async fn another_counts_later(mia: &Person, building: &str, lot: &str) {
    let shares = format!("{building}/shares");
    let lot = format!("{building}/lots/{lot}");
    let more = json!({"shares": {"general": 334}});
    mia.patch(&lot, &more).await.expect(200);
    let again = mia.post(&shares, &closing("2026-01-01", 1_000)).await;
    again.refused(409, "shares_closed");
    let july = closing("2026-07-01", 1_000);
    let next = mia.post(&shares, &july).await.expect(201);
    mia.post(&shares, &july).await.expect(201);
    let of_june = format!("{shares}?key=general&status=counting&at=2026-06-30");
    let listed = mia.see(&of_june, next.position()).await.expect(200);
    assert_eq!(listed.items().len(), 1);
    assert_eq!(listed.items()[0]["total"], 999);
    assert!(
        mia.get(&format!("{shares}?key=lift"))
            .await
            .items()
            .is_empty()
    );
}

async fn is_withdrawn(mia: &Person, table: &str) {
    let done = mia.act(&format!("{table}/withdraw")).await.expect(200);
    let seen = mia.see(table, done.position()).await.expect(200);
    assert_eq!(seen.json["status"], "withdrawn");
    let past = mia.get(&format!("{table}?at_version=3")).await.expect(200);
    assert_eq!(past.json["state"]["status"], "counting");
    let story = mia.get(&format!("{table}/history")).await.expect(200);
    assert_eq!(story.items().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shares_of_a_foreign_building_are_nobodys_business() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let max = house.holder_of(Role::Manager, "max").await;
    let (theirs, _) = building(&mia, &[("1", 7)]).await;
    let shares = format!("{theirs}/shares");
    let table = mia
        .post(&shares, &closing("2026-01-01", 7))
        .await
        .expect(201)
        .id();
    for path in [
        &shares,
        &format!("{shares}/{table}"),
        &format!("{shares}/{table}/parts"),
    ] {
        max.get(path).await.refused(404, "building_unknown");
    }
    max.post(&shares, &closing("2026-02-01", 7))
        .await
        .refused(404, "building_unknown");
    let (ours, _) = building(&max, &[("1", 7)]).await;
    let through = format!("{ours}/shares/{table}");
    max.get(&through).await.refused(404, "share_table_unknown");
    max.act(&format!("{through}/withdraw"))
        .await
        .refused(404, "share_table_unknown");
    house.close().await;
}
