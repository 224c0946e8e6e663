//! `If-Match`: change it only if it is still as I saw it.

use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;

use crate::problem::Problem;

/// The version that the client saw, where it says one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(IF_MATCH).iter();
        let Some(first) = values.next() else {
            return Ok(Self(None));
        };
        let version = first.to_str().ok().and_then(version);
        match (version, values.next()) {
            (Some(version), None) => Ok(Self(Some(version))),
            _ => Err(Problem::invalid(
                "if_match_invalid",
                "`If-Match` takes one strong entity tag such as \"3\": no weak one, no `*`, no list.",
            )),
        }
    }
}

/// The number between the quotation marks, written as we write it.
fn version(text: &str) -> Option<i64> {
    let digits = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    let version: i64 = digits.parse().ok()?;
    (version > 0 && version.to_string() == digits).then_some(version)
}
