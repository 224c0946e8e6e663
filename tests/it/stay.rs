//! The story of a stay, told through REST.

use chrono::TimeDelta;
use harness::House;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_is_booked_paid_confirmed_cancelled_and_refunded() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).units(2).await;
    let booking = &ann.booked(&listing, "2027-06-10", 3).await;
    let payment = &ann.pays(booking).await;

    let booked = ann.get(&format!("/bookings/{booking}")).await.expect(200);
    assert_eq!(booked.json["total"]["amount"], 32_500);
    assert_eq!(booked.json["total"]["currency"], "EUR");
    assert_eq!(booked.json["payment"], **payment);
    let free = format!("/listings/{listing}/availability?from=2027-06-09&until=2027-06-14");
    let nights = ann.get(&free).await.expect(200).json;
    let free: Vec<_> = nights["items"].as_array().unwrap().iter().collect();
    let free: Vec<_> = free.iter().map(|n| n["free"].as_i64().unwrap()).collect();
    assert_eq!(free, [2, 1, 1, 1, 2]);

    let preview = format!("/bookings/{booking}/refund-preview");
    let preview = ann.get(&preview).await.expect(200).json;
    assert_eq!(
        preview["refunded"],
        json!({"amount": 32_500, "currency": "EUR"})
    );
    let cancel = format!("/bookings/{booking}/cancel");
    let body = json!({"reason": "We fell ill."});
    let cancelled = ann.post(&cancel, &body).await.expect(200);
    let shown = ann.booking_after(booking, &cancelled).await;
    assert_eq!(shown["status"], "cancelled");

    let payment = ann
        .until(&format!("/payments/{payment}"), |p| {
            p["refunded"]["amount"] == 32_500
        })
        .await;
    assert_eq!(payment["refund_pending"]["amount"], 0);
    assert_eq!(payment["refunds"][0]["amount"]["amount"], 32_500);
    assert_eq!(payment["refunds"][0]["status"], "refunded");
    house.settled().await;
    assert_eq!(
        house.story_of(&format!("booking-{booking}")).await,
        [
            "booking.requested",
            "booking.confirmed",
            "booking.cancelled"
        ]
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_answers_where_it_is_which_version_and_from_which_position_on() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let created = bea
        .post("/listings", bea.listing().body())
        .await
        .expect(201);
    let id = created.id();
    let path = format!("/listings/{id}");
    assert_eq!(created.header("location"), format!("/api/v1{path}"));
    assert_eq!(created.header("etag"), "\"1\"");
    assert_eq!(created.json.as_object().unwrap().len(), 3);

    // What one wrote one reads, at once.
    let shown = bea.see(&path, created.position()).await.expect(200);
    assert_eq!(shown.header("etag"), "\"1\"");
    assert_eq!(shown.json["title"], "A room over the river");

    let if_match = |tag: &str| {
        let change = bea.ask(Method::PATCH, &path).header("if-match", tag);
        change.json(&json!({"title": "A room under the roof"}))
    };
    let changed = harness::Client::send(if_match("\"1\"")).await.expect(200);
    assert_eq!((changed.version(), changed.header("etag")), (2, "\"2\""));
    assert!(changed.position() > created.position());
    harness::Client::send(if_match("\"1\""))
        .await
        .refused(412, "version_stale");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_and_a_host_each_see_their_side_and_nobody_else_sees_anything() {
    let house = House::open().await;
    let (bea, ann, eve) = (
        house.host("bea").await,
        house.guest("ann").await,
        house.host("eve").await,
    );
    let listing = house.listing(&bea).await;
    let booking = ann.books(&listing, "2027-06-10", 3).await.expect(201);
    let (path, position) = (format!("/bookings/{}", booking.id()), booking.position());
    for (who, as_guest, as_host) in [(&ann, 1, 0), (&bea, 0, 1), (&eve, 0, 0)] {
        let count = |role| async move {
            let list = format!("/bookings?role={role}");
            who.see(&list, position).await.expect(200).items().len()
        };
        assert_eq!(count("guest").await, as_guest, "{}", who.email);
        assert_eq!(count("host").await, as_host, "{}", who.email);
        who.get("/bookings?role=all")
            .await
            .refused(403, "permission_missing");
    }
    let seen_by_host = bea.get(&path).await.expect(200).json;
    assert_eq!(seen_by_host["guest"], *ann.id);
    eve.get(&path).await.refused(404, "booking_unknown");
    let history = ann.get(&format!("{path}/history")).await.expect(200);
    assert_eq!(history.items()[0]["type"], "booking.requested");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_paid_when_the_host_has_said_yes_and_not_before() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).on_request().await;
    let booking = ann.booked(&listing, "2027-06-10", 2).await;
    let intent = json!({"booking": booking});
    ann.post("/payments/intent", &intent)
        .await
        .refused(409, "booking_not_payable");
    let accept = format!("/bookings/{booking}/accept");
    ann.act(&accept).await.refused(403, "permission_missing");
    bea.act(&accept).await.expect(200);
    let payment = ann.pays(&booking).await;
    let confirmed = bea.get(&format!("/bookings/{booking}")).await.json;
    assert_eq!(confirmed["payment"], *payment);

    // The guests come, stay and leave.
    let complete = format!("/bookings/{booking}/complete");
    bea.act(&complete).await.refused(409, "not_arrived_yet");
    // On the day of arrival they have not left.
    house.clock.set("2027-06-10T20:00:00Z".parse().unwrap());
    bea.act(&complete).await.refused(409, "not_left_yet");
    house.clock.advance(TimeDelta::days(5));
    let done = bea.act(&complete).await.expect(200);
    assert_eq!(
        ann.booking_after(&booking, &done).await["status"],
        "completed"
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_or_not_paid_in_time_is_free_again() {
    let house = House::open().await;
    let (bea, ann, tom) = (
        house.host("bea").await,
        house.guest("ann").await,
        house.guest("tom").await,
    );
    let on_request = house.listing(&bea).on_request().await;
    let declined = ann.booked(&on_request, "2027-06-10", 2).await;
    let refused = tom.books(&on_request, "2027-06-11", 2).await;
    refused.refused(409, "not_available");
    assert_eq!(
        refused.json["next_free"],
        json!({"from": "2027-06-12", "until": "2027-06-14"})
    );
    let decline = format!("/bookings/{declined}/decline");
    bea.post(&decline, &json!({"reason": "We paint the walls."}))
        .await
        .expect(200);
    tom.booked(&on_request, "2027-06-11", 2).await;

    let instant = house.listing(&bea).await;
    let unpaid = ann.booked(&instant, "2027-06-10", 2).await;
    let begun = ann.intends_to_pay(&unpaid).await;
    house.settled().await;
    house.clock.advance(TimeDelta::minutes(30));
    ann.until_status(&format!("/bookings/{unpaid}"), "expired")
        .await;
    tom.booked(&instant, "2027-06-10", 2).await;
    let intent = json!({"booking": unpaid});
    ann.post("/payments/intent", &intent)
        .await
        .refused(410, "hold_expired");
    let pay = format!("/payments/{begun}/confirm");
    ann.post(&pay, &json!({"method": "sandbox"}))
        .await
        .refused(410, "hold_expired");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_declined_can_be_followed_by_another() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).await;
    let booking = ann.booked(&listing, "2027-06-10", 2).await;
    let payment = ann.intends_to_pay(&booking).await;
    ann.pays_with(&payment, "sandbox_declined")
        .await
        .expect(200);
    let path = format!("/payments/{payment}");
    let failed = ann.until_status(&path, "failed").await;
    assert_eq!(failed["captured"]["amount"], 0);
    ann.pays_with(&payment, "gold")
        .await
        .refused(422, "payment_method_unknown");
    ann.pays_with(&payment, "sandbox_twice").await.expect(200);
    let paid = ann.until_status(&path, "succeeded").await;
    assert_eq!(paid["captured"]["amount"], 22_500);
    ann.until_status(&format!("/bookings/{booking}"), "confirmed")
        .await;
    house.close().await;
}
