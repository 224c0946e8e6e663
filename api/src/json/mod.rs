//! JSON bodies, read strictly: every fault is found, each with its place.
//!
//! A body is first read into a [`Tree`] that notices what a deserializer would let pass (a key
//! twice, NUL, numbers that fit nowhere), then into the type that a route asks for, which
//! collects faults and does not stop at the first.

mod body;
mod fault;
mod fields;
mod pointer;
mod read;
mod tree;
mod words;

pub use body::{Body, Nothing, collect, parse};
pub use fault::{Fault, Faults, bounded};
pub(crate) use fields::bodies;
pub use fields::{Fields, FromJson};
pub use pointer::Pointer;
pub(crate) use read::{date, instant};
pub use tree::Tree;
pub use words::word;

#[cfg(test)]
mod tests;
