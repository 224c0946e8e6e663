//! What a command comes with: who asks, when, why, and how to recognise a repetition.

use chrono::{DateTime, Utc};
use domain::id::{SessionId, UserId};
use domain::{Actor, Metadata, Origin, Personal};
use eventstore::{IdempotencyKey, Json, Position, Version};
use uuid::Uuid;

use crate::error::CommandError;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A user, through one of his sessions. His rights are read from his stream.
    User {
        /// The user.
        user: UserId,
        /// The session his access token belongs to.
        session: SessionId,
    },
    /// A process of the platform, which has every right.
    Process(&'static str),
    /// The operator at the command line, who has every right.
    Operator,
    /// Nobody known, who may sign up and log in.
    Anonymous,
}

/// An idempotency key that a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey {
    /// 1 to 255 printable ASCII characters.
    pub key: String,
    /// SHA-256 over method, path, `If-Match` and body.
    pub request_hash: [u8; 32],
}

/// What a command comes with.
#[derive(Clone, Debug)]
pub struct Context {
    /// Who asks.
    pub who: Who,
    /// When: now for what happens here, its own time for what is brought in.
    pub at: DateTime<Utc>,
    /// The id of this command, minted for it.
    pub command_id: Uuid,
    /// One id for all that follows from one cause outside.
    pub correlation_id: Uuid,
    /// The event that led to this command, if one did.
    pub causation_id: Option<Uuid>,
    /// The HTTP request.
    pub request_id: Option<String>,
    /// The client's address.
    pub ip: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Whose address it is, where someone becomes known only by this command.
    pub about: Option<UserId>,
    /// Whether it happens here or is brought in.
    pub origin: Origin,
    /// The client's idempotency key.
    pub key: Option<ClientKey>,
    /// The version that the client expects.
    pub if_match: Option<Version>,
}

impl Context {
    /// A command of `who` at `at`, with nothing else known.
    pub fn new(who: Who, at: DateTime<Utc>, command_id: Uuid) -> Self {
        Self {
            who,
            at,
            command_id,
            correlation_id: command_id,
            causation_id: None,
            request_id: None,
            ip: None,
            user_agent: None,
            about: None,
            origin: Origin::Live,
            key: None,
            if_match: None,
        }
    }

    /// The same, where what is known of the one who asks is known of `user`.
    #[must_use]
    pub(crate) fn about(&self, user: UserId) -> Self {
        Self {
            about: Some(user),
            ..self.clone()
        }
    }

    /// The user who asks.
    pub fn user(&self) -> Result<UserId, CommandError> {
        match self.who {
            Who::User { user, .. } => Ok(user),
            _ => Err(CommandError::forbidden("a user's own session")),
        }
    }

    fn subject(&self) -> String {
        match &self.who {
            Who::User { user, .. } => user.to_string(),
            Who::Process(name) => (*name).to_owned(),
            Who::Operator => "operator".to_owned(),
            Who::Anonymous => "anonymous".to_owned(),
        }
    }

    /// The key by which the journal recognises this command: the client's, else its own id. The
    /// command began when the journal had been seen up to `seen`.
    pub(crate) fn journal_key(&self, answer_id: &str, seen: Position) -> IdempotencyKey {
        // What the client sends may have been sent before, and what is brought in too. Any other
        // command has an id of its own, which nobody had before it began.
        let is_new = self.key.is_none() && self.origin == Origin::Live;
        let (key, request_hash) = match &self.key {
            Some(client) => (client.key.clone(), client.request_hash),
            None => (self.command_id.to_string(), [0; 32]),
        };
        IdempotencyKey {
            absent_at: if is_new { seen } else { 0 },
            subject: self.subject(),
            key,
            request_hash,
            answer_id: answer_id.to_owned(),
        }
    }

    /// What stands beside every event of this command, as JSON.
    pub(crate) fn metadata(&self, command: &'static str) -> Result<Json, CommandError> {
        let actor = match &self.who {
            Who::User { user, .. } => Actor::User(user.0),
            Who::Process(name) => Actor::Process((*name).to_owned()),
            Who::Operator => Actor::Operator,
            Who::Anonymous => Actor::Anonymous,
        };
        // Never what a client sent: it could name somebody else as the one whose address it is.
        let person = match (self.about, &self.who) {
            (Some(user), _) | (None, &Who::User { user, .. }) => user.0,
            _ => self.command_id,
        };
        let metadata = Metadata {
            actor,
            on_behalf_of: None,
            command: command.to_owned(),
            correlation_id: self.correlation_id,
            causation_id: self.causation_id.unwrap_or(self.command_id),
            request_id: self.request_id.clone(),
            ip: self.ip.clone().map(|ip| Personal::new(person, ip)),
            user_agent: self
                .user_agent
                .clone()
                .map(|agent| Personal::new(person, agent)),
            origin: self.origin,
        };
        serde_json::to_string(&metadata)
            .map(Json::serialised)
            .map_err(|error| CommandError::Broken(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn subject(context: &Context) -> String {
        let metadata = context.metadata("test").unwrap();
        let metadata: Value = serde_json::from_str(&metadata).unwrap();
        metadata["ip"]["subject"].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_a_client_sends_never_says_whose_address_it_is() {
        let (somebody, minted) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut context = Context::new(Who::Anonymous, DateTime::UNIX_EPOCH, minted);
        context.ip = Some("203.0.113.7".to_owned());
        context.correlation_id = somebody;
        assert_eq!(subject(&context), minted.to_string());
        let user = UserId(Uuid::from_u128(3));
        assert_eq!(subject(&context.about(user)), user.to_string());
        let session = SessionId(Uuid::from_u128(4));
        context.who = Who::User { user, session };
        assert_eq!(subject(&context), user.to_string());
    }
}
