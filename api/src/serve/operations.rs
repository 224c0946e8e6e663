//! The listener for operators: what the public listener does not say.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use eventstore::Stop;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::app::App;
use crate::routes::operators;

/// How many requests are answered at a time; further ones are told to come back.
const REQUESTS_AT_ONCE: usize = 16;
/// How long a request may take.
const REQUEST_MAX: Duration = Duration::from_secs(10);

/// Answers operators until the task is to end.
pub async fn answer(listener: Arc<TcpListener>, app: App, mut stop: Stop) -> Result<(), String> {
    let listener = listener
        .try_clone()
        .and_then(tokio::net::TcpListener::from_std)
        .map_err(|error| error.to_string())?;
    let served = axum::serve(listener, router(app))
        .with_graceful_shutdown(async move { stop.requested().await });
    served.await.map_err(|error| error.to_string())
}

/// The routes for operators, so many at a time.
pub fn router(app: App) -> Router {
    let seats = Arc::new(Semaphore::new(REQUESTS_AT_ONCE));
    operators(app).layer(from_fn_with_state(seats, seat_and_time))
}

async fn seat_and_time(
    State(seats): State<Arc<Semaphore>>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_seat) = seats.try_acquire() else {
        return busy();
    };
    let answered = timeout(REQUEST_MAX, next.run(request)).await;
    answered.unwrap_or_else(|_| busy())
}

fn busy() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, "1")],
    )
        .into_response()
}
