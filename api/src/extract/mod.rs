//! What a route takes from a request, checked before the route sees it.

mod caller;
mod id;
mod idempotency;
mod if_match;
mod now;

pub use caller::{CORRELATION_ID, Caller, REQUEST_ID};
pub use id::{Id, Ids};
pub use idempotency::{Key, NoKey, request_hash};
pub use if_match::IfMatch;
pub use now::Now;

#[cfg(test)]
mod tests;
