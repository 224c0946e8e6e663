//! An event as it is shown.

use chrono::{DateTime, Utc};
use domain::secret;
use eventstore::scan::Row;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::moment::instant;
use crate::table::plain;

/// An event as it is shown: all of it but the secrets.
#[derive(Debug, Serialize)]
pub struct Shown<'a> {
    position: i64,
    stream: &'a str,
    version: i64,
    event_id: Uuid,
    #[serde(rename = "type")]
    event_type: &'a str,
    schema_version: i32,
    data: Value,
    metadata: Value,
    occurred_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
}

impl<'a> Shown<'a> {
    /// Makes `row` fit to be shown.
    pub fn of(row: &'a Row) -> Self {
        Self {
            position: row.position,
            stream: &row.stream,
            version: row.version,
            event_id: row.event_id,
            event_type: &row.event_type,
            schema_version: row.schema_version,
            data: without_secrets(&row.data),
            metadata: without_secrets(&row.metadata),
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
        }
    }

    /// One line, in the order of the journal.
    pub fn line(&self) -> String {
        let stream = format!("{}@{}", self.stream, self.version);
        plain(&format!(
            "{:>8}  {:<27}  {:<26}  {:<48}  {}",
            self.position,
            instant(self.recorded_at),
            self.event_type,
            stream,
            self.data
        ))
    }

    /// One line, in the order of its stream.
    pub fn story_line(&self) -> String {
        let recorded = instant(self.recorded_at);
        plain(&format!(
            "{:>5}  {:>8}  {:<27}  {recorded:<27}  {:<26}  {:<44}  {}",
            self.version,
            self.position,
            instant(self.occurred_at),
            self.event_type,
            self.actor(),
            self.data
        ))
    }

    /// Who did it.
    fn actor(&self) -> String {
        let actor = &self.metadata["actor"];
        let word = |name: &str| actor[name].as_str().unwrap_or_default();
        format!("{} {}", word("kind"), word("id"))
            .trim_end()
            .to_owned()
    }
}

/// The heads of the columns of [`Shown::story_line`].
pub fn story_heads() -> String {
    let line = format!(
        "{:>5}  {:>8}  {:<27}  {:<27}  {:<26}  {:<44}  data",
        "ver", "position", "occurred", "recorded", "type", "actor"
    );
    line
}

/// What cannot be read cannot be searched for secrets either, so it is not shown.
fn without_secrets(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(mut value) => {
            secret::redact(&mut value);
            value
        }
        Err(error) => Value::String(format!("[unreadable: {error}]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown() {
        let hidden = without_secrets(r#"{"name":"Ann","deep":[{"password_hash":"$argon2"}]}"#);
        assert_eq!(hidden["name"], "Ann");
        assert!(!hidden.to_string().contains("argon2"));
        let broken = without_secrets(r#"{"password_hash":"$argon2"#);
        assert!(!broken.to_string().contains("argon2"), "{broken}");
    }
}
