//! Runs all projections of a process: one feed, and one task per projection, all supervised.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eventstore::{Clock, Journal, JournalError, Supervisor};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{Mutex, Notify, mpsc, watch};

use crate::feed::{self, Head};
use crate::inbox::Inbox;
use crate::pages::Pages;
use crate::projector::Projector;
use crate::status::Status;
use crate::task::Task;
use crate::wait::Handle;

/// The most batches that wait for a projection before it has to read from the table.
const QUEUED_BATCHES_MAX: usize = 64;
/// How long the projections may take to finish their batches at the end.
const STOP_MAX: Duration = Duration::from_secs(5);

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
    tasks: Supervisor,
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
        let tasks = Supervisor::new();
        let (head, heads) = watch::channel(Head {
            position: after,
            ended: None,
        });
        let pages = Arc::new(Pages::new(Arc::clone(&workplace.journal)));
        let doubt = Arc::<Notify>::default();
        let mut watched = BTreeMap::new();
        let mut readers = Vec::new();
        for projector in projectors {
            let (reader, batches) = mpsc::channel(QUEUED_BATCHES_MAX);
            let (status, watching) = watch::channel(Status::starting(projector.name()));
            let stopped = tasks.stop_receiver();
            watched.insert(projector.name(), watching);
            readers.push(reader);
            let task = Task::new(
                workplace.clone(),
                Arc::clone(projector),
                status,
                Inbox::new(Arc::clone(&pages), batches, heads.clone(), stopped.clone()),
                Arc::clone(&doubt),
                stopped,
            );
            // A run that panicked leaves what it was fed from to the next one.
            let task = Arc::new(Mutex::new(task));
            tasks.spawn(format!("projection {}", projector.name()), move |_| {
                let task = Arc::clone(&task);
                async move {
                    task.lock().await.run().await;
                    Ok(())
                }
            });
        }
        let journal = Arc::clone(&workplace.journal);
        let (fed, head, readers) = (Arc::clone(&journal), Arc::new(head), Arc::new(readers));
        tasks.spawn("feed of the projections", move |stop| {
            feed::run(
                Arc::clone(&fed),
                Arc::clone(&readers),
                Arc::clone(&head),
                stop,
            )
        });
        let handle = Handle {
            watched: Arc::new(watched),
            pool,
            journal,
            tasks: tasks.clone(),
            doubt,
        };
        Ok(Self { handle, tasks })
    }

    /// How the projections are doing.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Lets every projection finish its batch, and stops; one that takes longer than 5 s is broken
    /// off, and goes on where its checkpoint stands at the next start.
    pub async fn stop(self) {
        let late = self.tasks.stop(STOP_MAX).await;
        if !late.is_empty() {
            tracing::warn!(
                ?late,
                "projections were broken off in the middle of a batch"
            );
        }
    }
}
