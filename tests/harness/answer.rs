//! An answer of the API, read to its end.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer of the API, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `null` where it is no JSON.
    pub json: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// Reads `response` to its end.
    pub async fn read(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await?;
        Ok(Self {
            status,
            headers,
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        })
    }

    /// The same, if it has this status.
    #[expect(
        clippy::return_self_not_must_use,
        reason = "who asks for no more than the status is done"
    )]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails unless it is the problem `code` with this status, written as problems are.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        self.is_problem();
    }

    /// Fails unless it is a problem, written as problems are.
    #[track_caller]
    pub fn is_problem(&self) {
        assert_eq!(self.header("content-type"), "application/problem+json");
        for part in ["type", "title", "detail", "code", "request_id"] {
            let said = self.json[part].as_str().unwrap_or_default();
            assert!(!said.is_empty(), "no `{part}` in {}", self.text);
        }
        assert_eq!(self.json["status"], self.status);
        assert_eq!(self.json["request_id"], self.header("x-request-id"));
    }

    /// The stable word of a problem.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The pointer (or parameter) and the code of each fault, sorted.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |fault: &Value, key: &str| fault[key].as_str().map(ToOwned::to_owned);
        let faults = self.json["errors"].as_array().into_iter().flatten();
        let mut faults: Vec<_> = faults
            .map(|fault| {
                let place = text(fault, "pointer").or_else(|| text(fault, "parameter"));
                let code = text(fault, "code");
                (place.unwrap_or_default(), code.unwrap_or_default())
            })
            .collect();
        faults.sort();
        faults
    }

    /// A header as text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// What the command was about.
    #[track_caller]
    pub fn id(&self) -> String {
        let id = self.json["id"].as_str();
        id.unwrap_or_else(|| panic!("no id in {} {}", self.status, self.text))
            .to_owned()
    }

    /// The version after the command.
    #[track_caller]
    pub fn version(&self) -> i64 {
        let version = self.json["version"].as_i64();
        version.unwrap_or_else(|| panic!("no version in {} {}", self.status, self.text))
    }

    /// The position to wait for.
    #[track_caller]
    pub fn position(&self) -> i64 {
        let position = self.json["position"].as_i64();
        position.unwrap_or_else(|| panic!("no position in {} {}", self.status, self.text))
    }

    /// The items of a list.
    #[track_caller]
    pub fn items(&self) -> &[Value] {
        let items = self.json["items"].as_array();
        items.unwrap_or_else(|| panic!("no items in {} {}", self.status, self.text))
    }
}
