//! What may happen in Cadastre: aggregates, commands, events and refusals.
//!
//! Pure on purpose: no I/O, no clock, no randomness. Instants, prices and ids arrive inside the
//! command, so that a decision can be repeated from its inputs alone.
//!
//! Each noun has one folder: `command.rs` (what is asked), `event.rs` (what happened), `state.rs`
//! (what is so now), `decide.rs` (the rules), `refusal.rs` (why not) and `tests.rs`.

#[macro_use]
pub mod aggregate;
#[macro_use]
pub mod event;
#[macro_use]
pub mod id;
pub mod booking;
pub mod building;
pub mod claim;
pub mod commitments;
pub mod docket;
pub mod equipment;
pub mod equipment_tree;
pub mod export;
pub mod file;
pub mod flood;
pub mod import;
pub mod incident;
pub mod inventory;
#[cfg(test)]
mod laws;
pub mod listing;
pub mod metadata;
pub mod money;
pub mod occupancy;
pub mod outage;
pub mod payment;
pub mod permission;
pub mod personal;
pub mod process;
pub mod quota;
pub mod reliability;
pub mod roster;
pub mod secret;
pub mod session;
pub mod settings;
pub mod share_table;
pub mod sla_policy;
pub mod span;
pub mod text;
pub mod user;
pub mod work_order;
pub mod zone;

pub use aggregate::{Aggregate, Refusal, RefusalKind};
pub use event::{AnyEvent, CodecError, Event};
pub use metadata::{Actor, Metadata, Origin};
pub use money::{Currency, Money, MoneyError};
pub use permission::{Permission, Permissions, Role, Scope};
pub use personal::Personal;
pub use secret::Secret;
pub use span::Span;
