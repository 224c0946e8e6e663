//! The body of a request, read strictly.

use axum::body::{Body as Stream, Bytes};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures::TryStreamExt;
use utoipa::ToSchema;

use super::{Faults, Fields, FromJson, Pointer, Tree};
use crate::edge::Edge;
use crate::problem::Problem;

/// A JSON body, read into `T` with every fault told at once.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// Nothing to be said: no body, or an object without fields.
#[derive(Clone, Copy, Debug, ToSchema)]
pub struct Nothing {}

impl FromJson for Nothing {
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self> {
        Fields::of(tree, at, faults)?.finish(faults);
        Some(Self {})
    }

    fn absent() -> Option<Self> {
        Some(Self {})
    }
}

impl<T: FromJson, S> FromRequest<S> for Body<T>
where
    Edge: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let limit = Edge::from_ref(state).limits.body_limit;
        let (parts, body) = request.into_parts();
        let bytes = collect(&parts.headers, body, limit).await?;
        parse(&parts.headers, &bytes).map(Self)
    }
}

/// The bytes of a body of at most `limit`; what lies beyond is not read.
pub async fn collect(headers: &HeaderMap, body: Stream, limit: usize) -> Result<Bytes, Problem> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limit) {
        return Err(Problem::too_large(limit));
    }
    let mut frames = body.into_data_stream();
    let mut bytes = Vec::new();
    loop {
        let frame = frames.try_next().await.map_err(|error| {
            tracing::debug!(%error, "a body stopped half-way");
            Problem::unreadable("body_cut_short", "The body stopped before its end.")
        })?;
        let Some(frame) = frame else {
            return Ok(bytes.into());
        };
        if bytes.len() + frame.len() > limit {
            return Err(Problem::too_large(limit));
        }
        bytes.extend_from_slice(&frame);
    }
}

/// Reads `bytes` into `T`. An empty body is what `T` says it is; most say that it is no good.
pub fn parse<T: FromJson>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    if headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|v| v != "identity")
    {
        return Err(Problem::unsupported(
            "The body is compressed; send it as it is.",
        ));
    }
    if bytes.is_empty() {
        let missing = "The body is empty; this needs a JSON object.";
        return T::absent().ok_or_else(|| Problem::unreadable("body_missing", missing));
    }
    if !is_json(headers) {
        return Err(Problem::unsupported(
            "Send the body as `Content-Type: application/json`.",
        ));
    }
    let mut faults = Faults::default();
    let tree = Tree::read(bytes, &mut faults)
        .map_err(|e| Problem::unreadable("body_unreadable", e.to_string()))?;
    let value = T::from_json(tree, &Pointer::Root, &mut faults);
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(Problem::faults("body_invalid", faults.into_vec())),
    }
}

/// `application/json`, in UTF-8 if it says in what at all.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else {
        return false;
    };
    let Ok(text) = only.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| {
            let wanted = ["charset=utf-8", "charset=\"utf-8\""];
            wanted.iter().any(|w| parameter.eq_ignore_ascii_case(w))
        })
}
