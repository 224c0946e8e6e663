//! What a command answers: what it was about, its version, and the position to wait for.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// So many bytes are set aside for an answer at the start.
const ANSWER_BYTES: usize = 2_048;

/// 200 with a body of JSON.
///
/// That of axum lets a buffer of 128 bytes grow piece by piece, which is a quarter of what a list
/// costs the server.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(ANSWER_BYTES);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => {
                tracing::error!(%error, "an answer could not be written as JSON");
                Problem::broken().into_response()
            }
        }
    }
}

/// The answer to a command that was carried out; a repetition with the same key gets the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Done {
    /// What the command was about.
    pub id: String,
    /// Its version after the command; `If-Match` takes it.
    pub version: i64,
    /// The position to give as `min_position` to queries that shall see it.
    pub position: i64,
}

impl From<commands::Done> for Done {
    fn from(done: commands::Done) -> Self {
        Self {
            id: done.id,
            version: done.version,
            position: done.position,
        }
    }
}

/// 201: something new is there, at `place` followed by its id.
#[derive(Debug)]
pub struct Created(pub String, pub commands::Done);

/// 200: something was changed.
#[derive(Debug)]
pub struct Changed(pub commands::Done);

impl IntoResponse for Created {
    fn into_response(self) -> Response {
        let location = format!("/api/v1/{}/{}", self.0, self.1.id);
        created(location, Changed(self.1))
    }
}

impl IntoResponse for Changed {
    fn into_response(self) -> Response {
        let version = self.0.version;
        versioned(version, Json(Done::from(self.0)))
    }
}

/// 201 with `body`: what is new is shown at `location`.
pub fn created(location: String, body: impl IntoResponse) -> Response {
    let mut response = (StatusCode::CREATED, body).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// `body` with the version that `If-Match` takes.
pub fn versioned(version: i64, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
