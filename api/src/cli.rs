//! The command line of `cadastre`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

use crate::admin::reset_password;
use crate::config::{Log, Serve, Store};
use crate::house::StartError;
use crate::import::{self, Buildings, FileArgs, Hotels, IncidentLog, OccupantArgs, Rowwise};
use crate::serve::serve;

const EXAMPLES: &str = "\
Examples:
  cadastre serve                              everything, on an embedded Postgres in ./data
  cadastre serve --listen 0.0.0.0:80 --payment-provider sandbox
                                              reachable from elsewhere, no money moved
  DATABASE_URL=postgres://… cadastre serve --payment-provider sandbox
                                              on a Postgres of your own
  cadastre admin reset-password               a new password for the administrator
  cadastre import hotel-bookings h.csv.gz     real bookings, through the same commands
  cadastre import buildings b.csv.gz          a city's register of buildings

Every flag is also an environment variable, named beside it; the flag wins. Secrets are never
flags: DATABASE_URL, CADASTRE_SECRET, CADASTRE_ADMIN_PASSWORD, JWT_SECRET, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN are set in the environment, or as the name of a file,
as in CADASTRE_SECRET_FILE. `.env.sample` lists all. The server describes its API at /docs.";

/// Places, bookings and payments, event-sourced.
#[derive(Debug, Parser)]
#[command(name = "cadastre", version, about, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `cadastre` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the platform until it is told to stop (Ctrl-C or SIGTERM).
    Serve(Box<Serve>),
    /// Looks after the platform from its own command line.
    Admin {
        /// What to look after.
        #[command(subcommand)]
        command: Admin,
    },
    /// Brings data in from elsewhere, through the same commands as the API.
    Import {
        /// What to bring in.
        #[command(subcommand)]
        command: Import,
    },
}

/// What can be looked after.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Gives an administrator a new password, prints it once, and ends all their sessions.
    ResetPassword {
        /// Whose password; the first administrator's where none is named.
        #[arg(
            long,
            env = "CADASTRE_ADMIN_EMAIL",
            value_name = "ADDRESS",
            default_value = "admin@cadastre.local"
        )]
        email: String,
        /// Where the data is.
        #[command(flatten)]
        store: Store,
        /// What is written down.
        #[command(flatten)]
        log: Log,
    },
}

/// What can be brought in.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Hotel bookings: a CSV of the public data set, plain or gzipped. Each row is brought in once
    /// and only once, however often it is stopped and run again.
    HotelBookings(Box<FileArgs>),
    /// Buildings: a CSV of the register that the city of Seattle publishes, plain or gzipped.
    Buildings(Box<FileArgs>),
    /// Machines: a CSV of numbers, models and ages. Their failures, replacements and errors follow.
    Machines(Box<FileArgs>),
    /// The failures of machines that were brought in before: a CSV.
    MachineFailures(Box<FileArgs>),
    /// What was replaced in machines, once their failures were brought in: a CSV.
    MachineMaintenance(Box<FileArgs>),
    /// The errors that machines reported: a CSV.
    MachineErrors(Box<FileArgs>),
    /// Incidents: a CSV of the public event log of an incident management, plain or gzipped.
    IncidentLog(Box<FileArgs>),
    /// The occupants of a building: an Excel workbook or a CSV.
    Occupants(Box<OccupantArgs>),
}

/// Does what the command line says; the exit code is 0 when it was done, 1 when not.
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {
        Command::Import { command } => run_import(&command),
        Command::Serve(settings) => run_to_its_end(&settings.log, serve(&settings)),
        Command::Admin {
            command: Admin::ResetPassword { email, store, log },
        } => run_to_its_end(&log, async {
            let password = reset_password(&store, &email).await?;
            println!("The new password of {email} is\n\n  {password}\n");
            println!(
                "It is shown this once, and has to be changed at the next log-in. All sessions of the \
                 account have ended."
            );
            Ok(())
        }),
    }
}

fn run_import(command: &Import) -> ExitCode {
    match command {
        Import::HotelBookings(args) => import::run(args, &Hotels),
        Import::Buildings(args) => import::run(args, &Rowwise::new(Buildings)),
        Import::Machines(args) => import::run(args, &Rowwise::new(import::Machines)),
        Import::MachineFailures(args) => import::run(args, &Rowwise::new(import::Failures)),
        Import::MachineMaintenance(args) => import::run(args, &Rowwise::new(import::Replacements)),
        Import::MachineErrors(args) => import::run(args, &Rowwise::new(import::Errors)),
        Import::IncidentLog(args) => import::run(args, &Rowwise::new(IncidentLog::default())),
        Import::Occupants(args) => import::run_occupants(args),
    }
}

fn run_to_its_end(log: &Log, work: impl Future<Output = Result<(), StartError>>) -> ExitCode {
    let started = log
        .start()
        .and_then(|()| Runtime::new().map_err(|error| error.to_string()));
    let done = match started {
        Ok(runtime) => runtime.block_on(work).map_err(|error| error.to_string()),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("cadastre: {fault}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Every flag of `command` and of what is below it.
    fn flags(command: &clap::Command) -> Vec<String> {
        let own = command.get_arguments().filter_map(clap::Arg::get_long);
        let below = command.get_subcommands().flat_map(flags);
        own.map(str::to_owned).chain(below).collect()
    }

    #[test]
    fn no_secret_is_a_flag() {
        let command = Cli::command();
        command.clone().debug_assert();
        let flags = flags(&command);
        assert!(flags.iter().any(|flag| flag == "listen"), "{flags:?}");
        for word in ["secret", "password", "token", "key", "database-url"] {
            let shown: Vec<_> = flags
                .iter()
                .filter(|flag| flag.split('-').any(|part| part == word) || *flag == word)
                // How long a token lives, who signs it and for whom, is no secret.
                .filter(|flag| {
                    !["life", "issuer", "audience"]
                        .iter()
                        .any(|end| flag.ends_with(end))
                })
                .collect();
            assert!(shown.is_empty(), "{shown:?}");
        }
    }
}
