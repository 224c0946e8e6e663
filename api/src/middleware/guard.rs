//! A seat for each request, an end to each, and an answer even to a panic.

use std::any::Any;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::client::Client;
use super::gather::{gather, is_streamed};
use crate::edge::Edge;
use crate::problem::Problem;

/// Works on so many requests at once, of one client and of all, and on none for longer than is
/// allowed. A body is read before a seat is taken, so that those who send slowly keep nobody out.
///
/// What a route has handed to the journal by then is not taken back: the client asks again with
/// the same key and learns what became of it.
pub async fn seat_and_time(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    // Whoever watches the server hears from it also when it is full.
    if is_operational(request.uri().path()) {
        return in_time(&edge, request, next).await;
    }
    match seated(&edge, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn seated(edge: &Edge, request: Request, next: Next) -> Result<Response, Problem> {
    let client = Client::by_user(&request);
    let _place = edge.places.take(&client).ok_or_else(too_many_at_once)?;
    if is_streamed(&request) {
        let own = edge.streams_of_one.take(&client);
        let _own = own.ok_or_else(too_many_at_once)?;
        let _seat = edge.streams.try_acquire().map_err(|_| overloaded())?;
        return Ok(in_time(edge, request, next).await);
    }
    let (request, _held) = gather(edge, request).await?;
    let _seat = edge.seats.try_acquire().map_err(|_| overloaded())?;
    Ok(in_time(edge, request, next).await)
}

async fn in_time(edge: &Edge, request: Request, next: Next) -> Response {
    let time = edge.limits.request_timeout.duration();
    let answered = tokio::time::timeout(time, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let detail = "This took too long. Whether it happened is told to who asks again with the \
                      same `Idempotency-Key`.";
        Problem::unavailable("timeout", detail, 1).into_response()
    })
}

/// Whether a path is for those who watch the server: it takes no seat and no share of a rate.
pub fn is_operational(path: &str) -> bool {
    matches!(path, "/health" | "/ready" | "/metrics" | "/info")
}

/// 503: everybody together asks for too much.
pub fn overloaded() -> Problem {
    let detail = "Too much is being worked on at the moment.";
    Problem::unavailable("overloaded", detail, 1)
}

fn too_many_at_once() -> Problem {
    let detail = "This client has too many requests under way. Wait until some are answered.";
    Problem::too_soon("too_many_at_once", detail, 1)
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
