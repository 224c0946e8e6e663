//! What the figures were measured on.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use eventstore::{Clock, SystemClock};
use sqlx::{AssertSqlSafe, ConnectOptions};

use crate::fault::Fault;
use crate::plan::Plan;
use crate::stage::Stage;

const LOCK: &str = include_str!("../../Cargo.lock");
const CRATES: [&str; 10] = [
    "tokio",
    "sqlx",
    "tokio-postgres",
    "cqrs-es",
    "postgres-es",
    "disintegrate",
    "disintegrate-postgres",
    "umadb-client",
    "umadb-server",
    "axum",
];
const SETTINGS: [&str; 6] = [
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
    "max_connections",
];
const FLUSHES: u32 = 1_000;

/// The head of the report.
pub async fn describe(stage: &Stage, plan: &Plan) -> Result<String, Fault> {
    let mut text = format!("# Measured on {}\n\n", SystemClock.now().format("%Y-%m-%d"));
    let loads = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = loads.split(' ').next().unwrap_or_default();
    let flush = flush_time(stage.home())?;
    let _ = write!(
        text,
        "- {} cores, {}; {} GiB of memory; Linux {}\n\
         - one flush of 8 KiB to this disk: {} µs (median of {FLUSHES} fdatasync)\n\
         - {}; Postgres by its socket; the clients, the libraries and Postgres share the cores\n\
         - {}; {}\n\
         - median of {} runs by rate, the sides in turn; load average at the start {load}\n",
        std::thread::available_parallelism()?,
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
        memory_gib(),
        fs::read_to_string("/proc/sys/kernel/osrelease")?.trim(),
        flush.as_micros(),
        postgres(stage).await?,
        rustc(),
        crates(),
        plan.runs,
    );
    text.push_str(
        "\n`ours ÷ side` is the rate of ours over that of the side. CPU is in cores, the mean over \
         the run; that of the client holds the whole library, and for ours the journal's writer.\n",
    );
    Ok(text)
}

async fn postgres(stage: &Stage) -> Result<String, Fault> {
    let mut superuser = stage.superuser().connect().await?;
    let show = async |name: &str, superuser: &mut sqlx::PgConnection| {
        sqlx::query_scalar::<_, String>(AssertSqlSafe(format!("show {name}")))
            .fetch_one(superuser)
            .await
    };
    let version = show("server_version", &mut superuser).await?;
    let version = version.split(' ').next().unwrap_or_default();
    let mut text = format!("PostgreSQL {version}");
    for name in SETTINGS {
        let value = show(name, &mut superuser).await?;
        let _ = write!(text, ", {name} {value}");
    }
    Ok(text)
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory_gib() -> u64 {
    let kib = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kib: u64 = kib.trim_end_matches(" kB").parse().unwrap_or(0);
    (kib + (1 << 19)) >> 20
}

fn rustc() -> String {
    let answer = Command::new("rustc").arg("--version").output();
    let text = answer.map(|a| String::from_utf8_lossy(&a.stdout).trim().to_owned());
    text.unwrap_or_else(|_| "rustc of unknown version".to_owned())
}

/// The versions that this program was built with.
fn crates() -> String {
    let lines: Vec<&str> = LOCK.lines().collect();
    let versions = CRATES.iter().map(|name| {
        let wanted = format!("name = \"{name}\"");
        let versions: Vec<&str> = lines
            .windows(2)
            .filter(|pair| pair[0] == wanted)
            .filter_map(|pair| pair[1].split('"').nth(1))
            .collect();
        format!("{name} {}", versions.join(" and "))
    });
    versions.collect::<Vec<_>>().join(", ")
}

/// How long the disk takes to hold what was written.
fn flush_time(home: &Path) -> Result<Duration, Fault> {
    let path = home.join("flush");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..FLUSHES {
        let begun = Instant::now();
        file.write_all(&[0x5a; 8192])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(&path)?;
    times.sort();
    Ok(times[times.len() / 2])
}
