//! What `replay` can do, one file each.

pub mod compare;
pub mod history;
pub mod parked;
pub mod processes;
pub mod projections;
pub mod rebuild;
pub mod show;
pub mod tail;
pub mod verify;

use crate::cli::Command;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::out::Out;

/// Does what was asked.
pub async fn run(command: Command, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    match command {
        Command::Tail(args) => tail::run(&args, house, out).await,
        Command::Show(args) => show::run(&args, house, out).await,
        Command::History(args) => history::run(&args, house, out).await,
        Command::Verify(args) => verify::run(&args, house, out).await,
        Command::Rebuild(args) => rebuild::run(&args, house, out).await,
        Command::Compare(args) => compare::run(&args, house, out).await,
        Command::Projections => projections::run(house, out).await,
        Command::Parked(args) => parked::run(&args, house, out).await,
        Command::Processes(args) => processes::run(&args, house, out).await,
    }
}
