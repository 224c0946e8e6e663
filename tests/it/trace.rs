//! The names that a request has are found again in everything that followed from it.

use harness::{Client, House};
use reqwest::Method;
use serde_json::json;

const CORRELATION: &str = "0197f000-0000-7000-8000-00000000c0de";

#[tokio::test(flavor = "multi_thread")]
async fn what_followed_from_a_request_is_found_by_its_correlation_id() {
    let house = House::open().await;
    let (bea, ann, admin) = (
        house.host("bea").await,
        house.guest("ann").await,
        house.admin().await,
    );
    let listing = house.listing(&bea).await;
    let booking = ann.booked(&listing, "2027-06-10", 2).await;
    let payment = ann.intends_to_pay(&booking).await;
    let request = ann.ask(Method::POST, &format!("/payments/{payment}/confirm"));
    let request = request.json(&json!({"method": "sandbox"}));
    let request = request.header("x-request-id", "paying-now.1");
    let request = request.header("user-agent", "a test");
    let paid = Client::send(request.header("x-correlation-id", CORRELATION)).await;
    let paid = paid.expect(200);
    assert_eq!(paid.header("x-request-id"), "paying-now.1");
    assert_eq!(paid.header("x-correlation-id"), CORRELATION);
    ann.until_status(&format!("/bookings/{booking}"), "confirmed")
        .await;
    house.settled().await;

    let trace = admin
        .get(&format!("/audit/trace/{CORRELATION}?limit=100"))
        .await;
    let trace = trace.expect(200);
    let events = trace.items();
    let of = |kind: &str| {
        let found = events.iter().find(|event| event["event_type"] == kind);
        found.unwrap_or_else(|| panic!("no {kind} in {}", trace.text))
    };
    for event in events {
        assert_eq!(event["correlation_id"], CORRELATION);
    }
    let intended = of("process.effect_intended");
    assert_eq!(intended["request_id"], "paying-now.1");
    assert_eq!(intended["actor"], *ann.id);
    assert_eq!(intended["command"], "payment.confirm");
    assert_eq!(intended["user_agent"], "a test");
    assert_eq!(intended["ip"], "127.0.0.1");
    // What the platform did by itself names the event that made it do so.
    let (succeeded, confirmed) = (of("payment.succeeded"), of("booking.confirmed"));
    assert_eq!(confirmed["causation_id"], succeeded["event_id"]);
    assert_eq!(confirmed["actor_kind"], "process");
    let positions: Vec<_> = events
        .iter()
        .map(|event| event["position"].as_i64())
        .collect();
    assert!(positions.is_sorted(), "{positions:?}");

    // The same in the journal's own words.
    let stream = admin
        .get(&format!("/audit/streams/booking/{booking}"))
        .await;
    let last = stream.expect(200).items().last().unwrap().clone();
    assert_eq!(last["metadata"]["correlation_id"], CORRELATION);
    let by_request = admin
        .get("/audit/events?request_id=paying-now.1")
        .await
        .expect(200);
    assert!(!by_request.items().is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_sane_is_replaced() {
    let house = House::open().await;
    for (header, value) in [
        ("x-request-id", "a b"),
        ("x-request-id", "<script>"),
        ("x-correlation-id", "seven"),
    ] {
        let request = house
            .anyone()
            .ask(Method::GET, "/health")
            .header(header, value);
        let answer = Client::send(request).await.expect(200);
        assert_ne!(answer.header(header), value);
        assert_eq!(answer.header(header).len(), 36, "{}", answer.header(header));
    }
    house.close().await;
}
