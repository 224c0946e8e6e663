//! What the unit tests of this crate share.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Utc};
use clap::Parser;
use serde_json::Value;
use tower::ServiceExt;

use crate::config::Serve;
use crate::edge::Edge;
use crate::time::ManualClock;

/// The instant at which tests happen.
pub fn now() -> DateTime<Utc> {
    "2027-04-30T12:00:00Z".parse().unwrap()
}

/// The settings when nothing is set.
pub fn settings() -> Serve {
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        serve: Serve,
    }
    Line::parse_from(["test"]).serve
}

/// The secret of the platform.
pub fn secret() -> commands::Secret {
    commands::Secret::new(b"a secret of the platform".to_vec())
}

/// An edge with `settings`, whose clock stands still.
pub fn edge_with(settings: &Serve) -> Edge {
    Edge::new(settings, &secret(), Arc::new(ManualClock::at(now())))
}

/// An edge with nothing set.
pub fn edge() -> Edge {
    edge_with(&settings())
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub bytes: axum::body::Bytes,
}

impl Answer {
    /// The stable word of a problem.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The pointer (or parameter) and code of each fault, sorted.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |fault: &Value, key: &str| fault[key].as_str().map(ToOwned::to_owned);
        let mut faults: Vec<_> = self.json["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|f| {
                let place = text(f, "pointer").or_else(|| text(f, "parameter"));
                (
                    place.unwrap_or_default(),
                    text(f, "code").unwrap_or_default(),
                )
            })
            .collect();
        faults.sort();
        faults
    }
}

/// Sends `request` to `router` and reads the answer to its end.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer {
        status: parts.status,
        headers: parts.headers,
        json,
        bytes,
    }
}
