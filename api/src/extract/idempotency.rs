//! `Idempotency-Key`: do it once, however often I ask.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method};
use sha2::{Digest, Sha256};

use crate::json::Fault;
use crate::problem::Problem;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const KEY_BYTES_MAX: usize = 255;

/// The key that the client chose, where it chose one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub Option<String>);

/// Says that a route takes no key: what is kept with one would be a secret.
#[derive(Clone, Copy, Debug)]
pub struct NoKey;

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(&parts.headers).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NoKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if parts.headers.contains_key(IDEMPOTENCY_KEY) {
            return Err(invalid("This path takes no `Idempotency-Key`."));
        }
        Ok(Self)
    }
}

fn read(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(first) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(invalid(
            "There are two `Idempotency-Key` headers; send one.",
        ));
    }
    let bytes = first.as_bytes();
    let printable = bytes.iter().all(|b| (b' '..=b'~').contains(b));
    if !printable || !(1..=KEY_BYTES_MAX).contains(&bytes.len()) {
        return Err(invalid("A key is 1 to 255 printable ASCII characters."));
    }
    Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
}

fn invalid(detail: &'static str) -> Problem {
    let code = "idempotency_key_invalid";
    Problem::invalid(code, detail).with_fault(Fault::of("Idempotency-Key", code, detail))
}

/// What makes a repeated request the same request: method, path, `If-Match` and body, and nothing
/// that was minted on the way.
pub fn request_hash(method: &Method, path: &str, if_match: Option<i64>, body: &[u8]) -> [u8; 32] {
    let version = if_match.map(|v| v.to_string()).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [
        method.as_str().as_bytes(),
        path.as_bytes(),
        version.as_bytes(),
        body,
    ] {
        // With its length in front, so that no two requests run together into the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
