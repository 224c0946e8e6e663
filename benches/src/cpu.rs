//! CPU time of this process and of a server with all its children, from `/proc`.

use std::fs;
use std::time::{Duration, Instant};

use nix::unistd::{SysconfVar, sysconf};

/// Measures from its start on.
pub struct Meter {
    server: i32,
    started: Instant,
    client: Duration,
    served: Duration,
}

/// What was used of the machine meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// How long it took.
    pub elapsed: Duration,
    /// Mean number of cores that this process kept busy.
    pub client: f64,
    /// Mean number of cores that the server and its children kept busy.
    pub server: f64,
}

impl Meter {
    /// Starts to measure this process and the server whose first process is `server`.
    pub fn start(server: i32) -> Self {
        Self {
            server,
            client: own(),
            served: tree(server),
            started: Instant::now(),
        }
    }

    /// What was used since the start.
    pub fn read(&self) -> Used {
        let elapsed = self.started.elapsed();
        let cores = |used: Duration| used.as_secs_f64() / elapsed.as_secs_f64();
        Used {
            elapsed,
            client: cores(own().saturating_sub(self.client)),
            server: cores(tree(self.server).saturating_sub(self.served)),
        }
    }
}

/// CPU time of this process, all its threads included.
fn own() -> Duration {
    fs::read_to_string("/proc/self/stat").map_or(Duration::ZERO, |stat| Times::of(&stat).own)
}

/// CPU time of one process; none if it is gone.
pub fn of_process(pid: i32) -> Duration {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .map_or(Duration::ZERO, |stat| Times::of(&stat).own)
}

/// CPU time of a process, of the children that it has now, and of those that have ended.
fn tree(root: i32) -> Duration {
    let mut total = Duration::ZERO;
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let times = Times::of(&stat);
        if pid == root {
            total += times.own + times.ended_children;
        } else if times.parent == root {
            total += times.own;
        }
    }
    total
}

/// What a line of `/proc/<pid>/stat` says.
struct Times {
    parent: i32,
    own: Duration,
    ended_children: Duration,
}

impl Times {
    fn of(stat: &str) -> Self {
        // The name stands in brackets and may hold anything; what follows it is numbers. From
        // there: state, parent, …, user and system time, the same of ended children.
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = |n: usize| -> u64 { fields.get(n).and_then(|f| f.parse().ok()).unwrap_or(0) };
        let parent = fields.get(1).and_then(|f| f.parse().ok()).unwrap_or(0);
        Self {
            parent,
            own: time(ticks(11) + ticks(12)),
            ended_children: time(ticks(13) + ticks(14)),
        }
    }
}

fn time(ticks: u64) -> Duration {
    let a_second = sysconf(SysconfVar::CLK_TCK).ok().flatten().unwrap_or(100);
    let a_second = u64::try_from(a_second).unwrap_or(100).max(1);
    Duration::from_millis(ticks * 1_000 / a_second)
}
