//! The tools of those who check the house: history as it was recorded, states as they were, and
//! read models held against a replay.

mod choice;
mod cli;
mod command;
mod difference;
mod event;
mod fault;
mod fit;
mod history;
mod house;
mod moment;
mod nearest;
mod noun;
mod out;
mod progress;
mod signal;
mod table;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::out::Out;
use crate::signal::Signals;

/// A command and a page of a feed are many small allocations, which this allocator gives and takes
/// back at a lower price than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // What the projections have to say of a fault goes beside the answer, not into it.
    let _ = tracing_subscriber::fmt()
        .with_env_filter("error")
        .with_writer(std::io::stderr)
        .try_init();
    let json = cli.json;
    let exit = match run(cli).await {
        Ok(exit) => exit,
        Err(fault) => {
            fault.tell(json);
            fault.exit
        }
    };
    ExitCode::from(exit.code())
}

async fn run(cli: Cli) -> Result<Exit, Fault> {
    let mut signals = Signals::listen()?;
    let house = tokio::select! {
        house = House::open(&cli.place) => house?,
        () = signals.received() => return Err(Fault::interrupted("nothing was done yet")),
    };
    let mut out = Out::new(cli.json);
    let when_stopped = cli.command.when_stopped();
    let done = tokio::select! {
        done = command::run(cli.command, &house, &mut out) => done,
        () = signals.received() => when_stopped,
    };
    let written = out.finish();
    let closed = house.close().await;
    let exit = done?;
    written?;
    closed?;
    Ok(exit)
}
