//! A stay that cannot be is refused by its own word, and changes nothing.

use harness::{Answer, House, Person, days_after};
use serde_json::{Value, json};

fn place(answer: &Answer) -> Option<String> {
    answer.faults().first().map(|(place, _)| place.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_in_the_past_or_without_an_end_is_refused() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).units(2).await;
    let before = house.head().await;
    for (from, nights, code, pointer) in [
        ("2027-04-30", 3, "dates_past", "/from"),
        ("2027-06-10", 0, "no_nights", "/until"),
        ("2027-06-10", 731, "too_many_nights", "/until"),
    ] {
        let answer = ann.books(&listing, from, nights).await;
        answer.refused(422, code);
        assert_eq!(place(&answer).as_deref(), Some(pointer));
    }
    assert_eq!(house.head().await, before, "something happened");
    ann.books(&listing, "2027-05-01", 1).await.expect(201);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_that_makes_no_sense_is_refused() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).units(2).await;
    let before = house.head().await;
    let booking = |field: &str, value: Value| {
        let mut body = json!({"listing": listing, "from": "2027-06-10", "until": "2027-06-12",
            "guests": {"adults": 2}});
        body[field] = value;
        body
    };
    for (body, code) in [
        (booking("until", json!("2027-06-09")), "no_nights"),
        (booking("units", json!(0)), "units_out_of_range"),
        (booking("guests", json!({"adults": 0})), "no_guests"),
        (booking("guests", json!({"adults": 5})), "too_many_guests"),
        (booking("from", json!("2027-02-30")), "body_invalid"),
        (
            booking(
                "expected_total",
                json!({"amount": 22_500, "currency": "USD"}),
            ),
            "currency_mismatch",
        ),
        (
            booking(
                "expected_total",
                json!({"amount": 22_500, "currency": "EURO"}),
            ),
            "body_invalid",
        ),
    ] {
        let answer = ann.post("/bookings", &body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (422, code),
            "{}",
            answer.text
        );
        // What it would cost is asked after the same checks.
        if body.get("expected_total").is_none() {
            let priced = ann.post("/bookings/calculate-price", &body).await;
            assert_eq!(
                (priced.status, priced.code()),
                (422, code),
                "{}",
                priced.text
            );
        }
    }
    let more = booking("units", json!(3));
    let more = ann.post("/bookings", &more).await;
    assert!([409, 422].contains(&more.status), "{}", more.text);
    assert_eq!(house.head().await, before, "something happened");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_nights_that_there_are_can_be_booked() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).price(100, "EUR").await;
    let booking = ann.booked(&listing, "2027-06-10", 730).await;
    let payment = ann.pays(&booking).await;
    let paid = ann.get(&format!("/payments/{payment}")).await.expect(200);
    assert_eq!(paid.json["captured"]["amount"], 73_000);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sum_that_no_number_holds_is_refused() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).price(i64::MAX / 2, "EUR").await;
    ann.books(&listing, "2027-06-10", 3)
        .await
        .refused(422, "amount_overflow");
    let body = json!({"listing": listing, "from": "2027-06-10", "until": "2027-06-13",
        "guests": {"adults": 1}});
    let priced = ann.post("/bookings/calculate-price", &body).await;
    priced.refused(422, "amount_overflow");
    // Two nights are the widest sum, and it is not lost on the way to the read models.
    let booking = ann.booked(&listing, "2027-06-10", 2).await;
    house.settled().await;
    let shown = ann.get(&format!("/bookings/{booking}")).await.expect(200);
    assert_eq!(shown.json["total"]["amount"], i64::MAX - 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_names_a_zone_and_one_currency() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let create = |field: &str, value: Value| {
        let body = bea.listing().but(field, value).body().clone();
        let bea = bea.clone();
        async move { bea.post("/listings", &body).await }
    };
    let zone = create("time_zone", json!("Europe/Atlantis")).await;
    zone.refused(422, "time_zone_unknown");
    assert_eq!(place(&zone).as_deref(), Some("/time_zone"));
    let money = |amount: i64, currency: &str| json!({"amount": amount, "currency": currency});
    let two = json!({"nightly_price": money(100, "EUR"), "cleaning_fee": money(100, "USD")});
    let mixed = create("pricing", two).await;
    mixed.refused(422, "currency_mismatch");
    let negative = json!({"nightly_price": money(-1, "EUR")});
    create("pricing", negative)
        .await
        .refused(422, "price_negative");
    create("kind", json!("event"))
        .await
        .refused(422, "listing_kind_not_offered");
    create("units", json!(0))
        .await
        .refused(422, "units_out_of_range");
    let listing = house.listing(&bea).await;
    let pricing = format!("/listings/{listing}/pricing");
    let dollars = json!({"nightly_price": money(100, "USD")});
    bea.put(&pricing, &dollars)
        .await
        .refused(409, "currency_fixed");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_weekly_and_the_monthly_discount_one_is_given() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let pricing = json!({
        "nightly_price": {"amount": 10_000, "currency": "EUR"},
        "weekly_discount_basis_points": 1_000,
        "monthly_discount_basis_points": 2_000,
    });
    let listing = house.listing(&bea).but("pricing", pricing).await;
    for (nights, total) in [(6, 60_000), (7, 63_000), (27, 243_000), (28, 224_000)] {
        let body = json!({"listing": listing, "from": "2027-06-10",
            "until": days_after("2027-06-10", nights), "guests": {"adults": 1}});
        let priced = ann
            .post("/bookings/calculate-price", &body)
            .await
            .expect(200);
        assert_eq!(
            priced.json["total"],
            json!({"amount": total, "currency": "EUR"})
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_not_lowered_below_what_is_held() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).units(3).await;
    ann.booked(&listing, "2027-06-10", 3).await;
    ann.booked(&listing, "2027-06-12", 3).await;
    let path = format!("/listings/{listing}");
    bea.patch(&path, &json!({"units": 1}))
        .await
        .refused(409, "units_taken");
    bea.patch(&path, &json!({"units": 2})).await.expect(200);
    ann.books(&listing, "2027-06-12", 1)
        .await
        .refused(409, "not_available");
    bea.delete(&path).await.refused(409, "listing_taken");
    let block = json!({"from": "2027-07-01", "until": "2027-07-03"});
    let blocks = format!("{path}/block-dates");
    let block = bea.post(&blocks, &block).await.expect(201);
    ann.books(&listing, "2027-07-02", 1)
        .await
        .refused(409, "not_available");
    let block = block
        .header("location")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    bea.delete(&format!("{blocks}/{block}")).await.expect(200);
    ann.books(&listing, "2027-07-02", 1).await.expect(201);
    house.close().await;
}

async fn price_of(ann: &Person, listing: &str) -> Value {
    let body = json!({"listing": listing, "from": "2027-06-10", "until": "2027-06-12",
        "guests": {"adults": 1}});
    let priced = ann
        .post("/bookings/calculate-price", &body)
        .await
        .expect(200);
    assert_eq!(priced.json["available"], true);
    priced.json["total"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_quoted_is_what_is_booked_or_nothing_is() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).await;
    let quoted = price_of(&ann, &listing).await;
    let book = |expected: &Value| {
        let body = json!({"listing": listing, "from": "2027-06-10", "until": "2027-06-12",
            "guests": {"adults": 1}, "expected_total": expected});
        let ann = ann.clone();
        async move { ann.post("/bookings", &body).await }
    };
    let dearer = json!({"nightly_price": {"amount": 12_000, "currency": "EUR"}});
    bea.put(&format!("/listings/{listing}/pricing"), &dearer)
        .await
        .expect(200);
    book(&quoted).await.refused(409, "price_changed");
    let quoted = price_of(&ann, &listing).await;
    bea.act(&format!("/listings/{listing}/unpublish"))
        .await
        .expect(200);
    // To a guest, what is not published is not there.
    book(&quoted).await.refused(404, "listing_unknown");
    bea.act(&format!("/listings/{listing}/publish"))
        .await
        .expect(200);
    book(&quoted).await.expect(201);
    let inventory = house.story_of(&format!("inventory-{listing}")).await;
    assert_eq!(inventory, ["inventory.opened", "inventory.held"]);
    bea.books(&listing, "2027-08-10", 2)
        .await
        .refused(403, "own_listing");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_at_an_hour_that_is_skipped_is_the_hour_after() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    // In Lisbon the clocks go from 01:00 to 02:00 on 26 March 2028.
    let listing = house.listing(&bea).but("check_in", json!("01:30")).await;
    let booked = ann.books(&listing, "2028-03-26", 2).await.expect(201);
    let shown = ann.booking_after(&booked.id(), &booked).await;
    let at = shown["check_in_at"].as_str().unwrap();
    assert!(at.starts_with("2028-03-26T01:30:00"), "{at}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_agree_agrees_on_a_price_or_books_for_another() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let mia = house
        .holder_of(domain::permission::Role::Manager, "mia")
        .await;
    let with = |listing: &str| {
        json!({"listing": listing, "from": "2027-06-10", "until": "2027-06-12",
            "guests": {"adults": 1}, "party": {"name": "Mr Lima"}, "terms": "at_check_out",
            "price": {"nightly_price": {"amount": 7_000, "currency": "EUR"}, "policy": "firm"}})
    };
    let theirs = house.listing(&bea).await;
    for who in [&ann, &bea, &mia] {
        who.post("/bookings", &with(&theirs))
            .await
            .refused(403, "permission_missing");
    }
    let own = house.listing(&mia).await;
    let agreed = mia.post("/bookings", &with(&own)).await.expect(201);
    let shown = mia.booking_after(&agreed.id(), &agreed).await;
    assert_eq!(
        (&shown["total"]["amount"], &shown["status"]),
        (&json!(14_000), &json!("confirmed"))
    );
    let mut dollars = with(&own);
    dollars["price"]["nightly_price"]["currency"] = json!("USD");
    dollars["from"] = json!("2027-06-11");
    mia.post("/bookings", &dollars)
        .await
        .refused(422, "currency_mismatch");
    house.close().await;
}
