//! Buildings, who lives there, and what breaks.

use super::{Column, columns};

pub(super) const BUILDINGS: &[Column] = columns![
    "id" "/id" Text, "owner" "/owner" Text, "name" "/name" Text,
    "address" "/address/lines" Several, "postal_code" "/address/postal_code" Text,
    "city" "/city" Text, "country" "/country" Text,
    "latitude" "/address/point/latitude_e7" TenMillionths,
    "longitude" "/address/point/longitude_e7" TenMillionths, "time_zone" "/time_zone" Text,
    "units" "/units" Several, "sections" "/sections" Several,
    "attributes" "/attributes" Several, "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];

pub(super) const LOTS: &[Column] = columns![
    "building" "/building" Text, "id" "/id" Text, "label" "/label" Text, "kind" "/kind" Text,
    "section" "/section" Text, "floor" "/floor" Whole, "surface_dm2" "/surface_dm2" Whole,
    "shares" "/shares" Several,
];

pub(super) const SHARE_TABLES: &[Column] = columns![
    "id" "/id" Text, "building" "/building" Text, "key" "/key" Text, "from" "/from" Day,
    "status" "/status" Text, "total" "/total" Whole, "lots" "/lots" Whole,
    "changed_at" "/changed_at" Instant,
];

pub(super) const SHARE_PARTS: &[Column] = columns![
    "lot" "/lot" Text, "part" "/part" Whole, "amount" "/amount" Money,
    "currency" "/amount/currency" Text,
];

pub(super) const OCCUPANTS: &[Column] = columns![
    "id" "/id" Text, "building" "/building" Text, "lot" "/lot" Text, "label" "/label" Text,
    "kind" "/kind" Text, "user" "/user" Text, "name" "/name" Text, "email" "/email" Text,
    "from" "/from" Day, "until" "/until" Day, "part_millionths" "/part" Whole,
    "exclusive" "/exclusive" Flag, "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];

pub(super) const INCIDENTS: &[Column] = columns![
    "id" "/id" Text, "building" "/building" Text, "lot" "/lot" Text,
    "equipment" "/equipment" Text, "state" "/state" Text, "since" "/since" Instant,
    "priority" "/priority" Text, "category" "/category" Text, "title" "/title" Text,
    "details" "/details" Text, "reporter" "/reporter" Text, "contact_name" "/contact/name" Text,
    "contact_email" "/contact/email" Text, "contact_phone" "/contact/phone" Text,
    "location" "/location" Text, "assignee" "/assignee" Text,
    "assignee_name" "/assignee_name" Text, "reason" "/reason" Text,
    "resolution" "/resolution" Text, "reopened" "/reopened" Whole,
    "deferred_until" "/deferred_until" Instant, "due_by_hand" "/due_by_hand" Instant,
    "sla_policy" "/service/policy" Text,
    "sla_policy_version" "/service/policy_version" Whole,
    "take_charge_state" "/service/take_charge/state" Text,
    "take_charge_due_at" "/service/take_charge/due_at" Instant,
    "take_charge_target_seconds" "/service/take_charge/target_seconds" Whole,
    "take_charge_elapsed_seconds" "/service/take_charge/elapsed_seconds" Whole,
    "take_charge_paused_seconds" "/service/take_charge/paused_seconds" Whole,
    "take_charge_breached" "/service/take_charge/breached" Flag,
    "take_charge_late_by_seconds" "/service/take_charge/late_by_seconds" Whole,
    "resolve_state" "/service/resolve/state" Text,
    "resolve_due_at" "/service/resolve/due_at" Instant,
    "resolve_target_seconds" "/service/resolve/target_seconds" Whole,
    "resolve_elapsed_seconds" "/service/resolve/elapsed_seconds" Whole,
    "resolve_paused_seconds" "/service/resolve/paused_seconds" Whole,
    "resolve_breached" "/service/resolve/breached" Flag,
    "resolve_late_by_seconds" "/service/resolve/late_by_seconds" Whole,
    "stated_sla" "/stated_sla" Flag,
    "files" "/files" Several, "reference" "/reference" Text, "origin" "/origin" Text,
    "reported_at" "/reported_at" Instant, "changed_at" "/changed_at" Instant,
];

pub(super) const COMMENTS: &[Column] = columns![
    "id" "/id" Text, "author" "/author" Text, "visibility" "/visibility" Text,
    "text" "/text" Text, "said_at" "/said_at" Instant,
];

pub(super) const OUTAGES: &[Column] = columns![
    "id" "/id" Text, "kind" "/kind" Text, "title" "/title" Text, "details" "/details" Text,
    "buildings" "/buildings" Several, "incidents" "/incidents" Several, "over" "/over" Flag,
    "announced_at" "/announced_at" Instant, "starts_at" "/starts_at" Instant,
    "finishes_at" "/finishes_at" Instant, "finished_at" "/finished_at" Instant,
    "changed_at" "/changed_at" Instant,
];

pub(super) const SLA_POLICIES: &[Column] = columns![
    "id" "/id" Text, "holds_for" "/holds_for" Text, "building" "/building" Text,
    "critical_minutes" "/targets/critical" Several, "high_minutes" "/targets/high" Several,
    "medium_minutes" "/targets/medium" Several, "low_minutes" "/targets/low" Several,
    "zone" "/calendar/zone" Text, "openings" "/calendar/openings" Several,
    "holidays" "/calendar/holidays" Several, "pauses" "/pauses" Several,
    "escalate_at_percent" "/escalate_at_percent" Whole, "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];
