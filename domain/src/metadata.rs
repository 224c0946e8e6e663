//! What stands beside every event: who, on whose behalf, why and from where.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::personal::Personal;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    rename_all = "snake_case",
    tag = "kind",
    content = "id",
    deny_unknown_fields
)]
pub enum Actor {
    /// A user, by id.
    User(Uuid),
    /// A process of the platform, by name.
    Process(String),
    /// The operator of the platform, at its command line.
    Operator,
    /// Nobody known: signing up and logging in.
    Anonymous,
}

/// Whether an event happened here or was brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// It happened here.
    Live,
    /// It was brought in by an import, with that id.
    Import(Uuid),
}

impl Origin {
    /// Whether it was brought in.
    pub fn is_import(self) -> bool {
        matches!(self, Self::Import(_))
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Live => serializer.serialize_str("live"),
            Self::Import(id) => serializer.collect_str(&format_args!("import:{id}")),
        }
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.strip_prefix("import:") {
            Some(id) => id
                .parse()
                .map(Self::Import)
                .map_err(serde::de::Error::custom),
            None if text == "live" => Ok(Self::Live),
            None => Err(serde::de::Error::custom(
                "an origin is `live` or `import:<id>`",
            )),
        }
    }
}

/// What stands beside every event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Who acted.
    pub actor: Actor,
    /// For whom, where that is someone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Uuid>,
    /// The command that led to the event, by name, such as `booking.request`.
    pub command: String,
    /// One id for all that follows from one cause outside.
    pub correlation_id: Uuid,
    /// The event or command that led to this one.
    pub causation_id: Uuid,
    /// The HTTP request, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The address of the client, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<Personal<String>>,
    /// What the client called itself, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Personal<String>>,
    /// Whether it happened here or was brought in.
    pub origin: Origin,
}

#[cfg(test)]
mod tests;
