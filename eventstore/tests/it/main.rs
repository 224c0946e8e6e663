//! The journal: one meaning on every backend, and what must stay true whatever is killed when.

mod conformance;
mod given;
mod immutable;
