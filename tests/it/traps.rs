//! The traps that others fell into, through the front door.

use chrono::TimeDelta;
use eventstore::Clock;
use harness::{House, Person};
use serde_json::{Value, json};

/// 1. Two guests ask for the last unit of one night at the same moment.
/// 2. One is given it, the other is told that it is taken.
/// 3. The listing's stream shows one hold.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_concurrent_bookings_one_is_made() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let (ann, tom) = (house.guest("ann").await, house.guest("tom").await);
    for _ in 0..10 {
        let listing = house.listing(&bea).await;
        let both = futures::future::join(
            ann.books(&listing, "2027-06-10", 2),
            tom.books(&listing, "2027-06-11", 2),
        );
        let (one, other) = both.await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", one.text, other.text);
        let loser = if one.status == 409 { one } else { other };
        loser.refused(409, "not_available");
        let story = house.story_of(&format!("inventory-{listing}")).await;
        assert_eq!(story, ["inventory.opened", "inventory.held"]);
    }
    house.close().await;
}

/// 1. Ann asks for nights, the host does not answer in time, and the hold lapses.
/// 2. Tom asks for the same nights, and may.
/// 3. The host says yes to both: to Tom's request, for Ann's is over.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_for_one_range_one_can_be_accepted() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let (ann, tom) = (house.guest("ann").await, house.guest("tom").await);
    let listing = house.listing(&bea).on_request().await;
    let early = ann.booked(&listing, "2027-06-10", 3).await;
    tom.books(&listing, "2027-06-12", 3)
        .await
        .refused(409, "not_available");
    house.clock.advance(TimeDelta::hours(24));
    let late = tom.booked(&listing, "2027-06-12", 3).await;
    let accept = |booking: &str| {
        let (path, bea) = (format!("/bookings/{booking}/accept"), bea.clone());
        async move { bea.act(&path).await }
    };
    let (one, other) = futures::future::join(accept(&early), accept(&late)).await;
    // Whether a timer has told it yet or not.
    one.refused(410, "hold_expired");
    other.expect(200);
    tom.pays(&late).await;
    ann.until_status(&format!("/bookings/{early}"), "expired")
        .await;
    house.close().await;
}

/// A booking whose money comes late: its time to pay ends while the provider works, which it goes
/// on to do when it is told.
async fn paid_late(house: &House, ann: &Person, listing: &str) -> (String, String) {
    let booking = ann.booked(listing, "2027-06-10", 3).await;
    let payment = ann.intends_to_pay(&booking).await;
    let asked = house.provider.asked();
    house.provider.wait();
    // The answer waits a moment for the provider, and comes without it.
    ann.pays_with(&payment, "sandbox").await.expect(200);
    assert!(house.provider.asked() > asked, "the provider was not asked");
    let pays = house.clock.now() + TimeDelta::minutes(30) + TimeDelta::seconds(1);
    house.clock.set(pays);
    ann.until_status(&format!("/bookings/{booking}"), "expired")
        .await;
    (booking, payment)
}

/// What became of the money: the state of the booking, what was taken and what went back.
async fn outcome(house: &House, ann: &Person, booking: &str, payment: &str) -> (Value, i64, i64) {
    let payment = format!("/payments/{payment}");
    ann.until_status(&payment, "succeeded").await;
    house.settled().await;
    let booking = ann
        .get(&format!("/bookings/{booking}"))
        .await
        .expect(200)
        .json;
    let payment = ann.get(&payment).await.expect(200).json;
    assert_eq!(payment["refund_pending"]["amount"], 0, "{payment}");
    let number = |key: &str| payment[key]["amount"].as_i64().unwrap();
    (
        booking["status"].clone(),
        number("captured"),
        number("refunded"),
    )
}

/// 1. The time to pay ends while the provider takes the money.
/// 2. The nights are still free: they are claimed again, and nothing goes back.
#[tokio::test(flavor = "multi_thread")]
async fn late_money_claims_the_nights_again_where_they_are_free() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).await;
    let (booking, payment) = paid_late(&house, &ann, &listing).await;
    house.provider.go_on();
    let became = outcome(&house, &ann, &booking, &payment).await;
    assert_eq!(became, (json!("confirmed"), 32_500, 0));
    let tom = house.guest("tom").await;
    tom.books(&listing, "2027-06-11", 1)
        .await
        .refused(409, "not_available");
    house.close().await;
}

/// 1. The time to pay ends while the provider takes the money.
/// 2. Somebody else takes one of the nights.
/// 3. All of the money goes back, and the booking stays expired.
#[tokio::test(flavor = "multi_thread")]
async fn late_money_goes_back_in_full_where_the_nights_are_taken() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let (ann, tom) = (house.guest("ann").await, house.guest("tom").await);
    let listing = house.listing(&bea).await;
    let (booking, payment) = paid_late(&house, &ann, &listing).await;
    let other = tom.booked(&listing, "2027-06-12", 1).await;
    house.provider.go_on();
    let became = outcome(&house, &ann, &booking, &payment).await;
    assert_eq!(became, (json!("expired"), 32_500, 32_500));
    tom.pays(&other).await;
    house.close().await;
}

/// 1. A payment is given back in three thirds, in currencies of none, two and three decimals.
/// 2. The thirds are together what was paid.
/// 3. A fourth is refused.
#[tokio::test(flavor = "multi_thread")]
async fn three_thirds_are_the_whole_and_a_fourth_is_refused() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    for (currency, paid) in [("JPY", 100), ("EUR", 10_000), ("TND", 100_000)] {
        let listing = house.listing(&bea).price(paid, currency).await;
        let booking = ann.booked(&listing, "2027-06-10", 1).await;
        let payment = ann.pays(&booking).await;
        let refund = |amount: i64, currency: &str| {
            let body = json!({"payment": payment, "reason": "A third.",
                "amount": {"amount": amount, "currency": currency}});
            let bea = bea.clone();
            async move { bea.post("/payments/refund", &body).await }
        };
        refund(1, "USD").await.refused(422, "currency_mismatch");
        refund(0, currency)
            .await
            .refused(422, "amount_not_positive");
        refund(paid + 1, currency)
            .await
            .refused(409, "refund_exceeds_remaining");
        let third = paid / 3;
        for part in [third, third, paid - 2 * third] {
            refund(part, currency).await.expect(201);
        }
        refund(1, currency)
            .await
            .refused(409, "refund_exceeds_remaining");
        let path = format!("/payments/{payment}");
        let whole = ann.until(&path, |p| p["refunded"]["amount"] == paid).await;
        assert_eq!(whole["refund_pending"]["amount"], 0, "{whole}");
        let refunds = whole["refunds"].as_array().unwrap().iter();
        let sum: i64 = refunds
            .map(|refund| refund["amount"]["amount"].as_i64().unwrap())
            .sum();
        assert_eq!(sum, paid);
    }
    house.close().await;
}

/// 1. Ten refunds of a fifth are asked for at once.
/// 2. Five are given, and never more than was paid.
#[tokio::test(flavor = "multi_thread")]
async fn refunds_at_once_never_give_back_more_than_was_paid() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).price(10_000, "EUR").await;
    let booking = ann.booked(&listing, "2027-06-10", 1).await;
    let payment = ann.pays(&booking).await;
    let body = json!({"payment": payment, "reason": "A fifth.",
        "amount": {"amount": 2_000, "currency": "EUR"}});
    let asked = (0..10).map(|_| bea.post("/payments/refund", &body));
    let answers = futures::future::join_all(asked).await;
    let given = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(given, 5);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.refused(409, "refund_exceeds_remaining");
    }
    ann.until(&format!("/payments/{payment}"), |p| {
        p["refunded"]["amount"] == 10_000
    })
    .await;
    house.close().await;
}

/// 1. A busy week: bookings paid, declined, expired, cancelled and refunded.
/// 2. Every read model is built anew from nothing, and is what it was.
/// 3. Nothing was sent, and nothing was recorded.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_gives_the_same_rows_and_sends_nothing() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let (ann, tom) = (house.guest("ann").await, house.guest("tom").await);
    let listing = house.listing(&bea).units(3).await;
    let on_request = house.listing(&bea).on_request().await;
    let paid = ann.booked(&listing, "2027-06-10", 3).await;
    ann.pays(&paid).await;
    let called_off = tom.booked(&listing, "2027-06-11", 9).await;
    tom.pays(&called_off).await;
    tom.act(&format!("/bookings/{called_off}/cancel"))
        .await
        .expect(200);
    let declined = tom.booked(&on_request, "2027-06-11", 2).await;
    bea.act(&format!("/bookings/{declined}/decline"))
        .await
        .expect(200);
    let unpaid = tom.booked(&listing, "2027-06-11", 2).await;
    house.settled().await;
    house.clock.advance(TimeDelta::hours(1));
    tom.until_status(&format!("/bookings/{unpaid}"), "expired")
        .await;
    house.settled().await;
    let (asked, head) = (house.provider.asked(), house.head().await);
    let before = tom.get("/bookings?limit=100").await.expect(200).json;
    house.compare_all().await;
    house.rebuild_all().await;
    house.compare_all().await;
    house.settled().await;
    assert_eq!(
        tom.get("/bookings?limit=100").await.expect(200).json,
        before
    );
    assert_eq!((house.provider.asked(), house.head().await), (asked, head));
    house.close().await;
}
