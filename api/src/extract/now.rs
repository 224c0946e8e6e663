//! The instant of a request.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};

use crate::edge::Edge;

/// The present instant, by the clock of the platform.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub DateTime<Utc>);

impl<S> FromRequestParts<S> for Now
where
    Edge: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(Edge::from_ref(state).clock.now()))
    }
}
