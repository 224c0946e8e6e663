//! Users, files, and what is on record.

use super::{Column, columns};

pub(super) const USERS: &[Column] = columns![
    "id" "/id" Text, "email" "/email" Text, "name" "/name" Text, "roles" "/roles" Several,
    "has_password" "/has_password" Flag,
    "status" "/status" Text, "locale" "/locale" Text, "time_zone" "/time_zone" Text,
    "currency" "/currency" Text, "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];

pub(super) const SESSIONS: &[Column] = columns![
    "id" "/id" Text, "user_id" "/user_id" Text, "status" "/status" Text, "device" "/device" Text,
    "ip" "/ip" Text, "user_agent" "/user_agent" Text, "started_at" "/started_at" Instant,
    "refreshed_at" "/refreshed_at" Instant, "expires_at" "/expires_at" Instant,
    "ended_at" "/ended_at" Instant, "end_reason" "/end_reason" Text,
];

pub(super) const FILES: &[Column] = columns![
    "id" "/id" Text, "name" "/name" Text, "content_type" "/content_type" Text,
    "bytes" "/bytes" Whole, "width" "/width" Whole, "height" "/height" Whole,
    "sha256" "/sha256" Text, "purpose" "/purpose" Text, "visibility" "/visibility" Text,
    "status" "/status" Text, "owner_kind" "/owner/kind" Text, "owner" "/owner/id" Text,
    "uploader" "/uploader" Text, "loose_since" "/loose_since" Instant,
    "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];

pub(super) const IMPORT_ROWS: &[Column] = columns![
    "row" "/row" Whole, "line" "/line" Whole, "outcome" "/outcome" Text, "code" "/code" Text,
    "detail" "/detail" Text, "said" "/said" Several,
];

pub(super) const HISTORY: &[Column] = columns![
    "version" "/version" Whole, "type" "/type" Text, "occurred_at" "/occurred_at" Instant,
    "recorded_at" "/recorded_at" Instant, "data" "/data" Text,
    "schema_version" "/schema_version" Whole, "position" "/position" Whole,
    "event_id" "/event_id" Text,
];

pub(super) const AUDIT_EVENTS: &[Column] = columns![
    "position" "/position" Whole, "recorded_at" "/recorded_at" Instant,
    "occurred_at" "/occurred_at" Instant, "stream" "/stream" Text, "noun" "/noun" Text,
    "version" "/version" Whole, "event_type" "/event_type" Text, "event_id" "/event_id" Text,
    "actor_kind" "/actor_kind" Text, "actor" "/actor" Text,
    "on_behalf_of" "/on_behalf_of" Text, "command" "/command" Text,
    "correlation_id" "/correlation_id" Text, "causation_id" "/causation_id" Text,
    "request_id" "/request_id" Text, "ip" "/ip" Text, "user_agent" "/user_agent" Text,
    "origin" "/origin" Text,
];

pub(super) const AUDIT_STREAM: &[Column] = columns![
    "stream" "/stream" Text, "version" "/version" Whole, "type" "/type" Text,
    "occurred_at" "/occurred_at" Instant, "recorded_at" "/recorded_at" Instant,
    "data" "/data" Text, "metadata" "/metadata" Text, "schema_version" "/schema_version" Whole,
    "position" "/position" Whole, "event_id" "/event_id" Text,
];

pub(super) const SECURITY_EVENTS: &[Column] = columns![
    "id" "/id" Text, "at" "/at" Instant, "last_at" "/last_at" Instant, "times" "/times" Whole,
    "kind" "/kind" Text, "code" "/code" Text, "user_id" "/user_id" Text,
    "account" "/account" Text, "ip" "/ip" Text, "user_agent" "/user_agent" Text,
    "method" "/method" Text, "route" "/route" Text, "request_id" "/request_id" Text,
];

pub(super) const PROCESSES: &[Column] = columns![
    "id" "/id" Text, "kind" "/kind" Text, "subject" "/subject" Text, "status" "/status" Text,
    "outcome" "/outcome" Text, "stuck" "/stuck" Text, "correlation_id" "/correlation_id" Text,
    "started_at" "/started_at" Instant, "changed_at" "/changed_at" Instant,
];

pub(super) const PROJECTIONS: &[Column] = columns![
    "name" "/name" Text, "state" "/state" Text, "position" "/position" Whole,
    "head" "/head" Whole, "lag" "/lag" Whole, "parked" "/parked" Whole, "reason" "/reason" Text,
    "stored_state" "/stored/state" Text, "stored_position" "/stored/position" Whole,
    "stored_generation" "/stored/generation" Whole,
    "stored_projector_version" "/stored/projector_version" Whole,
    "stored_updated_at" "/stored/updated_at" Instant,
    "stored_parked" "/stored/parked" Whole, "stored_reason" "/stored/reason" Text,
];
