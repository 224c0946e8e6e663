//! Where a request comes from, and by which names it is found again.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use uuid::Uuid;

use crate::edge::Edge;
use crate::problem::Problem;

/// Names a request, in the question and in the answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Names all that follows from one cause, in the question and in the answer.
pub const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

const REQUEST_ID_BYTES_MAX: usize = 64;
const USER_AGENT_CHARS_MAX: usize = 256;

/// Where a request comes from, and by which names it is found again. Made once, at the outside.
#[derive(Clone, Debug)]
pub struct Trail {
    /// The client's name for the request where it is a sane one, else ours.
    pub request_id: String,
    /// The client's id for all that belongs together, else a new one.
    pub correlation_id: Uuid,
    /// The address of the client.
    pub ip: Option<IpAddr>,
    /// Whether a trusted proxy says that the client came over TLS.
    pub is_https: bool,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl Trail {
    /// Reads the trail out of a request.
    pub fn of(parts: &Parts, edge: &Edge) -> Self {
        let header = |name: &HeaderName| parts.headers.get(name).and_then(|v| v.to_str().ok());
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|c| c.0.ip());
        Self {
            request_id: header(&REQUEST_ID)
                .filter(|id| is_sane(id))
                .map_or_else(|| edge.mint.id().to_string(), ToOwned::to_owned),
            correlation_id: header(&CORRELATION_ID)
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| edge.mint.id()),
            ip: peer.map(|peer| client(peer, &parts.headers, edge)),
            is_https: peer.is_some_and(|peer| edge.trusts(peer))
                && header(&FORWARDED_PROTO).is_some_and(is_https),
            user_agent: header(&USER_AGENT)
                .map(|agent| agent.chars().take(USER_AGENT_CHARS_MAX).collect()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Trail {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // It is missing only where a router was built without its layers.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::broken)
    }
}

/// Each proxy adds the scheme that it was asked by at the right; the client used the first.
fn is_https(schemes: &str) -> bool {
    let first = schemes.split(',').next().unwrap_or_default();
    first.trim().eq_ignore_ascii_case("https")
}

fn is_sane(id: &str) -> bool {
    (1..=REQUEST_ID_BYTES_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// The nearest address that no trusted proxy stands for: each proxy adds the one it was asked by
/// at the right, and what stands further left is hearsay.
fn client(peer: IpAddr, headers: &HeaderMap, edge: &Edge) -> IpAddr {
    let mut nearest = peer;
    let lists = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|v| v.to_str().ok());
    let mut hops: Vec<&str> = lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .collect();
    while edge.trusts(nearest) {
        match hops.pop().and_then(|hop| hop.parse().ok()) {
            Some(hop) => nearest = hop,
            None => break,
        }
    }
    nearest
}
