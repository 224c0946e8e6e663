//! What happens to every request before and after its route.

mod client;
mod gather;
mod guard;
mod headers;
mod observe;
mod presented;
mod rate;
mod refusals;
mod render;

pub use client::{Client, network};
pub use gather::{HELD_BYTES_MAX, HELD_UNIT};
pub use presented::Presented;
pub use rate::Rates;
pub use render::OwnBody;

use axum::Router;
use axum::http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header,
};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::cors::CorsLayer;

use crate::edge::Edge;

/// Puts every layer around `router`; the last one named is the first one met.
pub fn layered(router: Router, edge: &Edge) -> Router {
    router
        .layer(from_fn_with_state(edge.clone(), refusals::note))
        .layer(from_fn_with_state(edge.clone(), guard::seat_and_time))
        .layer(from_fn_with_state(edge.clone(), rate::hold_back))
        .layer(from_fn_with_state(edge.clone(), presented::read))
        .layer(CatchPanicLayer::custom(guard::on_panic))
        .layer(from_fn(render::problems))
        .layer(from_fn(headers::secure))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_no_file)))
        .layer(cors(&edge.network.cors_origins))
        .layer(from_fn_with_state(edge.clone(), observe::request))
}

/// A file of which parts can be asked for is sent as it is: its parts and its tag are those of the
/// bytes that were uploaded.
fn is_no_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
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
            header::IF_NONE_MATCH,
            header::RANGE,
            own("idempotency-key"),
            own("x-request-id"),
            own("x-correlation-id"),
        ])
        .expose_headers([
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            own("x-request-id"),
            own("x-correlation-id"),
        ])
}

#[cfg(test)]
mod tests;
