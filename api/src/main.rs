//! The command `cadastre`.

use std::process::ExitCode;

use api::cli::Cli;
use clap::Parser;

fn main() -> ExitCode {
    api::cli::run(Cli::parse())
}
