//! No decision rests on a read model.

use chrono::TimeDelta;
use harness::{Answer, Client, House, PASSWORD, Person};
use serde_json::{Value, json};

/// A whole life of users, buildings, listings, bookings and payments while every projector stands
/// still: each command is carried out, or refused, as ever.
#[tokio::test(flavor = "multi_thread")]
async fn every_command_runs_while_all_projectors_stand_still() {
    let mut house = House::open().await;
    let admin = house.admin().await;
    house.settled().await;
    house.stop_projectors().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    users(&admin, &ann).await;
    buildings(&admin).await;
    let listing = listings(&bea).await;
    bookings(&house, &bea, &ann, &listing).await;
    sessions(&ann).await;
    house.close().await;
}

async fn post(who: &Person, path: &str, body: Value) -> Answer {
    let answer = who.post(path, &body).await;
    assert!(
        [200, 201, 204].contains(&answer.status),
        "{path}: {}",
        answer.text
    );
    answer
}

async fn act(who: &Person, path: &str) {
    let answer = who.act(path).await;
    assert!(
        [200, 204].contains(&answer.status),
        "{path}: {}",
        answer.text
    );
}

async fn users(admin: &Person, ann: &Person) {
    let new = json!({"email": "tom@example.org", "name": "Tom"});
    let tom = format!("/users/{}", post(admin, "/users", new).await.id());
    admin
        .patch(&tom, &json!({"name": "Thomas"}))
        .await
        .expect(200);
    post(admin, &format!("{tom}/roles"), json!({"role": "manager"})).await;
    admin
        .delete(&format!("{tom}/roles/manager"))
        .await
        .expect(200);
    post(admin, &format!("{tom}/suspend"), json!({"reason": "Spam."})).await;
    post(
        admin,
        &format!("{tom}/reactivate"),
        json!({"reason": "It was not."}),
    )
    .await;
    admin.delete(&tom).await.expect(200);
    ann.patch("/users/me", &json!({"locale": "pt-PT"}))
        .await
        .expect(200);
}

async fn buildings(admin: &Person) {
    let new = json!({"name": "The corner house", "address":
        {"lines": ["Rua do Ouro 1"], "city": "Lisboa", "country": "PT"}});
    let building = format!("/buildings/{}", post(admin, "/buildings", new).await.id());
    admin
        .patch(&building, &json!({"name": "The old house"}))
        .await
        .expect(200);
    let lots = format!("{building}/lots");
    let lot = post(admin, &lots, json!({"label": "A1", "kind": "flat"})).await;
    let lot = lot
        .header("location")
        .trim_start_matches("/api/v1")
        .to_owned();
    admin.patch(&lot, &json!({"label": "A2"})).await.expect(200);
    admin.delete(&lot).await.expect(200);
    admin.delete(&building).await.expect(200);
}

async fn listings(bea: &Person) -> String {
    let listing = bea.listing().on_request().await;
    let path = format!("/listings/{listing}");
    bea.patch(&path, &json!({"title": "Another"}))
        .await
        .expect(200);
    let pricing = json!({"nightly_price": {"amount": 9_000, "currency": "EUR"}});
    bea.put(&format!("{path}/pricing"), &pricing)
        .await
        .expect(200);
    act(bea, &format!("{path}/unpublish")).await;
    act(bea, &format!("{path}/publish")).await;
    let block = json!({"from": "2027-09-01", "until": "2027-09-03"});
    let block = post(bea, &format!("{path}/block-dates"), block).await;
    let block = block
        .header("location")
        .trim_start_matches("/api/v1")
        .to_owned();
    bea.delete(&block).await.expect(200);
    let other = format!("/listings/{}", bea.listing().draft().await);
    bea.delete(&other).await.expect(200);
    listing
}

async fn bookings(house: &House, bea: &Person, ann: &Person, listing: &str) {
    let declined = ann.booked(listing, "2027-06-01", 2).await;
    post(
        bea,
        &format!("/bookings/{declined}/decline"),
        json!({"reason": "Paint."}),
    )
    .await;
    let missed = paid(house, bea, ann, &ann.booked(listing, "2027-06-01", 2).await)
        .await
        .0;
    let stayed = paid(house, bea, ann, &ann.booked(listing, "2027-06-05", 2).await)
        .await
        .0;
    let (off, payment) = paid(house, bea, ann, &ann.booked(listing, "2027-06-10", 2).await).await;
    let part = json!({"payment": payment, "reason": "The heating was off.",
        "amount": {"amount": 500, "currency": "EUR"}});
    post(bea, "/payments/refund", part).await;
    act(ann, &format!("/bookings/{off}/cancel")).await;
    let withdrawn = ann.booked(listing, "2027-06-20", 2).await;
    act(bea, &format!("/bookings/{withdrawn}/accept")).await;
    let intent = ann.intends_to_pay(&withdrawn).await;
    act(ann, &format!("/payments/{intent}/cancel")).await;
    house.clock.advance(TimeDelta::days(60));
    act(bea, &format!("/bookings/{missed}/no-show")).await;
    act(bea, &format!("/bookings/{stayed}/complete")).await;
}

/// The booking and its payment, when the journal says that it is confirmed.
async fn paid(house: &House, bea: &Person, ann: &Person, booking: &str) -> (String, String) {
    act(bea, &format!("/bookings/{booking}/accept")).await;
    let payment = ann.intends_to_pay(booking).await;
    ann.pays_with(&payment, "sandbox").await.expect(200);
    let stream = format!("booking-{booking}");
    let story = house.until_story_ends(&stream, "booking.confirmed").await;
    let expected = ["booking.requested", "booking.accepted", "booking.confirmed"];
    assert_eq!(story, expected);
    (booking.to_owned(), payment)
}

async fn sessions(ann: &Person) {
    let phone = ann.again().await;
    let renewal = json!({"refresh_token": phone.tokens["refresh_token"]});
    phone.post("/auth/refresh", &renewal).await.expect(200);
    let session = phone.tokens["session"].as_str().unwrap();
    ann.delete(&format!("/auth/sessions/{session}"))
        .await
        .expect(200);
    phone.get("/auth/me").await.refused(401, "session_ended");
    let tablet = ann.again().await;
    let change = json!({"current_password": PASSWORD, "new_password": "another horse battery"});
    post(ann, "/auth/change-password", change).await;
    tablet.get("/auth/me").await.refused(401, "session_ended");
    ann.get("/auth/me").await.expect(200);
    let anyone = Client::of(format!("http://{}", ann.authority()));
    let other = Person::log_in(&anyone, &ann.email, "another horse battery").await;
    act(&other, "/auth/logout-all").await;
    for gone in [ann, &other] {
        gone.get("/auth/me").await.refused(401, "session_ended");
    }
}
