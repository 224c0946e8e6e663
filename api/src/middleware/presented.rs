//! The access token that a request came with.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::{Claims, TokenFault};
use crate::edge::Edge;

/// What a request's token says, or why it is not believed; a request without one has none.
#[derive(Clone, Debug)]
pub struct Presented(pub Result<Arc<Claims>, TokenFault>);

/// Reads the token once, for the rate limit and for the routes.
pub async fn read(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::AUTHORIZATION) {
        let claims = bearer(request.headers())
            .ok_or(TokenFault::Invalid)
            .and_then(|token| edge.tokens.verify(token, edge.clock.now()));
        request.extensions_mut().insert(Presented(claims));
    }
    next.run(request).await
}

/// The token of the one `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
