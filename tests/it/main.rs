//! The whole system through its front door. Each file proves one kind of promise; the name of a
//! test is the promise.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its scene has failed"
)]

mod addresses;
mod bad_bodies;
mod bad_requests;
mod bad_stays;
mod crash;
mod deleting;
mod imports;
mod journal_only;
mod occupants;
mod openapi;
mod past;
mod promises;
mod secrets;
mod server;
mod shares;
mod stay;
mod trace;
mod traps;
mod without_rights;
