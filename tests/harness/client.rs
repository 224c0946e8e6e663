//! Someone who asks the API.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::time::Instant;

use crate::Answer;

/// How long something may take to become so.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What does not lie below `/api/v1`.
const ROOT: [&str; 7] = [
    "/api/",
    "/health",
    "/ready",
    "/info",
    "/metrics",
    "/docs",
    "/.well-known/",
];

/// Someone who asks the API, with a token or without.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Client {
    /// Someone without a token.
    pub fn of(base: String) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE);
        Self {
            http: http.build().unwrap(),
            base,
            token: None,
        }
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// `127.0.0.1:` and the port.
    pub fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A request; `path` is below `/api/v1` unless it is one of the few that are not.
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let below = if ROOT.iter().any(|root| path.starts_with(root)) {
            ""
        } else {
            "/api/v1"
        };
        let url = format!("{}{below}{path}", self.base);
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request and reads the answer.
    pub async fn send(request: RequestBuilder) -> Answer {
        let answer = Self::try_send(request).await;
        answer.unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }

    /// Sends a request; there may be nobody to answer.
    pub async fn try_send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        Answer::read(request.send().await?).await
    }

    /// Asks for what is at `path`.
    pub async fn get(&self, path: &str) -> Answer {
        Self::send(self.ask(Method::GET, path)).await
    }

    /// Asks for what is at `path`, with everything up to `position` in it.
    pub async fn see(&self, path: &str, position: i64) -> Answer {
        let sign = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{sign}min_position={position}"))
            .await
    }

    /// Posts `body`.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.ask(Method::POST, path).json(body)).await
    }

    /// Posts nothing.
    pub async fn act(&self, path: &str) -> Answer {
        Self::send(self.ask(Method::POST, path)).await
    }

    /// Changes named fields.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.ask(Method::PATCH, path).json(body)).await
    }

    /// Replaces a part.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.ask(Method::PUT, path).json(body)).await
    }

    /// Removes something.
    pub async fn delete(&self, path: &str) -> Answer {
        Self::send(self.ask(Method::DELETE, path)).await
    }

    /// Asks until what is at `path` is as it should be, and answers it.
    pub async fn until(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let is_there = |answer: &Answer| answer.status == 200 && is_so(&answer.json);
        self.until_answer(path, is_there).await.json
    }

    /// Asks until the answer is as it should be, whatever its status, and answers it.
    pub async fn until_answer(&self, path: &str, is_so: impl Fn(&Answer) -> bool) -> Answer {
        let over = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path).await;
            if is_so(&answer) {
                return answer;
            }
            assert!(
                Instant::now() < over,
                "{path} did not become so: {}",
                answer.text
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the thing at `path` has this status.
    pub async fn until_status(&self, path: &str, status: &str) -> Value {
        self.until(path, |json| json["status"] == status).await
    }
}
