//! Headers that keep a browser from doing what nobody asked for.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::extract::Trail;

/// Answers hold data, never a page: nothing may be loaded, run or framed.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The documentation is a page: its own scripts, its own styles, icons inside them.
const POLICY_OF_DOCS: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                              img-src 'self' data:; frame-ancestors 'none'";

/// For a year the browser asks over TLS only.
const HSTS: &str = "max-age=31536000";

/// Adds the headers that every answer bears.
pub async fn secure(request: Request, next: Next) -> Response {
    let trail = request.extensions().get::<Trail>();
    let https = trail.is_some_and(|trail| trail.is_https);
    let docs = request.uri().path().starts_with("/docs");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(
        headers,
        header::CONTENT_SECURITY_POLICY,
        if docs { POLICY_OF_DOCS } else { POLICY },
    );
    if https {
        set(headers, header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if !docs {
        // What one user may see, no cache may show to the next.
        set(headers, header::CACHE_CONTROL, "no-store");
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}
