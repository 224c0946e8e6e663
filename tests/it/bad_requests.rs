//! What is wrong with a request is told in one way, and changes nothing.

use harness::{Client, House, Person, Setup};
use reqwest::Method;
use serde_json::{Value, json};

fn faults(of: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(place, code): &(&str, &str)| ((*place).to_owned(), (*code).to_owned());
    of.iter().map(own).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_refuses_what_it_does_not_know() {
    let house = House::open().await;
    let ann = house.guest("ann").await;
    for (query, parameter, code) in [
        ("limit=0", "limit", "out_of_range"),
        ("limit=101", "limit", "out_of_range"),
        ("limit=-1", "limit", "out_of_range"),
        ("limit=5&limit=6", "limit", "duplicate_parameter"),
        ("colour=red", "colour", "unknown_parameter"),
        ("min_position=-1", "min_position", "out_of_range"),
        ("role=owner", "role", "unknown_word"),
    ] {
        let answer = ann.get(&format!("/bookings?{query}")).await;
        answer.refused(422, "parameter_invalid");
        assert_eq!(answer.faults(), faults(&[(parameter, code)]), "{query}");
    }
    ann.get("/bookings?limit=1").await.expect(200);
    ann.get("/bookings?limit=100").await.expect(200);
    let two = ann.get("/bookings?limit=0&colour=red").await;
    assert_eq!(two.faults().len(), 2, "{}", two.text);
    let beyond = house.head().await + 1;
    let ahead = ann.see("/bookings", beyond).await;
    ahead.refused(422, "position_unknown");
    ann.see("/bookings", beyond - 1).await.expect(200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_for_its_own_query_alone() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    for _ in 0..3 {
        house.listing(&bea).await;
    }
    house.settled().await;
    let first = bea.get("/listings/mine?limit=2").await.expect(200);
    let cursor = first.json["next_cursor"].as_str().unwrap();
    let rest = bea
        .get(&format!("/listings/mine?limit=2&cursor={cursor}"))
        .await;
    let rest = rest.expect(200);
    assert_eq!(rest.items().len(), 1);
    assert_eq!(rest.json["next_cursor"], Value::Null);
    let mut ids: Vec<_> = first.items().iter().chain(rest.items()).collect();
    ids.dedup_by_key(|item| &item["id"]);
    assert_eq!(ids.len(), 3);
    let last = if cursor.ends_with('A') { "B" } else { "A" };
    let forged = format!("{}{last}", &cursor[..cursor.len() - 1]);
    for path in [
        "/listings/mine?cursor=abc".to_owned(),
        format!("/listings/mine?cursor={forged}x"),
        format!("/listings/mine?cursor=AA{cursor}"),
        format!("/listings?cursor={cursor}"),
        format!("/listings/mine?status=draft&cursor={cursor}"),
        format!("/bookings?cursor={cursor}"),
    ] {
        bea.get(&path).await.refused(422, "cursor_invalid");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_is_one_strong_tag_of_the_present_version() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let listing = house.listing(&bea).await;
    let before = house.head().await;
    let change = |tag: &str| {
        let request = bea.ask(Method::PATCH, &format!("/listings/{listing}"));
        request
            .json(&json!({"title": "Another"}))
            .header("if-match", tag)
    };
    for tag in [
        "W/\"2\"",
        "*",
        "\"2\", \"3\"",
        "2",
        "\"\"",
        "\"02\"",
        "\"-1\"",
        "\"two\"",
    ] {
        Client::send(change(tag))
            .await
            .refused(422, "if_match_invalid");
    }
    let twice = change("\"2\"").header("if-match", "\"2\"");
    Client::send(twice).await.refused(422, "if_match_invalid");
    Client::send(change("\"1\""))
        .await
        .refused(412, "version_stale");
    Client::send(change("\"9\""))
        .await
        .refused(412, "version_stale");
    assert_eq!(house.head().await, before, "something happened");
    assert_eq!(Client::send(change("\"2\"")).await.expect(200).version(), 3);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lets_a_command_happen_once_and_only_that_command() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).units(9).await;
    let body = |night: &str| json!({"listing": listing, "from": "2027-06-01", "until": night, "guests": {"adults": 1}});
    let keyed = |who: &Person, key: &str, night: &str| {
        let request = who.ask(Method::POST, "/bookings").json(&body(night));
        request.header("idempotency-key", key)
    };
    let first = Client::send(keyed(&ann, "one", "2027-06-03"))
        .await
        .expect(201);
    let again = Client::send(keyed(&ann, "one", "2027-06-03"))
        .await
        .expect(201);
    assert_eq!(first.json, again.json);
    for header in ["location", "etag"] {
        assert_eq!(first.header(header), again.header(header));
    }
    let reused = Client::send(keyed(&ann, "one", "2027-06-04")).await;
    reused.refused(422, "idempotency_key_reused");
    // Another one's key is another key.
    let other = Client::send(keyed(&bea.again().await, "one", "2027-06-03")).await;
    assert_eq!(other.code(), "own_listing");
    let two = keyed(&ann, "two", "2027-06-03").header("idempotency-key", "two");
    Client::send(two)
        .await
        .refused(422, "idempotency_key_invalid");
    for key in ["", &"k".repeat(256), "caf\u{e9}"] {
        let answer = Client::send(keyed(&ann, key, "2027-06-03")).await;
        answer.refused(422, "idempotency_key_invalid");
    }
    // A refusal stores nothing: the same key serves when what was wrong is right.
    let no_night = Client::send(keyed(&ann, "three", "2027-06-01")).await;
    no_night.refused(422, "no_nights");
    Client::send(keyed(&ann, "three", "2027-06-02"))
        .await
        .expect(201);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_with_one_key_at_once_happen_once() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).units(9).await;
    let ask = || {
        let body = json!({"listing": listing, "from": "2027-06-01", "until": "2027-06-03",
            "guests": {"adults": 1}});
        let request = ann.ask(Method::POST, "/bookings").json(&body);
        Client::send(request.header("idempotency-key", "the same"))
    };
    let answers = futures::future::join_all((0..8).map(|_| ask())).await;
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.json, answers[0].json);
    }
    let held = house.story_of(&format!("inventory-{listing}")).await;
    assert_eq!(held, ["inventory.opened", "inventory.held"]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_below_auth_takes_a_key() {
    let house = House::open().await;
    let ann = house.guest("ann").await;
    for path in [
        "signup",
        "login",
        "refresh",
        "verify",
        "logout",
        "logout-all",
    ] {
        let request = ann.ask(Method::POST, &format!("/auth/{path}"));
        let answer = Client::send(request.header("idempotency-key", "one")).await;
        answer.refused(422, "idempotency_key_invalid");
    }
    ann.get("/auth/me").await.expect(200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_problem_too() {
    let house = House::open().await;
    let (ann, anyone) = (house.guest("ann").await, house.anyone());
    anyone.get("/nothing").await.refused(404, "not_found");
    anyone.get("/api/v2").await.refused(404, "not_found");
    let wrong = anyone.delete("/health").await;
    wrong.refused(405, "method_not_allowed");
    assert!(wrong.header("allow").contains("GET"), "{:?}", wrong.headers);
    for path in [
        "/bookings/7",
        "/bookings/null",
        "/users/%00",
        "/payments/%f0%28%8c%28",
    ] {
        let answer = ann.get(path).await;
        assert!(
            [400, 404].contains(&answer.status),
            "{path}: {}",
            answer.text
        );
        answer.is_problem();
    }
    let nobody = "/bookings/01890000-0000-7000-8000-000000000000";
    ann.get(nobody).await.refused(404, "booking_unknown");
    anyone.get("/auth/me").await.refused(401, "token_missing");
    for token in ["", "x", "a.b.c", &format!("{}x", ann.token())] {
        anyone
            .with_token(token)
            .get("/auth/me")
            .await
            .refused(401, "token_invalid");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let flags = ["--rate-auth", "1", "--burst-auth", "3"];
    let house = House::open_with(Setup::with(&flags)).await;
    let anyone = house.anyone();
    let body = json!({"email": "nobody@example.org", "password": "wrong wrong wrong"});
    let mut held_back = None;
    for _ in 0..10 {
        let answer = anyone.post("/auth/login", &body).await;
        if answer.status == 429 {
            held_back = Some(answer);
            break;
        }
        answer.refused(401, "credentials_invalid");
    }
    let held_back = held_back.expect("ten in a row are too many");
    held_back.refused(429, "too_many_requests");
    let seconds: u64 = held_back.header("retry-after").parse().unwrap();
    assert!((1..=5).contains(&seconds), "{seconds}");
    // Other zones are not touched by it.
    anyone.get("/listings").await.expect(200);
    anyone.get("/health").await.expect(200);
    house.close().await;
}
