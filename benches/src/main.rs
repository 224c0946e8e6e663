//! The measurements: what this house does beside its peers, on one machine in one run, with the
//! same durability. No test asserts a time.
//!
//! # How to add a workload
//! Write a file in `workloads/` with its targets and a `run` that answers a row for each side and
//! setting, and a line in [`workloads::ALL`]. A side gets a fresh database from the [`stage`].

mod building;
mod clients;
mod cpu;
mod database;
mod fault;
mod machine;
mod million;
mod plan;
mod report;
mod request;
mod row;
mod seed;
mod sides;
mod stage;
mod stats;
mod target;
mod workloads;

use std::path::{Path, PathBuf};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::fault::Fault;
use crate::plan::Plan;
use crate::stage::Stage;
use crate::workloads::{ALL, Workload};

/// The allocator of the server, for all sides alike.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the house beside its peers and prints the report as Markdown.
#[derive(Parser)]
struct Arguments {
    /// Leave out what takes minutes.
    #[arg(long)]
    quick: bool,
    /// Only these workloads, such as W1,W5.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How often each side runs; the median counts.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// A file of hotel bookings, for the workload that imports one.
    #[arg(long)]
    bookings: Option<PathBuf>,
    /// Write the report into this file, too.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Arguments {
    fn chosen(&self) -> Vec<&'static Workload> {
        let is_chosen = |workload: &&Workload| {
            let named = |name: &String| name.eq_ignore_ascii_case(workload.name);
            if self.only.is_empty() {
                workload.quick || !self.quick
            } else {
                self.only.iter().any(named)
            }
        };
        ALL.iter().filter(is_chosen).collect()
    }
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    #[cfg(feature = "umadb")]
    if let Some((home, address)) = sides::umadb::asked_to_serve() {
        return sides::umadb::serve(&home, &address).await;
    }
    if let Some(peer) = workloads::http::asked_to_serve() {
        return workloads::http::serve(&peer).await;
    }
    let arguments = Arguments::parse();
    let plan = Plan::new(
        arguments.quick,
        arguments.runs.max(1),
        arguments.bookings.clone(),
    );
    let stage = Stage::open().await?;
    let (chosen, out) = (arguments.chosen(), arguments.out.as_deref());
    let measured = tokio::select! {
        measured = measure(&stage, &plan, &chosen, out) => measured,
        asked = asked_to_stop() => asked,
    };
    stage.close().await?;
    measured
}

/// Waits until somebody ends this program, so that Postgres is ended with it.
async fn asked_to_stop() -> Result<(), Fault> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Err("broken off".into())
}

/// Measures one workload after the other. The report is written after each, and one that breaks
/// off leaves the figures of the others standing.
async fn measure(
    stage: &Stage,
    plan: &Plan,
    chosen: &[&Workload],
    out: Option<&Path>,
) -> Result<(), Fault> {
    let mut text = machine::describe(stage, plan).await?;
    let mut broken = Vec::new();
    print!("{text}");
    for workload in chosen {
        let section = match (workload.run)(stage, plan).await {
            Ok(rows) => {
                for row in &rows {
                    eprintln!("{}", row.in_short());
                }
                report::section(workload, &rows)
            }
            Err(fault) => {
                broken.push(workload.name);
                let Workload { name, title, .. } = workload;
                format!("\n## {name} — {title}\n\nBroke off: {fault}\n")
            }
        };
        print!("{section}");
        text.push_str(&section);
        if let Some(out) = out {
            std::fs::write(out, &text)?;
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(format!("not measured to the end: {}", broken.join(", ")).into())
}
