//! Headers and paths, good and bad.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use axum::routing::{get, post};
use uuid::Uuid;

use super::{Id, IfMatch, Key, NoKey, Trail, request_hash};
use crate::middleware::layered;
use crate::testing::{Answer, edge, edge_with, send, settings};

fn router() -> Router {
    let edge = edge();
    let routes = Router::new()
        .route(
            "/key",
            post(|Key(key): Key| async move { format!("{key:?}") }),
        )
        .route("/none", post(|_: NoKey| async {}))
        .route(
            "/version",
            post(|IfMatch(version): IfMatch| async move { format!("{version:?}") }),
        )
        .route(
            "/things/{id}",
            get(|Id(id): Id<Uuid>| async move { id.to_string() }),
        );
    layered(routes, &edge)
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(&router(), request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_key_is_printable_and_only_one() {
    let long = "k".repeat(255);
    for good in ["k", "a key with spaces", &long] {
        assert_eq!(
            ask("/key", &[("idempotency-key", good)]).await.status,
            StatusCode::OK
        );
    }
    let too_long = "k".repeat(256);
    for bad in ["", "clé", "tab\there", &too_long] {
        let answer = ask("/key", &[("idempotency-key", bad)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert_eq!(answer.code(), "idempotency_key_invalid");
    }
    let two = ask(
        "/key",
        &[("idempotency-key", "a"), ("idempotency-key", "a")],
    )
    .await;
    assert_eq!(two.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn where_no_key_is_taken_none_is_ignored() {
    assert_eq!(ask("/none", &[]).await.status, StatusCode::OK);
    let answer = ask("/none", &[("idempotency-key", "k")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn if_match_takes_one_strong_version() {
    assert_eq!(
        ask("/version", &[("if-match", "\"3\"")]).await.status,
        StatusCode::OK
    );
    for bad in [
        "W/\"3\"",
        "*",
        "\"3\", \"4\"",
        "3",
        "\"x\"",
        "\"03\"",
        "\"+3\"",
        "\"0\"",
        "\"\"",
    ] {
        let answer = ask("/version", &[("if-match", bad)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert_eq!(answer.code(), "if_match_invalid");
    }
    let two = ask("/version", &[("if-match", "\"3\""), ("if-match", "\"3\"")]).await;
    assert_eq!(two.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_no_id_names_nothing() {
    for (path, status) in [
        (
            "/things/0190f1a0-0000-7000-8000-000000000001",
            StatusCode::OK,
        ),
        ("/things/7", StatusCode::NOT_FOUND),
        ("/things/%00", StatusCode::NOT_FOUND),
        ("/things/%ff", StatusCode::NOT_FOUND),
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(send(&router(), request).await.status, status, "{path}");
    }
}

#[test]
fn a_hash_is_of_the_request_and_of_nothing_else() {
    let hash = |path: &str, version, body: &str| {
        request_hash(&Method::POST, path, version, body.as_bytes())
    };
    let first = hash("/bookings", None, "{}");

    assert_eq!(hash("/bookings", None, "{}"), first);
    assert_ne!(hash("/bookings", Some(1), "{}"), first);
    assert_ne!(hash("/bookings", None, "{} "), first);
    assert_ne!(hash("/bookings{}", None, ""), first);
    assert_ne!(
        request_hash(&Method::PATCH, "/bookings", None, b"{}"),
        first
    );
}

fn trail(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
    let mut settings = settings();
    settings.network.trusted_proxies = trusted
        .split_whitespace()
        .map(|ip| ip.parse().unwrap())
        .collect();
    let mut request = Request::get("/");
    for list in forwarded {
        request = request.header("x-forwarded-for", *list);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    parts
        .extensions
        .insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
    Trail::of(&parts, &edge_with(&settings))
        .ip
        .unwrap()
        .to_string()
}

#[test]
fn a_forwarded_address_is_believed_from_trusted_proxies_alone() {
    assert_eq!(trail("", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    assert_eq!(
        trail("10.0.0.1", "10.0.0.1", &["198.51.100.1"]),
        "198.51.100.1"
    );
    // A client that writes the header itself is still the one its proxy saw.
    assert_eq!(
        trail("10.0.0.1", "10.0.0.1", &["1.1.1.1, 198.51.100.1"]),
        "198.51.100.1"
    );
    assert_eq!(
        trail(
            "10.0.0.1 10.0.0.2",
            "10.0.0.1",
            &["1.1.1.1", "198.51.100.1, 10.0.0.2"]
        ),
        "198.51.100.1"
    );
    assert_eq!(trail("10.0.0.1", "10.0.0.1", &["nonsense"]), "10.0.0.1");
}
