//! What is written down.

use std::io::IsTerminal;

use clap::{Args, ValueEnum};

/// What is written to the log, and how.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Log")]
pub struct Log {
    /// One line for people, or one JSON object for machines.
    #[arg(long, env = "CADASTRE_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// What is written: `error`, `warn`, `info`, `debug`, `trace`, or by part, such as
    /// `info,commands=debug`.
    #[arg(
        long,
        env = "CADASTRE_LOG",
        value_name = "FILTER",
        default_value = "info,sqlx=warn"
    )]
    pub log: String,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Log {
    /// Starts to write to standard error; the first call of a process wins.
    pub fn start(&self) -> Result<(), String> {
        let filter = tracing_subscriber::EnvFilter::try_new(&self.log)
            .map_err(|e| format!("CADASTRE_LOG `{}` cannot be read: {e}", self.log))?;
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        let started = match self.log_format {
            LogFormat::Text => lines.try_init(),
            LogFormat::Json => lines.json().flatten_event(true).try_init(),
        };
        started.map_err(|e| format!("the log could not be started: {e}"))
    }
}
