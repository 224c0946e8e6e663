//! How bytes are handed out: whole or in part, with tags, names and the headers that keep a browser
//! from taking them for a page.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::file::{ContentType, Known};
use domain::id::FileId;
use object_store::GetResult;

use crate::extract::unknown;
use crate::files::{Files, Part};
use crate::problem::Problem;

/// Nothing in a file is run, wherever it is opened.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Who may keep a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The one who asked, and he asks again each time.
    Private,
    /// Anyone, for a day.
    Public,
}

/// A file that is handed out.
pub struct Sent<'a> {
    id: FileId,
    known: &'a Known,
    part: Part,
    reach: Reach,
    tag: String,
}

impl<'a> Sent<'a> {
    /// A `part` of a file.
    pub fn of(id: FileId, known: &'a Known, part: Part, reach: Reach) -> Self {
        let tag = match part {
            Part::Whole => format!("\"{}\"", known.sha256),
            Part::Thumbnail => format!("\"{}-small\"", known.sha256),
        };
        Self {
            id,
            known,
            part,
            reach,
            tag,
        }
    }

    /// The answer to a request with `headers`.
    pub async fn answer(
        &self,
        files: &Files,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        if self.part == Part::Thumbnail && !self.known.content_type.is_picture() {
            return Err(unknown("thumbnail"));
        }
        if self.is_known_to(headers) {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            self.describe(response.headers_mut());
            return Ok(response);
        }
        if self.part == Part::Thumbnail {
            return self.whole(files).await;
        }
        let length = self.known.bytes;
        let range = match self.range(method, headers) {
            Some(Wanted::Part(range)) => Some(range),
            Some(Wanted::Nothing) => return Ok(Self::unsatisfiable(length)),
            None => None,
        };
        let body = if method == Method::HEAD {
            Body::empty()
        } else {
            let got = files.get(self.part, self.id, self.known, range.clone());
            stream(got.await.map_err(|error| lost(&error))?)
        };
        let mut response = Response::new(body);
        let sent = range
            .as_ref()
            .map_or(length, |range| range.end - range.start);
        let headers = response.headers_mut();
        self.describe(headers);
        put(
            headers,
            header::CONTENT_TYPE,
            self.known.content_type.as_str(),
        );
        put(headers, header::CONTENT_LENGTH, &sent.to_string());
        if let Some(range) = range {
            let place = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            put(headers, header::CONTENT_RANGE, &place);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        Ok(response)
    }

    /// A thumbnail is small, and which format it has stands in it.
    async fn whole(&self, files: &Files) -> Result<Response, Problem> {
        let got = files.get(self.part, self.id, self.known, None).await;
        let bytes = got.map_err(|error| lost(&error))?.bytes().await;
        let bytes = bytes.map_err(|error| lost(&error))?;
        let content = crate::files::content::sniff(&bytes).unwrap_or(ContentType::Jpeg);
        let mut response = Response::new(Body::from(bytes));
        self.describe(response.headers_mut());
        put(
            response.headers_mut(),
            header::CONTENT_TYPE,
            content.as_str(),
        );
        Ok(response)
    }

    /// What stands beside the bytes, or in their place.
    fn describe(&self, headers: &mut HeaderMap) {
        put(headers, header::ETAG, &self.tag);
        put(headers, header::CONTENT_SECURITY_POLICY, POLICY);
        put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        let (cache, resource) = match self.reach {
            Reach::Private => ("private, no-cache", "same-origin"),
            Reach::Public => ("public, max-age=86400, immutable", "cross-origin"),
        };
        put(headers, header::CACHE_CONTROL, cache);
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        put(headers, policy, resource);
        if self.part == Part::Whole {
            put(headers, header::ACCEPT_RANGES, "bytes");
            let disposition = disposition(self.known);
            put(headers, header::CONTENT_DISPOSITION, &disposition);
        }
    }

    fn unsatisfiable(length: u64) -> Response {
        let mut response = Problem::range_not_satisfiable(length).into_response();
        let place = format!("bytes */{length}");
        put(response.headers_mut(), header::CONTENT_RANGE, &place);
        put(response.headers_mut(), header::ACCEPT_RANGES, "bytes");
        response
    }

    /// Whether the client says that it has these very bytes.
    fn is_known_to(&self, headers: &HeaderMap) -> bool {
        let tags = headers.get_all(header::IF_NONE_MATCH).iter();
        let tags = tags.filter_map(|tags| tags.to_str().ok());
        tags.flat_map(|tags| tags.split(',')).any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.tag
        })
    }

    /// The range that is asked for, if it is of the bytes that the client has part of.
    fn range(&self, method: &Method, headers: &HeaderMap) -> Option<Wanted> {
        if method != Method::GET {
            return None;
        }
        let is_same = match headers.get(header::IF_RANGE) {
            Some(tag) => tag.as_bytes() == self.tag.as_bytes(),
            None => true,
        };
        let range = headers.get(header::RANGE).filter(|_| is_same)?;
        wanted(range.to_str().ok()?, self.known.bytes)
    }
}

/// Which bytes are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Part(Range<u64>),
    /// None that there are.
    Nothing,
}

/// Reads one range of bytes. What cannot be read, and several at once, are answered with all.
fn wanted(range: &str, length: u64) -> Option<Wanted> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // One that is too large to be read is beyond the end.
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let range = match (first, last) {
        ("", count) => length.saturating_sub(number(count)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    };
    if range.start >= range.end {
        return Some(Wanted::Nothing);
    }
    Some(Wanted::Part(range))
}

fn stream(got: GetResult) -> Body {
    Body::from_stream(got.into_stream())
}

/// The event says that there are bytes, and there are none: that is our fault.
fn lost(error: &object_store::Error) -> Problem {
    match error {
        object_store::Error::NotFound { .. } => Problem::internal(error),
        error => Problem::away(error),
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // All of them are printable ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// How a browser keeps the file, by RFC 6266: pictures and films are shown, all else is saved. The
/// name stands there twice: in plain letters, and as it is.
fn disposition(known: &Known) -> String {
    let how = match known.content_type {
        ContentType::Pdf | ContentType::Xlsx | ContentType::Csv => "attachment",
        _ => "inline",
    };
    let name = &known.name.value;
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            ' '..='~' => c,
            _ => '_',
        })
        .collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            exact.push(byte.into());
        } else {
            use std::fmt::Write;
            // Writing to a text cannot fail.
            let _ = write!(exact, "%{byte:02X}");
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_it_is_meant() {
        for (range, expected) in [
            ("bytes=0-0", Some(Wanted::Part(0..1))),
            ("bytes=2-4", Some(Wanted::Part(2..5))),
            ("bytes=8-", Some(Wanted::Part(8..10))),
            ("bytes=-3", Some(Wanted::Part(7..10))),
            ("bytes=-30", Some(Wanted::Part(0..10))),
            ("bytes=5-99", Some(Wanted::Part(5..10))),
            ("bytes=0-18446744073709551615", Some(Wanted::Part(0..10))),
            ("bytes=10-", Some(Wanted::Nothing)),
            ("bytes=99999999999999999999999-", Some(Wanted::Nothing)),
            ("bytes=-0", Some(Wanted::Nothing)),
            ("bytes=4-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("lines=1-2", None),
            ("bytes=-", None),
        ] {
            assert_eq!(wanted(range, 10), expected, "{range}");
        }
    }
}
