//! Writes problems down, also those that a library answered in its own words.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::extract::Trail;
use crate::problem::Problem;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Marks an answer of 400 or above whose body is no problem, and stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct OwnBody;

/// Gives every answer of 400 and above its body, except where it has one of its own.
pub async fn problems(request: Request, next: Next) -> Response {
    let trail = request
        .extensions()
        .get::<Trail>()
        .map(|trail| trail.request_id.clone());
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Problem>();
    let status = response.status();
    if response.extensions().get::<OwnBody>().is_some() {
        return response;
    }
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    let (mut parts, _) = response.into_parts();
    parts.status = problem.status();
    parts.headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(problem.to_json(trail.as_deref())))
}
