//! How Cadastre is reached: routes, who may come in, and the server.
//!
//! A route takes what it needs from the request, asks `commands` or `projections`, and answers.
//! Everything that is so for all requests (ids, problems, limits, tokens) is done around them.

mod admin;
mod answer;
pub mod app;
mod auth;
mod chore;
pub mod cli;
pub mod config;
mod edge;
mod export;
mod extract;
mod files;
mod house;
pub mod import;
mod json;
mod metrics;
mod middleware;
mod openapi;
mod places;
mod problem;
mod query;
pub mod readiness;
mod refused;
mod routes;
mod security;
mod serve;
mod time;
mod view;

#[cfg(test)]
mod testing;

pub use edge::Edge;
pub use files::{Files, OpenError};
pub use house::StartError;
pub use metrics::{Gauge, Kind};
pub use middleware::{Presented, layered};
pub use routes::{description, router};
pub use serve::serve;
