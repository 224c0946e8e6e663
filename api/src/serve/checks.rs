//! Whether each part does its work, and what is measured of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use commands::processes::{self, ProcessState};
use eventstore::{Journal, PostgresJournal, TaskStatus};
use futures::FutureExt;
use futures::future::ready;
use projections::{Handle, State};

use super::works::{Tasks, Works};
use crate::app::Gauges;
use crate::house::House;
use crate::metrics::{Gauge, Kind};
use crate::readiness::{Check, Said};

/// A writer that works on one batch for longer than this does not do its work.
const BATCH_MAX: Duration = Duration::from_secs(5);

/// Every part that the server needs.
pub fn all(house: &House, works: &Works) -> Vec<Check> {
    let (reads, schema, writes) = (
        Arc::clone(&house.journal),
        Arc::clone(&house.journal),
        Arc::clone(&house.journal),
    );
    let (handle, running) = (works.projections.handle(), Arc::clone(&works.processes));
    let tasks = works.tasks.clone();
    vec![
        Check {
            name: "database",
            ask: Box::new(move || database(Arc::clone(&reads)).boxed()),
        },
        Check {
            name: "migrations",
            ask: Box::new(move || migrations_applied(Arc::clone(&schema)).boxed()),
        },
        Check {
            name: "writer",
            ask: Box::new(move || ready(writer(&writes)).boxed()),
        },
        Check {
            name: "projections",
            ask: Box::new(move || ready(projections_well(&handle)).boxed()),
        },
        Check {
            name: "processes",
            ask: Box::new(move || ready(processes_well(&running)).boxed()),
        },
        Check {
            name: "tasks",
            ask: Box::new(move || ready(tasks_well(&tasks)).boxed()),
        },
    ]
}

async fn database(journal: Arc<PostgresJournal>) -> Said {
    let head = journal.head().await;
    let said = |error| format!("The database does not answer: {error}.");
    head.map(|_| None).map_err(said)
}

/// Whether the schema is the one that this program was built with.
async fn migrations_applied(journal: Arc<PostgresJournal>) -> Said {
    let applied = journal.migrations().await.map_err(|e| e.to_string())?;
    let known = migrations::MIGRATOR.iter().map(|known| known.version);
    let known: BTreeSet<i64> = known.collect();
    if let Some(missing) = known.difference(&applied).next() {
        return Err(format!(
            "Migration {missing} is not applied; start the server again."
        ));
    }
    match applied.difference(&known).next() {
        Some(newer) => Err(format!(
            "Migration {newer} is of a newer version of Cadastre; start that version."
        )),
        None => Ok(None),
    }
}

/// What the writer is at, without taking its turn.
fn writer(journal: &PostgresJournal) -> Said {
    if let Some(why) = journal.unfit() {
        return Err(format!("Nothing is recorded: {why}."));
    }
    let state = journal.writer();
    match state.at_work_for {
        Some(time) if time > BATCH_MAX => Err(format!(
            "It has been at one batch for {} s, and {} appends wait.",
            time.as_secs(),
            state.waiting
        )),
        _ => Ok((state.waiting > 0).then(|| format!("{} appends wait.", state.waiting))),
    }
}

/// Whether every background task runs. One that broke off and runs again is told of.
fn tasks_well(tasks: &Tasks) -> Said {
    let (mut broken, mut recovered) = (Vec::new(), Vec::new());
    for task in tasks.statuses() {
        let Some(fault) = &task.last_fault else {
            continue;
        };
        let times = task.panics + task.failures;
        let told = format!("{} ({times} times, last: {fault})", task.name);
        if task.is_well() {
            recovered.push(told);
        } else {
            broken.push(told);
        }
    }
    if !broken.is_empty() {
        return Err(format!(
            "Broke off and will start again: {}.",
            broken.join("; ")
        ));
    }
    let recovered = (!recovered.is_empty()).then(|| recovered.join("; "));
    Ok(recovered.map(|all| format!("Broke off before and run again: {all}.")))
}

/// What is parked is told, but keeps nobody from being served.
fn projections_well(handle: &Handle) -> Said {
    let statuses = handle.statuses();
    let stopped: Vec<_> = statuses
        .iter()
        .filter(|s| matches!(s.state, State::Stopped(_)))
        .map(|s| s.name)
        .collect();
    if !stopped.is_empty() {
        return Err(format!("These stand still: {}.", stopped.join(", ")));
    }
    let parked = statuses.iter().filter(|status| status.parked > 0);
    let parked: Vec<_> = parked
        .map(|s| format!("{} ({})", s.name, s.parked))
        .collect();
    Ok((!parked.is_empty()).then(|| format!("Keys are parked in {}.", parked.join(", "))))
}

fn processes_well(running: &processes::Runner) -> Said {
    match &*running.state().borrow() {
        ProcessState::Stopped(..) => Err("They stand still.".to_owned()),
        ProcessState::Retrying(..) => Ok(Some("They try again what did not work.".to_owned())),
        _ => Ok(None),
    }
}

/// What is measured at the moment of asking.
pub fn gauges(house: &House, works: &Works) -> Gauges {
    let (journal, handle) = (Arc::clone(&house.journal), works.projections.handle());
    let (running, tasks) = (Arc::clone(&works.processes), works.tasks.clone());
    Box::new(move || {
        let mut all = of_journal(&journal);
        all.extend(of_projections(&handle));
        all.extend(of_processes(&running));
        all.extend(of_tasks(&tasks));
        ready(all).boxed()
    })
}

fn of_tasks(tasks: &Tasks) -> Vec<Gauge> {
    let statuses = tasks.statuses();
    let of = |name, help, value: fn(&TaskStatus) -> u64| {
        let one = move |task: &TaskStatus| Gauge {
            name,
            help,
            kind: Kind::Counter,
            of: Some(("task", task.name.clone().into_owned())),
            value: i64::try_from(value(task)).unwrap_or(i64::MAX),
        };
        statuses.iter().map(one).collect::<Vec<_>>()
    };
    [
        of(
            "cadastre_task_panics_total",
            "How often it panicked.",
            |task| task.panics,
        ),
        of(
            "cadastre_task_failures_total",
            "How often it broke off otherwise.",
            |task| task.failures,
        ),
    ]
    .concat()
}

fn of_journal(journal: &PostgresJournal) -> Vec<Gauge> {
    let stats = journal.stats();
    let counts = [
        (
            "cadastre_journal_appends_total",
            "Appends that were recorded.",
            stats.appends,
        ),
        (
            "cadastre_journal_events_total",
            "Events that were recorded.",
            stats.events,
        ),
        (
            "cadastre_journal_batches_total",
            "Commits of the writer.",
            stats.batches,
        ),
        (
            "cadastre_journal_conflicts_total",
            "Appends decided on an old state.",
            stats.conflicts,
        ),
        (
            "cadastre_journal_fences_total",
            "Batches that another writer overtook.",
            stats.fences,
        ),
        (
            "cadastre_journal_repeats_total",
            "Repeated idempotency keys.",
            stats.repeats,
        ),
        (
            "cadastre_journal_reconnects_total",
            "Lost connections of the writer.",
            stats.reconnects,
        ),
    ];
    let count = |(name, help, value): (_, _, u64)| Gauge {
        name,
        help,
        kind: Kind::Counter,
        of: None,
        value: i64::try_from(value).unwrap_or(i64::MAX),
    };
    let mut all: Vec<Gauge> = counts.into_iter().map(count).collect();
    all.push(Gauge {
        name: "cadastre_journal_head",
        help: "The last position of the journal.",
        kind: Kind::Gauge,
        of: None,
        value: stats.head,
    });
    all
}

fn of_projections(handle: &Handle) -> Vec<Gauge> {
    let statuses = handle.statuses();
    let gauge = |name, help, value: fn(&projections::Status) -> i64| {
        let of = |s: &projections::Status| Some(("projection", s.name.to_owned()));
        let one = move |s| Gauge {
            name,
            help,
            kind: Kind::Gauge,
            of: of(s),
            value: value(s),
        };
        statuses.iter().map(one).collect::<Vec<_>>()
    };
    [
        gauge(
            "cadastre_projection_position",
            "The last event taken in.",
            |s| s.position,
        ),
        gauge(
            "cadastre_projection_lag",
            "Events not taken in yet.",
            projections::Status::lag,
        ),
        gauge("cadastre_projection_parked", "Keys that are parked.", |s| {
            i64::try_from(s.parked).unwrap_or(i64::MAX)
        }),
        gauge(
            "cadastre_projection_stopped",
            "Whether it stands still.",
            |s| i64::from(matches!(s.state, State::Stopped(_))),
        ),
    ]
    .concat()
}

fn of_processes(running: &processes::Runner) -> Vec<Gauge> {
    let stopped = matches!(&*running.state().borrow(), ProcessState::Stopped(..));
    vec![Gauge {
        name: "cadastre_processes_stopped",
        help: "Whether the processes stand still.",
        kind: Kind::Gauge,
        of: None,
        value: i64::from(stopped),
    }]
}
