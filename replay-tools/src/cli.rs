//! The command line of `replay`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::command::{compare, history, parked, processes, rebuild, show, tail, verify};
use crate::fault::{Exit, Fault};

const TAUGHT: &str = "\
Examples:
  replay tail --follow                        what happens, as it happens
  replay history booking-0190f1…              all that ever happened to one booking
  replay show booking-0190f1… --at-version 2  how it was after its second event
  replay verify                               is the journal whole, and can all of it be read?
  replay compare all                          do the read models say what the journal says?
  replay rebuild bookings                     build a read model anew, beside the live one
  replay projections                          how far each read model is
  replay parked drive bookings --all          take in what was set aside, after the fix
  replay processes --status stuck             what waits for an operator
  replay tail --from 1 --json | jq .type      JSON lines, for programs

It attaches to the Postgres of a running `cadastre serve`, or starts it and stops it again. A
Postgres of your own is named by the environment: DATABASE_URL, or DATABASE_URL_FILE for a file that
holds it. It is no flag, for whoever can list processes reads those.
Reading changes nothing, and `serve` need not be stopped for any of it.

Exit codes:
  0    done, and all is well (a reader that closes the pipe is no error)
  1    something is wrong: a fault in the journal, a read model that differs, a refusal
  2    what was asked for is not there or cannot be asked: stream, projection, version, option
  3    the database cannot be reached, or its data is of another version
  130  stopped by Ctrl-C or SIGTERM";

/// Looks into the history of Cadastre, and checks that everything follows from it.
#[derive(Debug, Parser)]
#[command(name = "replay", version, about, after_help = TAUGHT, arg_required_else_help = true)]
pub struct Cli {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Answers in JSON: one document, or one line for each event.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The data folder of `cadastre serve`.
    #[arg(
        long,
        env = "CADASTRE_DATA",
        value_name = "FOLDER",
        default_value = "./data",
        global = true
    )]
    pub data: PathBuf,
}

/// What `replay` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows events in the order in which they were recorded: the last ones, or from a position on.
    Tail(tail::Tail),
    /// Shows the state of one thing, now or at a moment of the past.
    Show(show::Show),
    /// Shows every event of one stream.
    History(history::History),
    /// Reads the whole journal, and looks for anything that is wrong with it.
    Verify(verify::Verify),
    /// Builds read models anew from the first event on, beside the live ones, and swaps them.
    Rebuild(rebuild::Rebuild),
    /// Replays the journal and holds the result against the live read models.
    Compare(compare::Compare),
    /// Shows how far each read model is, and what holds it up.
    Projections,
    /// Shows the events that could not become rows, or takes them in after the fix.
    Parked(parked::Parked),
    /// Shows what the platform does by itself, and lets an operator intervene.
    Processes(processes::Processes),
}

impl Command {
    /// How it ends when somebody stops it.
    pub fn when_stopped(&self) -> Result<Exit, Fault> {
        Err(Fault::interrupted(match self {
            Self::Tail(tail) if tail.follow => return Ok(Exit::Well),
            Self::Rebuild(_) => {
                "the live tables are as they were; what was half built is removed at the next start"
            }
            Self::Compare(_) => {
                "the live tables were not touched; the replay is removed at the next start"
            }
            Self::Parked(_) | Self::Processes(_) => "look again to see what was done",
            _ => "nothing was changed",
        }))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_version_and_a_moment_exclude_each_other() {
        let asked = |more: &[&str]| {
            Cli::try_parse_from([["replay", "show", "user-1"].as_slice(), more].concat()).is_ok()
        };
        let moment = "2026-01-01T00:00:00Z";
        assert!(asked(&["--as-of", moment, "--known-at", moment]));
        assert!(asked(&["--at-version", "1"]));
        assert!(!asked(&["--at-version", "1", "--as-of", moment]));
        assert!(!asked(&["--at-version", "0"]));
        assert!(!asked(&["--as-of", "yesterday"]));
    }

    #[test]
    fn parked_lists_or_drives() {
        let asked = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        assert!(asked("replay parked"));
        assert!(asked("replay parked users"));
        assert!(asked("replay parked drive users some-key"));
        assert!(asked("replay parked drive users --all --json"));
        assert!(!asked("replay parked drive users"));
        assert!(!asked("replay parked drive users some-key --all"));
    }
}
