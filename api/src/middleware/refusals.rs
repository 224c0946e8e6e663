//! Takes note of every request that was refused because its caller may not do it.

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::Presented;
use crate::edge::Edge;
use crate::extract::Trail;
use crate::problem::Problem;
use crate::security::{Kind, Refusal};

/// Notes who was answered 403, from where, and for what.
pub async fn note(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let known = request.extensions();
    let trail = known.get::<Trail>().cloned();
    let route = known.get::<MatchedPath>().cloned();
    let user = match known.get::<Presented>() {
        Some(Presented(Ok(claims))) => Some(claims.sub),
        _ => None,
    };
    let method = request.method().clone();
    let response = next.run(request).await;
    if response.status() == StatusCode::FORBIDDEN {
        let code = response.extensions().get::<Problem>();
        let refusal = Refusal {
            kind: Kind::AccessRefused,
            code: code.map_or("forbidden", Problem::code).to_owned(),
            user,
            account: None,
            method: method.to_string(),
            route: route
                .as_ref()
                .map_or("unmatched", MatchedPath::as_str)
                .to_owned(),
        };
        let from = trail.as_ref().map(Into::into).unwrap_or_default();
        edge.security.note(refusal, from);
    }
    response
}
