//! The outermost layer: names the request, counts it, and writes one line about it.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::edge::Edge;
use crate::extract::{CORRELATION_ID, REQUEST_ID, Trail};

/// Names the request, counts it, and writes one line about it: no query, no body, no header, for
/// they hold what is personal or secret.
pub async fn request(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let trail = Trail::of(&parts, &edge);
    let route = parts.extensions.get::<MatchedPath>();
    let route = route.map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let method = parts.method.clone();
    let span = tracing::info_span!(
        "request",
        %method,
        route,
        request_id = trail.request_id,
        correlation_id = %trail.correlation_id,
    );
    let (request_id, correlation_id) = (trail.request_id.clone(), trail.correlation_id);
    parts.extensions.insert(trail);

    let answered = next
        .run(Request::from_parts(parts, body))
        .instrument(span.clone());
    let mut response = answered.await;

    let took = started.elapsed();
    let status = response.status().as_u16();
    edge.metrics.record(&method, &route, status, took);
    span.in_scope(|| tracing::info!(status, took_us = took.as_micros(), "answered"));
    for (name, value) in [
        (REQUEST_ID, request_id),
        (CORRELATION_ID, correlation_id.to_string()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
