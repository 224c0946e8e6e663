//! The load generator: `wrk`, in closed loops over connections that stay open.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

use crate::fault::Fault;

const SCRIPT: &str = include_str!("../../../lua/requests.lua");
const THREADS: u32 = 2;
/// Connections, each of which asks again when it is answered.
pub const CONNECTIONS: u32 = 32;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub enum Question {
    /// A new booking each time, from a number of nights on.
    Book(u32),
    /// One booking by its id.
    Show,
    /// The first twenty of one's bookings.
    List,
}

/// What the server made of it.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// How many answers came.
    pub count: u64,
    /// How long that took.
    pub elapsed: Duration,
    /// The latency that half of them do not exceed.
    pub p50: Duration,
    /// The latency that 99 of 100 do not exceed.
    pub p99: Duration,
}

/// Asks `address` for so long; the tokens and ids stand in `folder`. Every answer must be a good
/// one, or the figure would be that of a refusal.
pub async fn ask(
    address: &str,
    folder: &Path,
    question: Question,
    time: Duration,
) -> Result<Answered, Fault> {
    let script = folder.join("requests.lua");
    std::fs::write(&script, SCRIPT)?;
    let (what, first) = match question {
        Question::Book(first) => ("book", first),
        Question::Show => ("show", 0),
        Question::List => ("list", 0),
    };
    let output = Command::new("wrk")
        .args(["-t", &THREADS.to_string(), "-c", &CONNECTIONS.to_string()])
        .args(["-d", &format!("{}s", time.as_secs().max(1)), "-s"])
        .arg(script)
        .arg(address)
        .env("BENCH_WHAT", what)
        .env("BENCH_FOLDER", folder)
        .env("BENCH_FIRST", first.to_string())
        .env("BENCH_THREADS", THREADS.to_string())
        .output()
        .await
        .map_err(|e| format!("`wrk` cannot be run: {e}; scripts/install-missing bench has it"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.starts_with("answers "));
    let line = line.ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        format!("`wrk` said nothing of its answers: {said}{complaint}")
    })?;
    let number = |name: &str| -> Result<u64, Fault> {
        let mut words = line.split(' ').skip_while(|word| *word != name).skip(1);
        Ok(words.next().unwrap_or_default().parse()?)
    };
    if number("refused")? + number("broken")? > 0 {
        return Err(format!("not every answer was a good one: {line}").into());
    }
    Ok(Answered {
        count: number("answers")?,
        elapsed: Duration::from_micros(number("microseconds")?),
        p50: Duration::from_micros(number("p50")?),
        p99: Duration::from_micros(number("p99")?),
    })
}
