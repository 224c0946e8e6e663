//! Runs all projections of a process: one feed, and one task per projection.

use std::collections::BTreeMap;
use std::sync::Arc;

use eventstore::{Clock, Journal, JournalError};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

use crate::feed::{self, Head};
use crate::inbox::Inbox;
use crate::pages::Pages;
use crate::projector::Projector;
use crate::status::Status;
use crate::task::Task;
use crate::wait::Handle;

/// The most batches that wait for a projection before it has to read from the table.
const QUEUED_BATCHES_MAX: usize = 64;

/// What the runner works with.
#[derive(Clone)]
pub struct Workplace {
    /// How each projection opens its own connection.
    pub options: PgConnectOptions,
    /// Where the events come from.
    pub journal: Arc<dyn Journal>,
    /// By which checkpoints are dated.
    pub clock: Arc<dyn Clock>,
}

/// The projections of this process, at work until they are stopped.
pub struct Runner {
    handle: Handle,
    stop: watch::Sender<bool>,
    feed: JoinHandle<()>,
    tasks: Vec<JoinHandle<()>>,
}

impl Runner {
    /// Starts `projectors`. Each is run by the first process that asks for it; the others stand
    /// by. `pool` serves those who wait for a projection that another process runs.
    pub async fn start(
        workplace: &Workplace,
        pool: PgPool,
        projectors: &[Arc<dyn Projector>],
    ) -> Result<Self, JournalError> {
        let after = workplace.journal.head().await?;
        let (stop, stopped) = watch::channel(false);
        let (head, heads) = watch::channel(Head {
            position: after,
            ended: None,
        });
        let pages = Arc::new(Pages::new(Arc::clone(&workplace.journal)));
        let doubt = Arc::<Notify>::default();
        let mut watched = BTreeMap::new();
        let mut readers = Vec::new();
        let mut tasks = Vec::new();
        for projector in projectors {
            let (reader, batches) = mpsc::channel(QUEUED_BATCHES_MAX);
            let (status, watching) = watch::channel(Status::starting(projector.name()));
            watched.insert(projector.name(), watching);
            readers.push(reader);
            let task = Task::new(
                workplace.clone(),
                Arc::clone(projector),
                status,
                Inbox::new(Arc::clone(&pages), batches, heads.clone(), stopped.clone()),
                Arc::clone(&doubt),
                stopped.clone(),
            );
            tasks.push(tokio::spawn(task.run()));
        }
        let journal = Arc::clone(&workplace.journal);
        let feed = tokio::spawn(feed::run(Arc::clone(&journal), after, readers, head));
        let handle = Handle {
            watched: Arc::new(watched),
            pool,
            journal,
            doubt,
        };
        Ok(Self {
            handle,
            stop,
            feed,
            tasks,
        })
    }

    /// How the projections are doing.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Lets every projection finish its batch, and stops.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a projection broke off");
            }
        }
        self.feed.abort();
    }
}
