//! What is wrong with a body is told with its place, all of it at once.

use harness::{Answer, Client, House};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends exactly these bytes, says no more, and reads what comes.
async fn raw(house: &House, request: &str) -> String {
    let mut socket = TcpStream::connect(house.address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn send(client: &Client, path: &str, body: &str) -> Answer {
    let request = client.ask(Method::POST, path);
    let request = request.header("content-type", "application/json");
    Client::send(request.body(body.to_owned())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_a_body_is_told_with_its_place() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let before = house.head().await;
    let listing = bea.listing().body().to_string();
    let with = |from: &str, to: &str| {
        assert!(listing.contains(from), "{listing}");
        listing.replacen(from, to, 1)
    };
    for (body, place, code) in [
        (
            with("\"units\":1", "\"units\":4294967296"),
            "/units",
            "out_of_range",
        ),
        (
            with("\"units\":1", "\"units\":-1"),
            "/units",
            "out_of_range",
        ),
        (with("\"units\":1", "\"units\":1.5"), "/units", "wrong_type"),
        (
            with("\"units\":1", "\"units\":\"1\""),
            "/units",
            "wrong_type",
        ),
        (
            with("\"units\":1", "\"units\":1,\"units\":2"),
            "/units",
            "duplicate_key",
        ),
        (
            with("\"units\":1", "\"units\":1,\"colour\":2"),
            "/colour",
            "unknown_field",
        ),
        (
            with("\"amount\":10000", "\"amount\":1e400"),
            "/pricing/nightly_price/amount",
            "",
        ),
        (with("over the", "over\\u0000the"), "/title", ""),
    ] {
        let answer = send(&bea, "/listings", &body).await;
        answer.refused(422, "body_invalid");
        let [(found, said)] = &answer.faults()[..] else {
            panic!("not one fault: {}", answer.text);
        };
        assert_eq!(found, place, "{}", answer.text);
        assert!(code.is_empty() || said == code, "{}", answer.text);
    }
    assert_eq!(house.head().await, before, "something happened");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_body_are_told_at_once() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let before = house.head().await;
    let many = send(
        &bea,
        "/listings",
        r#"{"units": -1, "title": 7, "colour": 1}"#,
    )
    .await;
    many.refused(422, "body_invalid");
    let places: Vec<_> = many.faults().into_iter().map(|(place, _)| place).collect();
    assert_eq!(
        places,
        [
            "/colour",
            "/policy",
            "/pricing",
            "/time_zone",
            "/title",
            "/units"
        ]
    );
    assert_eq!(house.head().await, before, "something happened");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_object_of_a_sane_depth_cannot_be_read() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!("{{\"colour\":{open}{close}}}")
    };
    send(&bea, "/listings", &nested(32))
        .await
        .refused(422, "body_invalid");
    for body in [
        &nested(33),
        &nested(100_000),
        "{",
        "{\"a\":}",
        "not json",
        "\u{feff}{}",
        "{} {}",
    ] {
        send(&bea, "/listings", body)
            .await
            .refused(400, "body_unreadable");
    }
    bea.act("/listings").await.refused(400, "body_missing");
    let invalid = bea.ask(Method::POST, "/listings");
    let invalid = invalid.header("content-type", "application/json");
    let invalid = Client::send(invalid.body(b"{\"title\":\"\xff\"}".to_vec())).await;
    invalid.refused(400, "body_unreadable");
    for kind in [
        "text/plain",
        "application/json; charset=latin1",
        "multipart/form-data",
    ] {
        let request = bea
            .ask(Method::POST, "/listings")
            .header("content-type", kind);
        let answer = Client::send(request.body("{}")).await;
        answer.refused(415, "media_type_unsupported");
    }
    let gzip = bea
        .ask(Method::POST, "/listings")
        .header("content-encoding", "gzip");
    let gzip = Client::send(gzip.json(&json!({}))).await;
    gzip.refused(415, "media_type_unsupported");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_or_stops_half_way_changes_nothing() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let before = house.head().await;
    let head = format!(
        "POST /api/v1/listings HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\nconnection: close\r\n",
        bea.token()
    );
    let large = raw(&house, &format!("{head}content-length: 1048577\r\n\r\n")).await;
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
    assert!(large.contains("body_too_large"), "{large}");
    let whole = bea.listing().body().to_string();
    let length = whole.len();
    let half = &whole[..length / 2];
    for body in [
        format!("content-length: {length}\r\n\r\n{half}"),
        format!("transfer-encoding: chunked\r\n\r\n{length:x}\r\n{half}"),
        format!("transfer-encoding: chunked\r\n\r\n{length:x}\r\n{whole}\r\n"),
    ] {
        let answer = raw(&house, &format!("{head}{body}")).await;
        let told = answer.starts_with("HTTP/1.1 400") && answer.contains("body_cut_short");
        // One who hung up may not hear it any more.
        assert!(told || answer.is_empty(), "{answer}");
    }
    assert_eq!(house.head().await, before, "something happened");
    bea.get("/auth/me").await.expect(200);
    house.close().await;
}
