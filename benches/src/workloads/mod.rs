//! What is measured. A workload is a file with its targets and a `run`, and a line in [`ALL`].

mod growth;
mod hot;
pub mod http;
mod import;
mod lists;
mod long;
mod many;
mod new;
mod rebuild;
mod replay;
mod snapshot;
mod views;
mod visible;

use futures::future::BoxFuture;

use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::Row;
use crate::stage::Stage;
use crate::target::Target;

/// Measures a workload; answers one row for each side and setting, the median of the runs.
type Run = for<'a> fn(&'a Stage, &'a Plan) -> BoxFuture<'a, Result<Vec<Row>, Fault>>;

/// One workload.
pub struct Workload {
    /// Such as `W1`.
    pub name: &'static str,
    /// What is done.
    pub title: &'static str,
    /// What the reader must know of how it is measured.
    pub explained: &'static str,
    /// What is asked of the figures.
    pub targets: &'static [Target],
    /// Whether the short form measures it too.
    pub quick: bool,
    /// Measures it.
    pub run: Run,
}

/// The clients of the workloads that have one number of them.
const MANY_CLIENTS: usize = 32;

/// All workloads, in the order in which they are run.
pub const ALL: &[Workload] = &[
    Workload {
        name: "W1",
        title: "a new aggregate, one event per command",
        explained: new::EXPLAINED,
        targets: new::TARGETS,
        quick: true,
        run: |stage, plan| Box::pin(new::run(stage, plan)),
    },
    Workload {
        name: "W2",
        title: "1,000 existing aggregates at random",
        explained: many::EXPLAINED,
        targets: many::TARGETS,
        quick: true,
        run: |stage, plan| Box::pin(many::run(stage, plan)),
    },
    Workload {
        name: "W3",
        title: "one hot aggregate",
        explained: hot::EXPLAINED,
        targets: hot::TARGETS,
        quick: true,
        run: |stage, plan| Box::pin(hot::run(stage, plan)),
    },
    Workload {
        name: "W4",
        title: "one command on a long stream",
        explained: long::EXPLAINED,
        targets: long::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(long::run(stage, plan)),
    },
    Workload {
        name: "W5",
        title: "replay of a million events, decoded",
        explained: replay::EXPLAINED,
        targets: replay::TARGETS,
        quick: true,
        run: |stage, plan| Box::pin(replay::run(stage, plan)),
    },
    Workload {
        name: "W6",
        title: "a read model and the facts built anew",
        explained: rebuild::EXPLAINED,
        targets: rebuild::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(rebuild::run(stage, plan)),
    },
    Workload {
        name: "W7",
        title: "from acknowledgement to visible",
        explained: visible::EXPLAINED,
        targets: visible::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(visible::run(stage, plan)),
    },
    Workload {
        name: "W8",
        title: "HTTP",
        explained: http::EXPLAINED,
        targets: http::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(http::run(stage, plan)),
    },
    Workload {
        name: "W9",
        title: "growth",
        explained: growth::EXPLAINED,
        targets: growth::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(growth::run(stage, plan)),
    },
    Workload {
        name: "W10",
        title: "the import of hotel bookings with projections running",
        explained: import::EXPLAINED,
        targets: import::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(import::run(stage, plan)),
    },
    Workload {
        name: "W11",
        title: "new aggregates while a snapshot of the database stays open",
        explained: snapshot::EXPLAINED,
        targets: snapshot::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(snapshot::run(stage, plan)),
    },
    Workload {
        name: "W12",
        title: "lists of a large house",
        explained: lists::EXPLAINED,
        targets: lists::TARGETS,
        quick: false,
        run: |stage, plan| Box::pin(lists::run(stage, plan)),
    },
];
