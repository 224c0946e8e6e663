//! The whole system through its front door. Each file proves one kind of promise; the name of a
//! test is the promise.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its scene has failed"
)]

mod openapi;
mod stay;
