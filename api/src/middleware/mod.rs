//! What happens to every request before and after its route.

mod guard;
mod headers;
mod observe;
mod presented;
mod rate;
mod render;

pub use presented::Presented;
pub use rate::Rates;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;

use crate::edge::Edge;

/// Puts every layer around `router`; the last one named is the first one met.
pub fn layered(router: Router, edge: &Edge) -> Router {
    router
        .layer(from_fn_with_state(edge.clone(), rate::hold_back))
        .layer(from_fn_with_state(edge.clone(), presented::read))
        .layer(from_fn_with_state(edge.clone(), guard::seat_and_time))
        .layer(CatchPanicLayer::custom(guard::on_panic))
        .layer(from_fn(render::problems))
        .layer(from_fn(headers::secure))
        .layer(CompressionLayer::new())
        .layer(cors(&edge.network.cors_origins))
        .layer(from_fn_with_state(edge.clone(), observe::request))
}

/// The origins of the allow list, and no cookies: a token is sent by the page itself.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|o| o.parse().ok()).collect();
    let own = |name| HeaderName::from_static(name);
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            own("idempotency-key"),
            own("x-request-id"),
            own("x-correlation-id"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            own("x-request-id"),
            own("x-correlation-id"),
        ])
}

#[cfg(test)]
mod tests;
