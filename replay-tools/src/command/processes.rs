//! `replay processes`: what the platform does by itself.

use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use commands::processes::{BOOKING_PAYMENT, CANCELLATION_REFUND, CHARGE, HOLD_EXPIRY, REFUND};
use commands::{Commands, Context, Done, Secret, Settings, Who};
use eventstore::{Clock, Journal, Mint, SystemClock};
use projections::Page;
use projections::processes::{self, Process, ProcessFilter};
use serde_json::json;

use crate::choice;
use crate::fault::{Exit, Fault};
use crate::history::Reader;
use crate::house::House;
use crate::moment::instant;
use crate::nearest::nearest;
use crate::out::Out;
use crate::table;

const KINDS: [&str; 5] = [
    BOOKING_PAYMENT,
    CANCELLATION_REFUND,
    HOLD_EXPIRY,
    CHARGE,
    REFUND,
];
const HEADS: [&str; 5] = ["process", "status", "started", "changed", "remark"];
/// Rows read at a time.
const PAGE: u32 = 1_000;

/// Shows what the platform does by itself, and lets an operator intervene.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Processes {
    /// Intervenes, instead of showing them.
    #[command(subcommand)]
    command: Option<Command>,
    /// Of this kind only, such as `hold_expiry`.
    #[arg(long)]
    kind: Option<String>,
    /// Only those that run, are stuck, or have ended.
    #[arg(long)]
    status: Option<Status>,
}

/// How a process can be.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    /// It goes on by itself.
    Running,
    /// It was refused, and waits for an operator.
    Stuck,
    /// It has nothing left to do.
    Ended,
}

/// How an operator can intervene.
#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Lets a stuck process try its refused step again; `cadastre serve` does it.
    Retry {
        /// The process, as `replay processes` shows it.
        id: String,
    },
    /// Ends a process by hand. What it has asked outside and not heard of counts as failed.
    End {
        /// The process, as `replay processes` shows it.
        id: String,
    },
}

/// Shows them, or intervenes.
pub async fn run(args: &Processes, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    match &args.command {
        Some(command) => intervene(command, house, out).await,
        None => show(args, house, out).await,
    }
}

async fn show(args: &Processes, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    check_kind(args.kind.as_deref())?;
    choice::must_be_built(&processes::Processes, house).await?;
    let status = args.status.and_then(|status| status.to_possible_value());
    let filter = ProcessFilter {
        kind: args.kind.clone(),
        status: status.map(|status| status.get_name().to_owned()),
    };
    let readers = house.readers();
    let mut all: Vec<Process> = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let list = processes::list(&readers, &filter, &page).await?;
        all.extend(list.items);
        match list.next {
            Some(next) => page = Page::following(PAGE, next),
            None => break,
        }
    }
    if out.json {
        out.document(&all);
    } else if all.is_empty() {
        out.line("There is no such process.");
    } else {
        let rows: Vec<_> = all.iter().map(cells).collect();
        for line in table::lines(&HEADS, &rows) {
            out.line(&line);
        }
    }
    Ok(Exit::Well)
}

fn check_kind(kind: Option<&str>) -> Result<(), Fault> {
    match kind {
        Some(kind) if !KINDS.contains(&kind) => {
            let kind = table::plain(kind);
            let sentence = format!("there is no kind `{kind}`; there are {}", KINDS.join(", "));
            Err(Fault::unknown(sentence).suggest(nearest(&kind, KINDS)))
        }
        _ => Ok(()),
    }
}

fn cells(process: &Process) -> Vec<String> {
    let stuck = process
        .stuck
        .as_ref()
        .map(|code| format!("refused: {code}"));
    vec![
        process.id.clone(),
        process.status.clone(),
        instant(process.started_at),
        instant(process.changed_at),
        stuck
            .or_else(|| process.outcome.clone())
            .unwrap_or_default(),
    ]
}

async fn intervene(command: &Command, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let (Command::Retry { id } | Command::End { id }) = command;
    let id = id.strip_prefix("process-").unwrap_or(id);
    Reader::open(&house.pool, &format!("process-{id}")).await?;
    let journal: Arc<dyn Journal> = house.journal().await?;
    let clock = Arc::new(SystemClock);
    // No claim is taken here, and nothing else is derived from the secret.
    let secret = Secret::new(Vec::new());
    let commands = Commands::new(Arc::clone(&journal), clock, secret, Settings::default());
    let context = Context::new(Who::Operator, SystemClock.now(), Mint.id());
    let done = match command {
        Command::Retry { .. } => commands.retry_process(&context, id).await,
        Command::End { .. } => commands.end_process(&context, id).await,
    };
    journal.close().await;
    write(command, &done?, out);
    Ok(Exit::Well)
}

fn write(command: &Command, done: &Done, out: &mut Out) {
    let Done {
        id,
        version,
        position,
        ..
    } = done;
    if out.json {
        out.document(&json!({ "id": id, "version": version, "position": position }));
        return;
    }
    let said = match command {
        Command::Retry { .. } => "will try again while `cadastre serve` runs",
        Command::End { .. } => "has ended",
    };
    out.line(&format!(
        "{id} {said} (version {version}, position {position})"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_is_refused_with_the_nearest() {
        assert!(check_kind(None).is_ok());
        assert!(check_kind(Some("hold_expiry")).is_ok());
        let fault = check_kind(Some("hold_expire")).unwrap_err();
        assert!(
            fault.text().ends_with("did you mean `hold_expiry`?"),
            "{}",
            fault.text()
        );
    }
}
