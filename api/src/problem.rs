//! Errors as the outside sees them: RFC 9457, and nothing internal.

use std::borrow::Cow;
use std::error::Error;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use domain::Span;
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::{Fault, Pointer, bounded};

/// What went wrong, for a program (`code`, `errors`) and for a person (`title`, `detail`).
///
/// It travels as an extension of an empty response and is written down by the outermost layer,
/// the only one that knows the request's id.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<Fault>,
    retry_after: Option<u64>,
    next_free: Option<Span>,
}

/// The body of every answer with a status of 400 or more.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// A name of this kind of problem, that never changes.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem, for people.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time, and what to do about it.
    detail: &'a str,
    /// A stable word for programs.
    code: &'a str,
    /// The request, to be named when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    /// Every fault of the body or of the parameters.
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
    /// Where nights are not free: the next ones, as many, that are.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_free: Option<NextFree>,
}

/// Nights that can be had instead.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct NextFree {
    /// The first night.
    from: NaiveDate,
    /// The day of departure.
    until: NaiveDate,
}

impl From<Span> for NextFree {
    fn from(span: Span) -> Self {
        let Span { from, until } = span;
        Self { from, until }
    }
}

impl Problem {
    fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            next_free: None,
        }
    }

    /// 400: the request cannot be read.
    pub fn unreadable(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: who are you.
    pub fn unauthenticated(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403: known, and not allowed.
    pub fn forbidden(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: unknown, or none of your business; which of the two is not told.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 404 with a word of its own.
    pub fn unknown(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 408: the body did not come in time.
    pub fn too_slow() -> Self {
        let detail = "The body did not come in time; send it again on a new connection.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail)
    }

    /// 409: the present state does not allow it.
    pub fn conflict(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 410: it was there for a time, and that is over.
    pub fn gone(code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::GONE, code, detail)
    }

    /// 412: `If-Match` names another version.
    pub fn stale(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "version_stale", detail)
    }

    /// 413: more than is taken.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("The body is larger than the {limit} bytes that are taken.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    }

    /// 413: more than is taken in at once.
    pub fn too_much(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, detail)
    }

    /// 415: not a kind of body that is read.
    pub fn unsupported(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type_unsupported",
            detail,
        )
    }

    /// 416: bytes are asked for that are not there.
    pub fn range_not_satisfiable(length: u64) -> Self {
        let detail = format!("The file has {length} bytes; ask for some of them.");
        let status = StatusCode::RANGE_NOT_SATISFIABLE;
        Self::new(status, "range_not_satisfiable", detail)
    }

    /// 422: read, and wrong.
    pub fn invalid(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 422 with every fault of a body or of the parameters.
    pub fn faults(code: impl Into<Cow<'static, str>>, errors: Vec<Fault>) -> Self {
        let errors = bounded(errors);
        let detail = match errors.as_slice() {
            [only] => format!("One thing is wrong: {}", only.detail),
            [.., last] if last.code == "more_faults" => {
                "Many things are wrong; `errors` names the first of them.".to_owned()
            }
            many => format!("{} things are wrong; `errors` names each.", many.len()),
        };
        Self {
            errors,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
        }
    }

    /// 429: too many requests; how many seconds to wait.
    pub fn too_many(seconds: u64) -> Self {
        let detail = format!("Too many requests: try again in {seconds} s.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(seconds)
    }

    /// 429 with a word of its own; how many seconds to wait.
    pub fn too_soon(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        seconds: u64,
    ) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail).retry_after(seconds)
    }

    /// 503: not now; how many seconds to wait.
    pub fn unavailable(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        seconds: u64,
    ) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(seconds)
    }

    /// 500: our fault. The chain of causes is logged here, once, and told to nobody.
    pub fn internal(error: &(dyn Error + 'static)) -> Self {
        tracing::error!(error = %Chain(error), "a request failed through our own fault");
        Self::broken()
    }

    /// 500 whose cause is already in the log.
    pub fn broken() -> Self {
        let detail = "Something went wrong on our side; it has been written down.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", detail)
    }

    /// 503 whose chain of causes is logged here, once, and told to nobody.
    pub fn away(error: &(dyn Error + 'static)) -> Self {
        tracing::warn!(error = %Chain(error), "a request met a store that is away");
        Self::unavailable(
            "store_unavailable",
            "The data cannot be reached at the moment.",
            1,
        )
    }

    /// The problem that stands for an answer of a library without a word of its own.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found("There is nothing at this path."),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                "method_not_allowed",
                "This path does not take this method; `Allow` names those that it takes.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                status,
                "body_too_large",
                "The body is larger than what is taken.",
            ),
            status if status.is_server_error() => Self::broken(),
            status => Self::new(status, "request_refused", "The request cannot be answered."),
        }
    }

    /// The same, with `fault` among its errors.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.errors.push(fault);
        self
    }

    /// The same, its parameters seen as fields of what stands at `part` in the body.
    #[must_use]
    pub fn in_body(mut self, part: &str) -> Self {
        for fault in &mut self.errors {
            if let Some(name) = fault.parameter.take() {
                fault.pointer = Some(format!("{part}{}", Pointer::Root.key(&name)));
            }
        }
        self
    }

    /// The same, its pointers seen from the part of a body that stands at `part` in the whole.
    #[must_use]
    pub fn below(mut self, part: &str) -> Self {
        for pointer in self
            .errors
            .iter_mut()
            .filter_map(|fault| fault.pointer.as_mut())
        {
            if let Some(rest) = pointer.strip_prefix(part) {
                *pointer = rest.to_owned();
            }
        }
        self
    }

    /// The same, with the nights that can be had instead.
    #[must_use]
    pub fn with_next_free(self, next_free: Option<Span>) -> Self {
        Self { next_free, ..self }
    }

    /// The same, to be tried again after `seconds`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether it says that somebody may not, or may not know.
    pub fn is_about_rights(&self) -> bool {
        matches!(self.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN)
    }

    /// The stable word.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The body, naming the request where it is known.
    pub fn to_json(&self, request_id: Option<&str>) -> Vec<u8> {
        let body = ProblemBody {
            kind: format!("urn:cadastre:problem:{}", self.code),
            title: sentence(&self.code),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: &self.code,
            request_id,
            errors: &self.errors,
            next_free: self.next_free.map(NextFree::from),
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// An error with its causes, in one line.
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// `body_too_large` as `Body too large`.
fn sentence(code: &str) -> String {
    let text = code.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
