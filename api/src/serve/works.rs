//! What works beside the requests, all of it supervised.

use std::sync::Arc;
use std::time::Duration;

use commands::processes;
use commands::{PaymentProvider, Sandbox};
use eventstore::cluster::Cluster;
use eventstore::{Journal, PostgresJournal, Stop, Supervisor, TaskStatus};
use projections::{Handle, Runner, Workplace};

use crate::app::App;
use crate::config::Identity;
use crate::edge::Edge;
use crate::files::Files;
use crate::files::cleanup::Cleanup;
use crate::house::{House, StartError};
use crate::import::{Committed, Purge};
use crate::readiness::Readiness;

use super::operations;

/// How often it is seen to that the embedded Postgres runs.
const LOOK_AFTER: Duration = Duration::from_secs(5);
/// How long the tasks may take to end.
const STOP_MAX: Duration = Duration::from_secs(3);

/// What works beside the requests.
pub struct Works {
    pub(super) projections: Runner,
    pub(super) processes: Arc<processes::Runner>,
    pub(super) tasks: Tasks,
}

/// All background tasks of the server, whoever supervises them.
#[derive(Clone)]
pub struct Tasks {
    own: Supervisor,
    projections: Handle,
    journal: Arc<PostgresJournal>,
}

impl Tasks {
    /// How it goes with each.
    pub fn statuses(&self) -> Vec<TaskStatus> {
        let mut all = self.own.statuses();
        all.extend(self.projections.tasks());
        all.extend(self.journal.tasks());
        all
    }
}

impl Works {
    /// Starts everything that works on `house`.
    pub async fn start(house: &House, files: &Arc<Files>) -> Result<Self, StartError> {
        let journal = Arc::clone(&house.journal) as Arc<dyn Journal>;
        let workplace = Workplace {
            options: house.options.clone(),
            journal: Arc::clone(&journal),
            clock: Arc::clone(&house.clock),
        };
        let pool = house.journal.pool().clone();
        let projections = Runner::start(&workplace, pool.clone(), &projections::all()).await?;
        let place = processes::Place {
            options: house.options.clone(),
            pool,
            readers: house.journal.readers().clone(),
        };
        let provider: Arc<dyn PaymentProvider> = Arc::new(Sandbox);
        let settings = processes::RunnerSettings::default();
        let commands = Arc::clone(&house.commands);
        let processes = processes::Runner::new(commands, provider, place, settings);
        // Before the first command is taken, so that none is overlooked.
        processes.establish().await?;
        let works = Self {
            tasks: Tasks {
                own: Supervisor::new(),
                projections: projections.handle(),
                journal: Arc::clone(&house.journal),
            },
            projections,
            processes,
        };
        works.start_tasks(house, files);
        Ok(works)
    }

    fn start_tasks(&self, house: &House, files: &Arc<Files>) {
        let own = &self.tasks.own;
        let processes = Arc::clone(&self.processes);
        own.spawn("processes", move |stop| Arc::clone(&processes).run(stop));
        let (cleanup, purge) = (cleanup(house, files), purge(house));
        own.spawn("cleanup of files", move |stop| cleanup.clone().run(stop));
        own.spawn("purge of imports", move |stop| purge.clone().run(stop));
        let committed = committed(house);
        own.spawn("committed imports", move |stop| committed.clone().run(stop));
        let commands = Arc::clone(&house.commands);
        own.spawn("follower of the journal", move |stop| {
            let commands = Arc::clone(&commands);
            async move { commands.dispatch().follow(stop).await }
        });
        if let Some(cluster) = house.cluster.clone() {
            own.spawn("embedded Postgres", move |stop| {
                look_after(Arc::clone(&cluster), stop)
            });
        }
    }

    /// Lets what is refused be written down, behind the requests.
    pub fn write_refusals(&self, edge: &Edge, house: &House, identity: &Identity) {
        let (log, pool) = (edge.security.clone(), house.journal.pool().clone());
        let lives = identity.lives();
        self.tasks.own.spawn("security events", move |stop| {
            log.clone().run(pool.clone(), lives, stop)
        });
    }

    /// Looks at all parts again and again, for those who ask whether the server is ready.
    pub fn look_after_readiness(&self, readiness: Readiness) {
        let own = &self.tasks.own;
        own.spawn("readiness", move |stop| readiness.clone().run(stop));
    }

    /// Answers operators on a listener of their own.
    pub fn answer_operators(&self, listener: std::net::TcpListener, app: App) {
        let listener = Arc::new(listener);
        self.tasks.own.spawn("operations listener", move |stop| {
            operations::answer(Arc::clone(&listener), app.clone(), stop)
        });
    }

    /// Lets everything finish what it does, for some seconds.
    pub async fn stop(self) {
        let (late, ()) = tokio::join!(self.tasks.own.stop(STOP_MAX), self.projections.stop());
        if !late.is_empty() {
            tracing::warn!(?late, "tasks were broken off");
        }
    }
}

/// What sweeps the store of files.
pub(super) fn cleanup(house: &House, files: &Arc<Files>) -> Cleanup {
    Cleanup {
        files: Arc::clone(files),
        commands: Arc::clone(&house.commands),
        journal: Arc::clone(&house.journal),
        clock: Arc::clone(&house.clock),
    }
}

/// What carries committed imports out.
fn committed(house: &House) -> Committed {
    Committed {
        commands: Arc::clone(&house.commands),
        pool: house.journal.pool().clone(),
        clock: Arc::clone(&house.clock),
    }
}

/// What lets go of what staged rows say.
pub(super) fn purge(house: &House) -> Purge {
    Purge {
        commands: Arc::clone(&house.commands),
        pool: house.journal.pool().clone(),
        clock: Arc::clone(&house.clock),
    }
}

/// Brings the embedded Postgres up again if it dies.
async fn look_after(cluster: Arc<Cluster>, mut stop: Stop) -> Result<(), String> {
    while !stop.requested_within(LOOK_AFTER).await {
        let running = cluster.ensure_running().await;
        running.map_err(|error| format!("the embedded Postgres does not run: {error}"))?;
    }
    Ok(())
}
