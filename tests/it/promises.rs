//! What guests, hosts and the platform promise each other, and cannot slip out of.

use chrono::TimeDelta;
use domain::permission::Role;
use harness::{House, Person};
use serde_json::json;

async fn free(who: &Person, listing: &str) -> Vec<i64> {
    let path = format!("/listings/{listing}/availability?from=2027-06-09&until=2027-06-14");
    let nights = who.get(&path).await.expect(200).json;
    let nights = nights["items"].as_array().unwrap().iter();
    nights.map(|n| n["free"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_who_calls_a_stay_off_owes_a_fee_and_cannot_sell_the_nights_again() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let admin = house.admin().await;
    let listing = house.listing(&bea).await;
    let booking = &ann.booked(&listing, "2027-06-10", 3).await;
    let payment = &ann.pays(booking).await;
    let path = format!("/bookings/{booking}");
    let preview = bea.get(&format!("{path}/refund-preview")).await.expect(200);
    assert_eq!(preview.json["host_fee"]["amount"], 5_000);
    let of_guest = ann.get(&format!("{path}/refund-preview")).await.expect(200);
    assert_eq!(of_guest.json.get("host_fee"), None);

    let cancelled = bea.act(&format!("{path}/cancel")).await.expect(200);
    let shown = bea.booking_after(booking, &cancelled).await;
    let cancellation = &shown["cancellation"];
    assert_eq!(cancellation["refunded"]["amount"], 32_500, "{shown}");
    assert_eq!(
        cancellation["host_fee"],
        json!({"amount": 5_000, "currency": "EUR"})
    );
    ann.until(&format!("/payments/{payment}"), |p| {
        p["refunded"]["amount"] == 32_500
    })
    .await;
    house.settled().await;
    assert_eq!(free(&bea, &listing).await, [1, 0, 0, 0, 1]);
    let tom = house.guest("tom").await;
    tom.books(&listing, "2027-06-10", 3)
        .await
        .refused(409, "not_available");
    let block = format!("/listings/{listing}/block-dates/{booking}");
    bea.delete(&block).await.refused(409, "block_kept");
    admin.delete(&block).await.expect(200);
    tom.books(&listing, "2027-06-10", 3).await.expect(201);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fee_of_the_platform_is_set_by_its_administrators_and_holds_for_new_bookings() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let admin = house.admin().await;
    let mut own = bea.listing().body().clone();
    own["pricing"]["service_fee_basis_points"] = json!(9_000);
    bea.post("/listings", &own)
        .await
        .refused(422, "body_invalid");

    let listing = house.listing(&bea).units(2).await;
    let before = ann.booked(&listing, "2027-06-10", 3).await;
    let fee = json!({"service_fee_basis_points": 1_000});
    bea.patch("/admin/config", &fee)
        .await
        .refused(403, "permission_missing");
    bea.get("/admin/config")
        .await
        .refused(403, "permission_missing");
    let changed = admin.patch("/admin/config", &fee).await.expect(200);
    assert_eq!(changed.version(), 1);
    let shown = admin.get("/admin/config").await.expect(200);
    assert_eq!(shown.json["service_fee_basis_points"], 1_000);
    assert_eq!(shown.json["open_requests_max"], 3);
    admin
        .patch(
            "/admin/config",
            &json!({"service_fee_basis_points": 10_001}),
        )
        .await
        .refused(422, "out_of_range");

    let body = json!({"listing": listing, "from": "2027-06-10", "until": "2027-06-13",
        "guests": {"adults": 1}});
    let quoted = ann
        .post("/bookings/calculate-price", &body)
        .await
        .expect(200);
    assert_eq!(quoted.json["quote"]["service_fee"]["amount"], 3_250);
    let after = ann.booked(&listing, "2027-06-10", 3).await;
    house.settled().await;
    for (booking, total) in [(before, 32_500), (after, 35_750)] {
        let shown = ann.get(&format!("/bookings/{booking}")).await.expect(200);
        assert_eq!(shown.json["total"]["amount"], total);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_a_confirmed_booking_is_not_closed() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).await;
    let booking = ann.booked(&listing, "2027-06-10", 3).await;
    ann.pays(&booking).await;
    for who in [&ann, &bea] {
        let refused = who.delete(&format!("/users/{}", who.id)).await;
        refused.refused(409, "account_has_bookings");
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains(&booking), "{detail}");
    }
    ann.act(&format!("/bookings/{booking}/cancel"))
        .await
        .expect(200);
    for who in [&ann, &bea] {
        who.delete(&format!("/users/{}", who.id)).await.expect(200);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_suspended_host_offers_is_neither_seen_nor_booked() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let admin = house.admin().await;
    let listing = house.listing(&bea).await;
    let reason = json!({"reason": "Nobody answers the door."});
    let suspended = admin
        .post(&format!("/users/{}/suspend", bea.id), &reason)
        .await
        .expect(200);
    let path = format!("/listings/{listing}");
    ann.books(&listing, "2027-06-10", 3)
        .await
        .refused(404, "listing_unknown");
    ann.get(&path).await.refused(404, "listing_unknown");
    let body = json!({"listing": listing, "from": "2027-06-10", "until": "2027-06-13",
        "guests": {"adults": 1}});
    ann.post("/bookings/calculate-price", &body)
        .await
        .refused(404, "listing_unknown");
    let list = ann.see("/listings", suspended.position()).await.expect(200);
    assert_eq!(list.items().len(), 0, "{}", list.text);
    // Who may see anyone's sees it, and cannot book it either.
    admin.get(&path).await.expect(200);
    admin
        .books(&listing, "2027-06-10", 3)
        .await
        .refused(409, "listing_closed");

    let back = admin
        .post(&format!("/users/{}/reactivate", bea.id), &reason)
        .await
        .expect(200);
    let list = ann.see("/listings", back.position()).await.expect(200);
    assert_eq!(list.items().len(), 1);
    ann.books(&listing, "2027-06-10", 3).await.expect(201);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_cannot_keep_all_others_out_without_paying() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let admin = house.admin().await;
    let listing = house.listing(&bea).units(4).await;
    for from in ["2027-06-10", "2027-07-10"] {
        ann.booked(&listing, from, 2).await;
    }
    // Far ahead nights are held for ten minutes without money.
    let far = ann.booked(&listing, "2030-06-10", 700).await;
    ann.books(&listing, "2027-08-10", 2)
        .await
        .refused(409, "too_many_open_requests");
    house.settled().await;
    house.clock.advance(TimeDelta::minutes(10));
    ann.until_status(&format!("/bookings/{far}"), "expired")
        .await;
    ann.booked(&listing, "2027-08-10", 2).await;
    ann.books(&listing, "2027-09-10", 2)
        .await
        .refused(409, "too_many_open_requests");
    // Others are not in the way of each other, and an administrator sets how many there can be.
    let tom = house.guest("tom").await;
    tom.booked(&listing, "2027-09-10", 2).await;
    admin
        .patch("/admin/config", &json!({"open_requests_max": 4}))
        .await
        .expect(200);
    ann.booked(&listing, "2027-09-10", 2).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_is_given_to_one_who_is_there() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let building = json!({"name": "The corner house", "address":
        {"lines": ["Rua do Ouro 1"], "city": "Lisboa", "country": "PT"}});
    let building = mia.post("/buildings", &building).await.expect(201).id();
    let piece = json!({"building": building, "name": "Lift", "category": "lift"});
    let piece = mia.post("/equipment", &piece).await.expect(201).id();
    let orders = format!("/equipment/{piece}/work-orders");
    let nobody = json!({"title": "Oil it", "assignee": building});
    mia.post(&orders, &nobody)
        .await
        .refused(422, "assignee_unfit");
    let somebody = json!({"title": "Oil it", "assignee": mia.id});
    let order = mia.post(&orders, &somebody).await.expect(201).id();
    mia.patch(&format!("{orders}/{order}"), &json!({"assignee": building}))
        .await
        .refused(422, "assignee_unfit");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_building_is_not_deleted_under_a_published_listing() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let register = |line: &str| {
        json!({"name": "The corner house", "address":
            {"lines": [line], "city": "Lisboa", "country": "PT"}})
    };
    let building = mia
        .post("/buildings", &register("Rua 1"))
        .await
        .expect(201)
        .id();
    let other = mia
        .post("/buildings", &register("Rua 2"))
        .await
        .expect(201)
        .id();
    let listing = mia.listing().but("building", json!(building)).await;
    let refused = mia.delete(&format!("/buildings/{building}")).await;
    refused.refused(409, "building_has_listings");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(&listing), "{detail}");
    // It moves, and the other building is held.
    let path = format!("/listings/{listing}");
    mia.patch(&path, &json!({"place": {"building": other}}))
        .await
        .expect(200);
    mia.delete(&format!("/buildings/{building}"))
        .await
        .expect(200);
    mia.delete(&format!("/buildings/{other}"))
        .await
        .refused(409, "building_has_listings");
    mia.act(&format!("{path}/unpublish")).await.expect(200);
    mia.delete(&format!("/buildings/{other}")).await.expect(200);
    mia.act(&format!("{path}/publish"))
        .await
        .refused(404, "building_unknown");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn residents_see_what_is_out_where_they_live() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let (ann, tom) = (house.guest("ann").await, house.guest("tom").await);
    let register = |line: &str| {
        json!({"name": "The corner house", "address":
            {"lines": [line], "city": "Lisboa", "country": "PT"}})
    };
    let building = mia
        .post("/buildings", &register("Rua 1"))
        .await
        .expect(201)
        .id();
    let other = mia
        .post("/buildings", &register("Rua 2"))
        .await
        .expect(201)
        .id();
    let lots = format!("/buildings/{building}/lots");
    let lot = json!({"label": "A1", "kind": "flat"});
    let lot = mia.post(&lots, &lot).await.expect(201).id();
    let tenant = json!({"kind": "tenant", "user": ann.id, "name": "Ann", "from": "2027-01-01"});
    let occupants = format!("{lots}/{lot}/occupants");
    let occupant = mia.post(&occupants, &tenant).await.expect(201).id();
    let outage = json!({"title": "No water", "details": "A pipe is mended.", "kind": "planned",
        "buildings": [building, other], "starts_at": "2027-05-02T08:00:00Z"});
    let outage = mia.post("/outages", &outage).await.expect(201).id();
    house.settled().await;

    let path = format!("/outages/{outage}");
    let list = ann.get("/outages").await.expect(200);
    assert_eq!(list.items().len(), 1, "{}", list.text);
    for shown in [&list.items()[0], &ann.get(&path).await.expect(200).json] {
        assert_eq!(shown["title"], "No water");
        assert_eq!(
            shown["buildings"],
            json!([building]),
            "the other is not theirs"
        );
    }
    let of_building = format!("/outages?building={building}");
    assert_eq!(ann.get(&of_building).await.expect(200).items().len(), 1);
    ann.get(&format!("/outages?building={other}"))
        .await
        .refused(404, "building_unknown");
    ann.get(&format!("{path}/history"))
        .await
        .refused(404, "outage_unknown");
    assert_eq!(tom.get("/outages").await.expect(200).items().len(), 0);
    tom.get(&path).await.refused(404, "outage_unknown");
    let seen = mia.get(&path).await.expect(200).json;
    assert_eq!(seen["buildings"].as_array().unwrap().len(), 2);

    let leave = format!("{occupants}/{occupant}/move-out");
    let left = mia
        .post(&leave, &json!({"until": "2027-05-01"}))
        .await
        .expect(200);
    let list = ann.see("/outages", left.position()).await.expect(200);
    assert_eq!(list.items().len(), 0);
    ann.get(&path).await.refused(404, "outage_unknown");
    house.close().await;
}
