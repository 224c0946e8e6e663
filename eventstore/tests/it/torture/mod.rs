//! Racing writers, readers that count, and things that are killed at random times.
//!
//! Every event carries what its append rested on, so that the history alone shows whether every
//! decision was right. Each harness is also run over journals that are wrong on purpose, and must
//! catch them.

mod chance;
mod crash;
mod hung;
mod keys;
mod ledger;
mod lost;
mod missions;
mod proxy;
mod race;
mod tail;
mod verify;
mod work;
mod wrong;
