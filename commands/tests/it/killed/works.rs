//! What runs beside the commands in a process: the read model of processes, the processes
//! themselves, and a clock that is quicker than the real one.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use commands::Sandbox;
use commands::processes::{Place, Runner, RunnerSettings};
use eventstore::{
    Clock, Journal, ManualClock, PgConnectOptions, PostgresJournal, Readers, SystemClock,
};
use projections::processes::Processes;
use projections::{Projector, Workplace};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::house::House;

/// How many seconds of the platform go by in a real one.
const SPEED: i32 = 60;

/// The processes and their read model at work.
pub struct Works {
    projections: projections::Runner,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), String>>,
}

impl Works {
    pub async fn start(
        house: &House,
        journal: &Arc<PostgresJournal>,
        options: &PgConnectOptions,
    ) -> Self {
        let workplace = Workplace {
            options: options.clone(),
            journal: Arc::clone(journal) as Arc<dyn Journal>,
            clock: Arc::clone(house.commands.clock()),
        };
        let place = Place {
            options: options.clone(),
            pool: journal.pool().clone(),
            readers: Readers::new(options.clone(), 2),
        };
        let settings = RunnerSettings {
            sweep_every: Duration::from_millis(50),
            ask_again_after: TimeDelta::seconds(30),
            ..RunnerSettings::default()
        };
        let commands = Arc::clone(&house.commands);
        let runner = Runner::new(commands, Arc::new(Sandbox), place, settings);
        in_the_end(async || runner.establish().await.ok()).await;
        let projectors: [Arc<dyn Projector>; 1] = [Arc::new(Processes)];
        let pool = journal.pool();
        let projections = in_the_end(async || {
            let started = projections::Runner::start(&workplace, pool.clone(), &projectors);
            started.await.ok()
        });
        let projections = projections.await;
        let (stop, stopped) = watch::channel(false);
        Self {
            projections,
            stop,
            task: tokio::spawn(runner.run(stopped.into())),
        }
    }

    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap().unwrap();
        self.projections.stop().await;
    }
}

/// Tries until it works: connections are ended while a process starts, too.
pub async fn in_the_end<T>(attempt: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(done) = attempt().await {
            return done;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it did not work for a minute");
}

/// Lets `clock` go on from now on, at some speed, from where it stood when `started` was, and
/// `ahead` seconds ahead of that.
pub fn run_clock(clock: ManualClock, started: DateTime<Utc>, ahead: i64) {
    let origin = clock.now() + TimeDelta::seconds(ahead);
    tokio::spawn(async move {
        loop {
            let gone = (SystemClock.now() - started) * SPEED;
            clock.set(origin + gone);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
}
