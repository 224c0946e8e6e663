//! What happens to every request, whatever its route.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::routing::{get, post};

use super::layered;
use crate::edge::Edge;
use crate::testing::{Answer, edge, edge_with, send, settings};

fn router(edge: &Edge) -> Router {
    async fn panics() -> &'static str {
        panic!("a secret that must not leave")
    }
    async fn sleeps() {
        std::future::pending::<()>().await;
    }
    let routes = Router::new()
        .route("/api/v1/things", post(|| async {}))
        .route("/api/v1/auth/login", get(|| async {}))
        .route("/health", get(|| async {}))
        .route("/panics", get(panics))
        .route("/sleeps", get(sleeps));
    layered(routes, edge)
}

fn get_path(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

async fn ask(edge: &Edge, path: &str) -> Answer {
    send(&router(edge), get_path(path)).await
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let edge = edge();

    let unknown = ask(&edge, "/api/v1/nothing").await;
    let method = ask(&edge, "/api/v1/things").await;

    assert_eq!(
        (unknown.status, unknown.code()),
        (StatusCode::NOT_FOUND, "not_found")
    );
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(method.code(), "method_not_allowed");
    assert_eq!(method.headers[header::ALLOW], "POST");
    for answer in [unknown, method] {
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(
            answer.json["request_id"],
            answer.headers["x-request-id"].to_str().unwrap()
        );
        for member in ["type", "title", "status", "detail"] {
            assert!(!answer.json[member].is_null(), "{member}");
        }
    }
}

#[tokio::test]
async fn a_panic_is_500_and_tells_nothing() {
    let answer = ask(&edge(), "/panics").await;

    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        !answer.json.to_string().contains("secret"),
        "{}",
        answer.json
    );
}

#[tokio::test]
async fn a_request_without_end_is_ended() {
    let mut settings = settings();
    settings.limits.request_timeout = "1s".parse().unwrap();

    let answer = ask(&edge_with(&settings), "/sleeps").await;

    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "timeout")
    );
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn without_a_seat_nobody_is_served() {
    let mut settings = settings();
    settings.limits.requests_at_once = 0;

    let edge = edge_with(&settings);
    let answer = ask(&edge, "/api/v1/nothing").await;

    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "overloaded")
    );
    // Whoever watches the server hears from it also when it is full.
    assert_eq!(ask(&edge, "/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn each_zone_has_its_own_rate() {
    let mut settings = settings();
    // One in seconds to come, so that the test does not depend on how fast it runs.
    settings.limits.rate_auth = 1.try_into().unwrap();
    settings.limits.burst_auth = 2.try_into().unwrap();
    let edge = edge_with(&settings);

    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(ask(&edge, "/api/v1/auth/login").await.status.as_u16());
    }
    let refused = ask(&edge, "/api/v1/auth/login").await;

    assert_eq!(codes, [200, 200, 429]);
    assert_eq!(refused.headers[header::RETRY_AFTER], "1");
    assert_eq!(ask(&edge, "/health").await.status, StatusCode::OK);
    assert_eq!(
        ask(&edge, "/api/v1/nothing").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_another_replaced() {
    for (sent, kept) in [
        ("abc-1.2_3", true),
        ("with space", false),
        (&*"x".repeat(65), false),
    ] {
        let mut request = get_path("/health");
        request
            .headers_mut()
            .insert("x-request-id", sent.parse().unwrap());
        let answer = send(&router(&edge()), request).await;
        assert_eq!(answer.headers["x-request-id"] == sent, kept, "{sent}");
    }
}

#[tokio::test]
async fn only_listed_origins_may_call() {
    let mut settings = settings();
    settings.network.cors_origins = vec!["https://app.example.org".to_owned()];
    let edge = edge_with(&settings);
    for (origin, allowed) in [
        ("https://app.example.org", true),
        ("https://evil.example", false),
    ] {
        let preflight = Request::options("/api/v1/things")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
        let answer = send(&router(&edge), preflight.body(Body::empty()).unwrap()).await;
        let allows = answer
            .headers
            .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allows, allowed, "{origin}");
    }
}

#[tokio::test]
async fn answers_bear_what_keeps_a_browser_in_check() {
    let answer = ask(&edge(), "/health").await;

    assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY));
}

#[tokio::test]
async fn requests_are_counted_by_route_and_not_by_path() {
    let edge = edge();
    ask(&edge, "/health").await;
    ask(&edge, "/api/v1/nothing").await;

    let text = edge.metrics.render(&[]);

    assert!(
        text.contains(r#"count{method="GET",route="/health",status="200"} 1"#),
        "{text}"
    );
    assert!(
        text.contains(r#"count{method="GET",route="unmatched",status="404"} 1"#),
        "{text}"
    );
}
