//! A seat for each request, an end to each, and an answer even to a panic.

use std::any::Any;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::edge::Edge;
use crate::problem::Problem;

/// Works on so many requests at once, and on none for longer than is allowed.
///
/// What a route has handed to the journal by then is not taken back: the client asks again with
/// the same key and learns what became of it.
pub async fn seat_and_time(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let Ok(_seat) = Arc::clone(&edge.seats).try_acquire_owned() else {
        let detail = "Too much is being worked on at the moment.";
        return Problem::unavailable("overloaded", detail, 1).into_response();
    };
    let time = edge.limits.request_timeout.duration();
    tokio::time::timeout(time, next.run(request)).await.unwrap_or_else(|_| {
        let detail = "This took too long. Whether it happened is told to who asks again with the \
                      same `Idempotency-Key`.";
        Problem::unavailable("timeout", detail, 1).into_response()
    })
}

/// Answers for a route that panicked.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over"
)]
pub fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(panic = text, "a route panicked");
    Problem::broken().into_response()
}
