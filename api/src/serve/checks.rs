//! Whether each part does its work, and what is measured of it.

use std::sync::Arc;
use std::time::Duration;

use commands::processes::{self, ProcessState};
use eventstore::{Journal, PostgresJournal};
use futures::FutureExt;
use projections::{Handle, Runner, State};

use crate::app::{Check, Gauges};
use crate::house::House;
use crate::metrics::{Gauge, Kind};

/// How long a part may take to answer that it is well.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Every part that the server needs.
pub fn all(house: &House, runner: &Runner, running: &Arc<processes::Runner>) -> Vec<Check> {
    let (reads, writes) = (Arc::clone(&house.journal), Arc::clone(&house.journal));
    let (handle, running) = (runner.handle(), Arc::clone(running));
    vec![
        Check {
            name: "database",
            ask: Box::new(move || database(Arc::clone(&reads)).boxed()),
        },
        Check {
            // The listener opens when they are applied, and they are applied whole or not at all.
            name: "migrations",
            ask: Box::new(|| async { Ok(None) }.boxed()),
        },
        Check {
            name: "writer",
            ask: Box::new(move || writer(Arc::clone(&writes)).boxed()),
        },
        Check {
            name: "projections",
            ask: Box::new(move || std::future::ready(projections_well(&handle)).boxed()),
        },
        Check {
            name: "processes",
            ask: Box::new(move || std::future::ready(processes_well(&running)).boxed()),
        },
    ]
}

type Answer = Result<Option<String>, String>;

async fn database(journal: Arc<PostgresJournal>) -> Answer {
    if let Some(why) = journal.unfit() {
        return Err(format!("Nothing is acknowledged at the moment: {why}."));
    }
    match tokio::time::timeout(ANSWER_MAX, journal.head()).await {
        Ok(Ok(_)) => Ok(None),
        _ => Err("The database does not answer.".to_owned()),
    }
}

/// Waits for the writer's turn and gives it back.
async fn writer(journal: Arc<PostgresJournal>) -> Answer {
    match tokio::time::timeout(ANSWER_MAX, journal.hold()).await {
        Ok(Ok(_)) => Ok(None),
        _ => Err("Nothing can be recorded.".to_owned()),
    }
}

/// What is parked is told, but keeps nobody from being served.
fn projections_well(handle: &Handle) -> Answer {
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

fn processes_well(running: &processes::Runner) -> Answer {
    match &*running.state().borrow() {
        ProcessState::Stopped(..) => Err("They stand still.".to_owned()),
        ProcessState::Retrying(..) => Ok(Some("They try again what did not work.".to_owned())),
        _ => Ok(None),
    }
}

/// What is measured at the moment of asking.
pub fn gauges(house: &House, runner: &Runner, running: &Arc<processes::Runner>) -> Gauges {
    let (journal, handle, running) = (
        Arc::clone(&house.journal),
        runner.handle(),
        Arc::clone(running),
    );
    Box::new(move || {
        let mut all = of_journal(&journal);
        all.extend(of_projections(&handle));
        all.extend(of_processes(&running));
        std::future::ready(all).boxed()
    })
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
