//! Reads the body of a request before the request takes a seat.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::edge::Edge;
use crate::problem::Problem;

/// The most bytes of bodies that are held in memory at once, of all clients.
pub const HELD_BYTES_MAX: usize = 256 * 1_024 * 1_024;
/// In so many bytes what is held is counted.
pub const HELD_UNIT: usize = 1_024;

/// What a request keeps for its body until it is answered.
pub type Held = Option<OwnedSemaphorePermit>;

/// Whether the body is a form or a file, which its route reads piece by piece.
pub fn is_streamed(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    let json = kind.is_none_or(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    });
    !json && !request.body().is_end_stream()
}

/// The same request with its whole body at hand. A body that is too large or stops half-way is
/// handed on as it is: the route refuses it, after it has asked who sends it.
pub async fn gather(edge: &Edge, request: Request) -> Result<(Request, Held), Problem> {
    if request.body().is_end_stream() || announces_too_much(edge, &request) {
        return Ok((request, None));
    }
    let time = edge.limits.body_timeout.duration();
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(time, read(body, edge.limits.body_limit, &edge.bodies));
    let (body, held) = read.await.map_err(|_| Problem::too_slow())??;
    Ok((Request::from_parts(parts, body), held))
}

fn announces_too_much(edge: &Edge, request: &Request) -> bool {
    let limit = u64::try_from(edge.limits.body_limit).unwrap_or(u64::MAX);
    request.body().size_hint().lower() > limit
}

async fn read(body: Body, limit: usize, bodies: &Arc<Semaphore>) -> Result<(Body, Held), Problem> {
    let mut frames = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut held: Held = None;
    loop {
        match frames.try_next().await {
            Ok(Some(frame)) => {
                bytes.extend_from_slice(&frame);
                hold(&mut held, bytes.len(), bodies)?;
            }
            Ok(None) => return Ok((Body::from(bytes), held)),
            Err(error) => {
                let told = [Ok(Bytes::from(bytes)), Err(error)];
                return Ok((Body::from_stream(stream::iter(told)), held));
            }
        }
        if bytes.len() > limit {
            let first = stream::iter([Ok(Bytes::from(bytes))]);
            return Ok((Body::from_stream(first.chain(frames)), held));
        }
    }
}

/// Holds as much as `length` bytes need.
fn hold(held: &mut Held, length: usize, bodies: &Arc<Semaphore>) -> Result<(), Problem> {
    let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
    let lacks = length.div_ceil(HELD_UNIT).saturating_sub(has);
    if lacks == 0 {
        return Ok(());
    }
    let more = u32::try_from(lacks).unwrap_or(u32::MAX);
    let more = Arc::clone(bodies).try_acquire_many_owned(more);
    let more = more.map_err(|_| super::guard::overloaded())?;
    match held {
        Some(held) => held.merge(more),
        None => *held = Some(more),
    }
    Ok(())
}
