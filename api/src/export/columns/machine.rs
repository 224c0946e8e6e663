//! Equipment, what it does, and what is done to it.

use super::{Column, columns};

pub(super) const EQUIPMENT: &[Column] = columns![
    "id" "/id" Text, "building" "/building" Text, "lot" "/lot" Text, "parent" "/parent" Text,
    "name" "/name" Text, "category" "/category" Text, "model" "/model" Text,
    "serial" "/serial" Text, "status" "/status" Text,
    "effective_status" "/effective_status" Text, "down_kind" "/down_kind" Text,
    "down_since" "/down_since" Instant, "down_because" "/down_because" Text,
    "parts_down" "/parts_down" Whole,
    "in_service_since" "/in_service_since" Instant, "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];

pub(super) const DOWNTIMES: &[Column] = columns![
    "number" "/number" Whole, "kind" "/kind" Text, "status" "/status" Text,
    "since" "/since" Instant, "until" "/until" Instant, "reason" "/reason" Text,
    "work_order" "/work_order" Text,
];

pub(super) const METERS: &[Column] = columns![
    "id" "/id" Text, "name" "/name" Text, "kind" "/kind" Text, "unit" "/unit" Text,
    "value" "/value_e3" Thousandths, "total" "/total_e3" Thousandths,
    "read_at" "/read_at" Instant,
];

pub(super) const READINGS: &[Column] = columns![
    "number" "/number" Whole, "read_at" "/read_at" Instant, "value" "/value_e3" Thousandths,
    "total" "/total_e3" Thousandths,
];

pub(super) const MAINTENANCE_PLANS: &[Column] = columns![
    "id" "/id" Text, "title" "/title" Text, "priority" "/priority" Text,
    "trigger" "/trigger" Several, "active" "/active" Flag, "next_due_at" "/next_due_at" Instant,
    "next_total" "/next_e3" Thousandths, "takes_down" "/takes_down" Flag,
    "needs_signature" "/needs_signature" Flag, "tasks" "/tasks" Several, "fired" "/fired" Whole,
    "untouched" "/untouched" Whole,
];

pub(super) const WORK_ORDERS: &[Column] = columns![
    "id" "/id" Text, "equipment" "/equipment" Text, "plan" "/plan" Text, "kind" "/kind" Text,
    "title" "/title" Text, "description" "/description" Text, "priority" "/priority" Text,
    "status" "/status" Text, "assignee" "/assignee" Text, "takes_down" "/takes_down" Flag,
    "tasks" "/tasks" Several, "parts" "/parts" Several, "cost" "/cost" Money,
    "currency" "/cost/currency" Text, "created_at" "/created_at" Instant,
    "due_at" "/due_at" Instant, "first_reaction_at" "/first_reaction_at" Instant,
    "first_reaction_by" "/first_reaction_by" Text, "completed_at" "/completed_at" Instant,
    "completed_by" "/completed_by" Text, "needs_signature" "/needs_signature" Flag,
    "signed_at" "/signed_at" Instant, "signed_by" "/signed_by" Text,
    "signed_as" "/signed_as" Text, "changed_at" "/changed_at" Instant,
];
