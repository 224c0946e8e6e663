//! For those who keep it running: alive, ready, measured.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
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
use crate::middleware::OwnBody;
use crate::readiness::Checked;

/// The routes at the root.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(health))
        .routes(routes!(info))
        .routes(routes!(ready))
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
}

/// Whether the server can do its work, and how it goes with each part.
#[derive(Serialize)]
struct ReadyInPart {
    status: &'static str,
    checks: Vec<Checked>,
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

/// Says whether the server can do its work. Which part cannot is told to operators, on their
/// listener.
#[utoipa::path(get, path = "/ready", tag = "operations", responses(
    (status = 200, body = Ready), (status = 503, body = Ready),
))]
async fn ready(State(app): State<App>) -> Response {
    let (code, status) = word(&parts(&app));
    (code, Extension(OwnBody), Json(Ready { status })).into_response()
}

/// What operators are told: on a listener of their own, for it tells of the inside.
pub fn operators(app: App) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready_in_part))
        .route("/metrics", get(metrics))
        .with_state(app)
}

async fn ready_in_part(State(app): State<App>) -> Response {
    let checks = parts(&app);
    let (code, status) = word(&checks);
    (code, Json(ReadyInPart { status, checks })).into_response()
}

fn parts(app: &App) -> Vec<Checked> {
    let mut checks = app.readiness.parts();
    if app.edge.is_draining() {
        let why = "It was told to stop: it finishes what is under way.".to_owned();
        checks.push(Checked::of("server", Err(why)));
    }
    checks
}

fn word(checks: &[Checked]) -> (StatusCode, &'static str) {
    if checks.iter().all(Checked::is_well) {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    }
}

/// Measures, as Prometheus reads them.
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
