//! What a route takes from a request, checked before the route sees it.

mod actor;
mod asked;
mod id;
mod idempotency;
mod if_match;
mod now;
mod trail;

pub use actor::{Actor, Anyone, Bearer, Entrant, note_use, unknown};
pub use asked::{Anonymous, Asked, Entering, Leaving, context};
pub use id::{Id, Ids, Ids3};
pub use idempotency::{Key, NoKey, request_hash};
pub use if_match::IfMatch;
pub use now::Now;
pub use trail::{CORRELATION_ID, REQUEST_ID, Trail};

#[cfg(test)]
mod tests;
