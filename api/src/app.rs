//! What the routes stand on.

use std::sync::Arc;

use axum::extract::FromRef;
use futures::future::BoxFuture;

use crate::edge::Edge;
use crate::metrics::Gauge;

/// One part that the server needs to do its work.
pub struct Check {
    /// Which part.
    pub name: &'static str,
    /// Asks it; the error says what is wrong, in words that anyone may read.
    pub ask: Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// Asks for everything that is measured at the moment of asking.
pub type Gauges = Arc<dyn Fn() -> BoxFuture<'static, Vec<Gauge>> + Send + Sync>;

/// Everything that the routes stand on. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What all requests share.
    pub edge: Edge,
    /// The parts that the server needs.
    pub checks: Arc<Vec<Check>>,
    /// What is measured.
    pub gauges: Gauges,
}

impl FromRef<App> for Edge {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}
