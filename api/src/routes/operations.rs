//! For those who keep it running: alive, ready, measured.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Json;
use crate::app::App;
use crate::edge::Edge;
use crate::extract::Now;

/// The routes at the root.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(health))
        .routes(routes!(info))
        .routes(routes!(ready))
        .routes(routes!(metrics))
        .routes(routes!(key_set))
}

/// That the server is alive.
#[derive(Serialize, ToSchema)]
struct Health {
    /// Always `ok`: a dead server says nothing.
    status: &'static str,
    /// Always `cadastre`.
    service: &'static str,
    /// The version of the server.
    version: &'static str,
    /// The present instant by the server's clock.
    timestamp: DateTime<Utc>,
}

/// What the server is.
#[derive(Serialize, ToSchema)]
struct Info {
    /// Always `cadastre`.
    service: &'static str,
    /// The version of the server.
    version: &'static str,
    /// Where the API is described.
    openapi: &'static str,
    /// Where the description is read by people.
    docs: &'static str,
}

/// Whether the server can do its work.
#[derive(Serialize, ToSchema)]
struct Ready {
    /// `ready`, or `not_ready`.
    status: &'static str,
    /// Each part that it needs.
    checks: Vec<Checked>,
}

/// One part that the server needs.
#[derive(Serialize, ToSchema)]
struct Checked {
    /// Which part.
    name: &'static str,
    /// `ok`, or `failed`.
    status: &'static str,
    /// What there is to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Says that the server is alive.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = Health)))]
async fn health(Now(timestamp): Now) -> Json<Health> {
    let version = env!("CARGO_PKG_VERSION");
    Json(Health {
        status: "ok",
        service: "cadastre",
        version,
        timestamp,
    })
}

/// Says what the server is.
#[utoipa::path(get, path = "/info", tag = "operations", responses((status = 200, body = Info)))]
async fn info() -> Json<Info> {
    Json(Info {
        service: "cadastre",
        version: env!("CARGO_PKG_VERSION"),
        openapi: crate::openapi::PATH,
        docs: "/docs",
    })
}

/// Says whether the server can do its work, and which part of it cannot.
#[utoipa::path(get, path = "/ready", tag = "operations", responses(
    (status = 200, body = Ready), (status = 503, body = Ready),
))]
async fn ready(State(app): State<App>) -> impl IntoResponse {
    let mut checks = Vec::new();
    for check in &app.checks {
        let (status, detail) = match (check.ask)().await {
            Ok(detail) => ("ok", detail),
            Err(detail) => ("failed", Some(detail)),
        };
        checks.push(Checked {
            name: check.name,
            status,
            detail,
        });
    }
    if app.edge.is_draining() {
        let detail = Some("The server is about to stop.".to_owned());
        checks.push(Checked {
            name: "server",
            status: "failed",
            detail,
        });
    }
    let is_ready = checks.iter().all(|check| check.status == "ok");
    let (code, status) = if is_ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    };
    (code, Json(Ready { status, checks }))
}

/// Measures, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses(
    (status = 200, body = String, content_type = "text/plain"),
))]
async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let gauges = (app.gauges)().await;
    let text = app.edge.metrics.render(&gauges);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}

/// The public keys by which an access token is verified.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "auth", responses(
    (status = 200, body = Value),
))]
async fn key_set(State(edge): State<Edge>) -> Json<Value> {
    Json(edge.tokens.key_set())
}
