//! The command `cadastre`.

use std::process::ExitCode;

use api::cli::Cli;
use clap::Parser;

/// A command and a page of a feed are many small allocations, which this allocator gives and takes
/// back at a lower price than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    api::cli::run(Cli::parse())
}
