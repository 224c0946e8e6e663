//! A stay from its listing to its refund, and what is refused on the way.

use axum::http::header;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Client, Platform, new_listing};

fn nights(listing: &str, from: &str, until: &str) -> Value {
    json!({"listing": listing, "from": from, "until": until, "guests": {"adults": 2}})
}

#[tokio::test]
async fn a_key_makes_one_of_two_requests() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let keyed = host.with("idempotency-key", "one listing");

    let first = platform
        .ask(&keyed, "POST", "listings", new_listing())
        .await;
    let again = platform
        .ask(&keyed, "POST", "listings", new_listing())
        .await;
    let mut other = new_listing();
    other["title"] = json!("Another room");
    let other = platform.ask(&keyed, "POST", "listings", other).await;
    let stranger = platform.user("other", &["member", "host"]).await;
    let theirs = stranger.with("idempotency-key", "one listing");
    let theirs = platform
        .ask(&theirs, "POST", "listings", new_listing())
        .await;

    assert_eq!(first.status.as_u16(), 201);
    assert_eq!((first.status, &first.json), (again.status, &again.json));
    assert_eq!(
        first.headers[header::LOCATION],
        again.headers[header::LOCATION]
    );
    assert_eq!(first.headers[header::ETAG], "\"1\"");
    assert_eq!(
        (other.status.as_u16(), other.code()),
        (422, "idempotency_key_reused")
    );
    assert_eq!(theirs.status.as_u16(), 201);
    assert_ne!(theirs.json["id"], first.json["id"]);
    platform.stop().await;
}

#[tokio::test]
async fn a_version_that_is_not_the_present_one_is_stale() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let listing = platform.listing(&host).await;
    let path = format!("listings/{listing}/unpublish");

    let stale = host.with("if-match", "\"1\"");
    let stale = platform.ask(&stale, "POST", &path, Value::Null).await;
    let present = host.with("if-match", "\"2\"");
    let present = platform.ask(&present, "POST", &path, Value::Null).await;

    assert_eq!(
        (stale.status.as_u16(), stale.code()),
        (412, "version_stale")
    );
    assert_eq!(present.headers[header::ETAG], "\"3\"");
    platform.stop().await;
}

#[tokio::test]
async fn a_draft_is_its_hosts_business_alone() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let done = platform
        .done(&host, "POST", "listings", new_listing())
        .await;
    let path = format!(
        "listings/{}?min_position={}",
        done["id"].as_str().unwrap(),
        done["position"]
    );
    let nobody = Client::default();

    assert_eq!(platform.get(&nobody, &path).await.status.as_u16(), 404);
    assert_eq!(platform.get(&host, &path).await.status.as_u16(), 200);
    let publish = format!("listings/{}/publish", done["id"].as_str().unwrap());
    platform.done(&host, "POST", &publish, Value::Null).await;
    assert_eq!(platform.get(&nobody, &path).await.status.as_u16(), 200);
    platform.stop().await;
}

#[tokio::test]
async fn a_stay_is_booked_paid_and_called_off() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let guest = platform.user("guest", &["member"]).await;
    let listing = platform.listing(&host).await;
    let ask = nights(&listing, "2027-08-01", "2027-08-04");

    let priced = platform
        .done(&guest, "POST", "bookings/calculate-price", ask.clone())
        .await;
    assert_eq!(
        priced["total"],
        json!({"amount": 30_000, "currency": "EUR"})
    );
    assert_eq!(priced["available"], json!(true));
    let done = platform.done(&guest, "POST", "bookings", ask).await;
    let booking = done["id"].as_str().unwrap();
    let other = platform.user("other", &["member"]).await;
    let clash = nights(&listing, "2027-08-03", "2027-08-05");
    let clash = platform.ask(&other, "POST", "bookings", clash).await;
    assert_eq!(
        (clash.status.as_u16(), clash.code()),
        (409, "not_available")
    );

    let payment = pay(&platform, &guest, booking).await;
    let path = format!("bookings/{booking}");
    let preview = platform
        .done(
            &guest,
            "GET",
            &format!("{path}/refund-preview"),
            Value::Null,
        )
        .await;
    assert_eq!(preview["refunded"]["amount"], json!(30_000));

    platform
        .done(
            &guest,
            "POST",
            &format!("{path}/cancel"),
            json!({"reason": "ill"}),
        )
        .await;
    let path = format!("payments/{payment}");
    let all = json!({"amount": 30_000, "currency": "EUR"});
    wait_until(&platform, &guest, &path, "refunded", &all).await;
    platform.stop().await;
}

#[tokio::test]
async fn a_refund_answers_its_own_id_however_often_it_is_asked_for() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let guest = platform.user("guest", &["member"]).await;
    let listing = platform.listing(&host).await;
    let ask = nights(&listing, "2027-08-01", "2027-08-04");
    let done = platform.done(&guest, "POST", "bookings", ask).await;
    let payment = pay(&platform, &guest, done["id"].as_str().unwrap()).await;
    let part = json!({"amount": 10_000, "currency": "EUR"});
    let body = json!({"payment": payment, "reason": "Noise.", "amount": part});

    let keyed = host.with("idempotency-key", "one refund");
    let first = platform
        .ask(&keyed, "POST", "payments/refund", body.clone())
        .await;
    let again = platform
        .ask(&keyed, "POST", "payments/refund", body.clone())
        .await;
    let other = platform
        .done(&host, "POST", "payments/refund", body.clone())
        .await;

    assert_eq!(first.status.as_u16(), 201, "{first:?}");
    assert_eq!((first.status, &first.json), (again.status, &again.json));
    let path = format!("/api/v1/payments/{payment}");
    assert_eq!(first.headers[header::LOCATION], path.as_str());
    let path = format!("payments/{payment}?min_position={}", other["position"]);
    let shown = platform.get(&guest, &path).await.json;
    let refunds = shown["refunds"].as_array().unwrap();
    assert_eq!(refunds.len(), 2);
    for id in [&first.json["refund"], &other["refund"]] {
        let refund = refunds.iter().find(|refund| refund["id"] == *id).unwrap();
        assert_eq!(refund["amount"], part);
    }
    platform.stop().await;
}

/// Pays a booking, waits until it is confirmed, and answers the payment.
async fn pay(platform: &Platform, guest: &Client, booking: &str) -> String {
    let intent = json!({"booking": booking});
    let intent = platform
        .done(guest, "POST", "payments/intent", intent)
        .await;
    let payment = intent["id"].as_str().unwrap().to_owned();
    let confirm = format!("payments/{payment}/confirm");
    let method = json!({"method": "sandbox"});
    platform.done(guest, "POST", &confirm, method).await;
    let path = format!("bookings/{booking}");
    wait_until(platform, guest, &path, "status", &json!("confirmed")).await;
    payment
}

/// Asks until `field` is `wanted`: processes take their steps by themselves.
async fn wait_until(p: &Platform, client: &Client, path: &str, field: &str, wanted: &Value) {
    for _ in 0..200 {
        let answer = p.get(client, path).await;
        if answer.json[field] == *wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let last = p.get(client, path).await;
    panic!("{path} has no {field} {wanted}: {last:?}");
}

#[tokio::test]
async fn a_thing_is_shown_as_it_was() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let done = platform
        .done(&host, "POST", "listings", new_listing())
        .await;
    let listing = done["id"].as_str().unwrap();
    platform.clock.advance(TimeDelta::seconds(1));
    platform
        .done(
            &host,
            "POST",
            &format!("listings/{listing}/publish"),
            Value::Null,
        )
        .await;
    let path = format!("listings/{listing}");

    let story = platform
        .done(&host, "GET", &format!("{path}/history"), Value::Null)
        .await;
    let first = story["items"][0]["occurred_at"].as_str().unwrap();
    let was = platform
        .done(&host, "GET", &format!("{path}?at_version=1"), Value::Null)
        .await;
    let then = platform
        .done(&host, "GET", &format!("{path}?as_of={first}"), Value::Null)
        .await;

    assert_eq!(story["items"].as_array().unwrap().len(), 2);
    assert_eq!(was["state"]["present"]["published"], json!(false));
    assert_eq!(
        (&then["version"], &then["state"]),
        (&json!(1), &was["state"])
    );
    for (moment, status) in [
        ("at_version=3", 404),
        ("at_version=0", 422),
        ("as_of=2020-01-01T00:00:00Z", 404),
        ("known_at=2020-01-01T00:00:00Z", 404),
        ("as_of=2999-01-01T00:00:00Z", 422),
        ("known_at=2999-01-01T00:00:00Z", 422),
        ("as_of=yesterday", 422),
        ("at_version=1&as_of=2020-01-01T00:00:00Z", 422),
    ] {
        let answer = platform.get(&host, &format!("{path}?{moment}")).await;
        assert_eq!(answer.status.as_u16(), status, "{moment}: {answer:?}");
    }
    platform.stop().await;
}

#[tokio::test]
async fn lists_go_on_where_they_ended() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let mut made = Vec::new();
    let mut position = Value::Null;
    for _ in 0..5 {
        let done = platform
            .done(&host, "POST", "listings", new_listing())
            .await;
        made.push(done["id"].clone());
        position = done["position"].clone();
    }

    let mut seen = Vec::new();
    let mut path = format!("listings/mine?limit=2&min_position={position}");
    let mut cursors = Vec::new();
    loop {
        let page = platform.done(&host, "GET", &path, Value::Null).await;
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].clone()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("listings/mine?limit=2&cursor={cursor}");
        cursors.push(cursor.to_owned());
    }

    assert_eq!(seen, made);
    assert_eq!(cursors.len(), 2);
    for path in [
        format!("listings/mine?cursor={}x", cursors[0]),
        format!("listings/mine?cursor={}&status=draft", cursors[0]),
        format!("listings?cursor={}", cursors[0]),
    ] {
        let answer = platform.get(&host, &path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (422, "cursor_invalid"),
            "{path}"
        );
    }
    let beyond = platform
        .get(&host, "listings/mine?min_position=1000000")
        .await;
    assert_eq!(
        (beyond.status.as_u16(), beyond.code()),
        (422, "position_unknown")
    );
    platform.stop().await;
}

#[tokio::test]
async fn the_rules_name_the_field_that_is_at_fault() {
    let platform = Platform::start().await;
    let host = platform.user("host", &["member", "host"]).await;
    let guest = platform.user("guest", &["member"]).await;
    let listing = platform.listing(&host).await;
    let mut many = nights(&listing, "2027-05-01", "2027-05-03");
    many["units"] = json!(1_000_000);
    let mut none = nights(&listing, "2027-05-01", "2027-05-03");
    none["guests"] = json!({"adults": 0});

    for (body, pointer) in [
        (nights(&listing, "2020-01-01", "2020-01-03"), "/from"),
        (nights(&listing, "2027-05-03", "2027-05-03"), "/until"),
        (nights(&listing, "2027-05-01", "2029-05-03"), "/until"),
        (many, "/units"),
        (none, "/guests"),
    ] {
        let answer = platform.ask(&guest, "POST", "bookings", body).await;
        assert_eq!(answer.status.as_u16(), 422, "{answer:?}");
        assert_eq!(answer.faults()[0].0, pointer, "{answer:?}");
    }
    let price = json!({"nightly_price": {"amount": -1, "currency": "EUR"}});
    let path = format!("listings/{listing}/pricing");
    let answer = platform.ask(&host, "PUT", &path, price).await;
    assert_eq!(answer.faults()[0].0, "/nightly_price", "{answer:?}");
    platform.stop().await;
}
