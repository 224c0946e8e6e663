//! What was refused, and how often one may still try: tables beside the journal, shared by all
//! processes. No read model: nothing here is derived from events.

mod allowance;
mod event;

pub use allowance::{Allowance, forget_full, give_back, take};
pub use event::{SecurityEvent, SecurityFilter, forget, list, record};
