//! What the routes stand on.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use commands::Commands;
use eventstore::PostgresJournal;
use futures::future::BoxFuture;
use projections::{After, Handle, List};

use crate::edge::Edge;
use crate::files::Files;
use crate::metrics::Gauge;
use crate::problem::Problem;
use crate::query::{Cursor, Items, Page, Paged};
use crate::readiness::Readiness;

/// How long a query waits for its read models to come as far as `min_position`.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks for everything that is measured at the moment of asking.
pub type Gauges = Box<dyn Fn() -> BoxFuture<'static, Vec<Gauge>> + Send + Sync>;

/// Everything that the routes stand on. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// The parts of [`App`].
pub struct Inner {
    /// What all requests share.
    pub edge: Edge,
    /// All commands.
    pub commands: Arc<Commands>,
    /// The journal, and the connections for reading.
    pub journal: Arc<PostgresJournal>,
    /// The bytes of files.
    pub files: Arc<Files>,
    /// How far the read models are.
    pub projections: Handle,
    /// How it goes with the parts that the server needs.
    pub readiness: Readiness,
    /// What is measured.
    pub gauges: Gauges,
}

impl FromRef<App> for Edge {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Inner) -> Self {
        Self(Arc::new(parts))
    }

    /// Waits until the read models `names` have taken in everything up to `min_position`.
    pub(crate) async fn reach(
        &self,
        names: &[&str],
        min_position: Option<i64>,
    ) -> Result<(), Problem> {
        match min_position {
            Some(position) => Ok(self.projections.wait_for(names, position, PATIENCE).await?),
            None => Ok(()),
        }
    }

    /// The part of the list `query` that is asked for, its read models as far as they have to be.
    pub(crate) async fn page<T>(
        &self,
        query: &str,
        names: &[&str],
        paged: &Paged<T>,
    ) -> Result<projections::Page, Problem> {
        let Page {
            limit,
            cursor,
            min_position,
        } = &paged.page;
        let of = Cursor {
            query,
            asked: &paged.asked,
        };
        let open = |cursor: &String| self.edge.cursors.open::<After>(&of, cursor);
        let after = cursor.as_ref().map(open).transpose()?;
        self.reach(names, *min_position).await?;
        Ok(projections::Page {
            limit: *limit,
            after,
        })
    }

    /// The answer with one page of the list `query`.
    pub(crate) fn items<T, U, V: From<U>>(
        &self,
        query: &str,
        paged: &Paged<T>,
        list: List<U>,
    ) -> Items<V> {
        let of = Cursor {
            query,
            asked: &paged.asked,
        };
        let next_cursor = list
            .next
            .and_then(|after| self.edge.cursors.sign(&of, &after));
        Items {
            items: list.items.into_iter().map(V::from).collect(),
            next_cursor,
            stale: list.stale,
        }
    }
}
