//! Making, starting and stopping the Postgres of one data directory.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sha2::{Digest, Sha256};

use super::START_S_MAX;
use super::binaries::Binaries;
use super::data_dir::{DataDir, sync_directory};
use super::error::ClusterError;
use super::owner::Owner;
use super::secret::hex;
use super::settings::{HBA, Settings, identities};

/// Names the socket; no port of the network is opened.
pub const PORT: u16 = 5432;
const SOCKET: &str = ".s.PGSQL.5432";
/// How long the remains of a killed Postgres may stand in the way of the next one.
const REMAINS: Duration = Duration::from_secs(90);
/// A number that no process ever has.
const DEAD_PID: i32 = i32::MAX;
/// A log beyond this is put aside at the next start.
const LOG_BYTES_MAX: u64 = 16 << 20;

/// The Postgres of one data directory, running or not.
#[derive(Clone, Debug)]
pub struct Server {
    directory: PathBuf,
    log: PathBuf,
    socket_dir: PathBuf,
    binaries: Binaries,
    owner: Owner,
    settings: Settings,
}

impl Server {
    /// The Postgres under `data`.
    pub fn under(data: &DataDir, settings: Settings) -> Result<Self, ClusterError> {
        let directory = data.path().join("postgres");
        let owner = Owner::of(&directory)?;
        owner.let_through(data.path())?;
        owner.check_can_enter(data.path())?;
        Ok(Self {
            log: data.path().join("postgres.log"),
            socket_dir: socket_dir(data.path()),
            binaries: Binaries::for_cluster(&directory)?,
            directory,
            owner,
            settings,
        })
    }

    /// Where the socket is: a short path, because the path of a socket may have 107 bytes at most.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Refuses to work on a cluster that merely answers on our socket.
    pub fn check_is_ours(&self, directory: &str) -> Result<(), ClusterError> {
        if Path::new(directory) == self.directory {
            return Ok(());
        }
        let theirs = directory.to_owned();
        Err(ClusterError::ForeignSocket {
            socket: self.socket_dir.clone(),
            theirs,
        })
    }

    /// Starts Postgres and waits until it is ready, making the cluster first if there is none.
    pub fn start(&self) -> Result<(), ClusterError> {
        // A sweeper of `/tmp` may have taken the socket away from under a running Postgres.
        if self.postmaster().is_some() && !self.socket_dir.join(SOCKET).exists() {
            self.stop("fast")?;
        }
        self.owner.private_directory(&self.socket_dir)?;
        self.prepare_log()?;
        if !self.directory.exists() {
            self.init()?;
        }
        self.write(
            "postgresql.conf",
            &self.settings.to_conf(&self.socket_dir.to_string_lossy()),
        )?;
        self.write("pg_ident.conf", &identities(self.owner.name()))?;
        self.write("pg_hba.conf", HBA)?;
        let given_up = Instant::now() + REMAINS;
        loop {
            self.disarm_stale_pid_files()?;
            let before = self.log_length();
            let Err(why) = self.pg_ctl(&["start", "--wait", "--silent"], START_S_MAX) else {
                return Ok(());
            };
            let log = self.log_since(before);
            // The backends of a killed Postgres take a moment to notice and to let go.
            let in_the_way = ["shared memory block", "lock file", "is another postmaster"];
            if Instant::now() > given_up || !in_the_way.iter().any(|hint| log.contains(hint)) {
                return Err(ClusterError::Start { why, log });
            }
            sleep(Duration::from_millis(250));
        }
    }

    /// Stops Postgres if it runs: `fast` with everything on disk, `immediate` as in a crash.
    pub fn stop(&self, mode: &str) -> Result<(), ClusterError> {
        self.stop_in(mode, START_S_MAX)
    }

    fn stop_in(&self, mode: &str, seconds: u64) -> Result<(), ClusterError> {
        if self.postmaster().is_none() {
            return Ok(());
        }
        self.pg_ctl(&["stop", "--wait", "--silent", "--mode", mode], seconds)
            .map_err(|why| self.failed(&why))?;
        // Left behind when something else lies in it; the next start takes it as it is.
        let _empty_by_now = fs::remove_dir(&self.socket_dir);
        Ok(())
    }

    /// Stops Postgres within `limit`; if it does not, it is ended at once, and if it does not hear
    /// that either, killed with all its processes.
    pub fn stop_within(&self, limit: Duration) {
        let Some(postmaster) = self.postmaster() else {
            return;
        };
        let seconds = limit.as_secs().max(1);
        if self.stop_in("fast", seconds).is_ok() || self.stop_in("immediate", 1).is_ok() {
            return;
        }
        tracing::error!("Postgres does not stop and is killed; it will recover at its next start");
        for process in children(postmaster).into_iter().chain([postmaster]) {
            // It may have gone by itself meanwhile.
            let _already_gone = kill(process, Signal::SIGKILL);
        }
    }

    /// The process of this very cluster, if it runs.
    pub fn postmaster(&self) -> Option<Pid> {
        let pid = pid_in(&self.directory.join("postmaster.pid"))?;
        (self.works_in(pid) == Home::Ours).then_some(pid)
    }

    /// An error that shows what Postgres has written last.
    pub fn failed(&self, why: &str) -> ClusterError {
        let since = self.log_length().saturating_sub(2000);
        ClusterError::Start {
            why: why.to_owned(),
            log: self.log_since(since),
        }
    }

    /// Makes the cluster aside and puts it in place when it is whole, so that a start that is
    /// killed leaves nothing that looks like a cluster.
    fn init(&self) -> Result<(), ClusterError> {
        let fresh = self.directory.with_extension("init");
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(ClusterError::file(&fresh))?;
        }
        // `C.UTF-8` knows upper and lower case of all letters, but not every system has it.
        self.initdb(&fresh, "C.UTF-8")
            .or_else(|_| self.initdb(&fresh, "C"))?;
        fs::rename(&fresh, &self.directory).map_err(ClusterError::file(&self.directory))?;
        let above = self.directory.parent().unwrap_or(Path::new("/"));
        sync_directory(above).map_err(ClusterError::file(above))
    }

    fn initdb(&self, fresh: &Path, locale: &str) -> Result<(), ClusterError> {
        self.owner.private_directory(fresh)?;
        let mut command = self.owner.command(&self.binaries.program("initdb"), fresh);
        command
            .arg("--pgdata")
            .arg(fresh)
            .args(["--username", super::SUPERUSER]);
        command.args(["--encoding", "UTF8", "--locale", locale, "--auth", "peer"]);
        command.args(["--data-checksums"]);
        run(&mut command).map_err(|why| ClusterError::Start {
            why,
            log: String::new(),
        })
    }

    fn pg_ctl(&self, arguments: &[&str], seconds: u64) -> Result<(), String> {
        let mut command = self
            .owner
            .command(&self.binaries.program("pg_ctl"), &self.directory);
        command
            .args(arguments)
            .arg("--pgdata")
            .arg(&self.directory)
            .arg("--log")
            .arg(&self.log);
        command.args(["--timeout", &seconds.to_string()]);
        run(&mut command)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), ClusterError> {
        // Written beside the cluster and moved in: a link that its owner has put in the way of root
        // must not be followed.
        let (fresh, path) = (
            self.directory.with_file_name(name),
            self.directory.join(name),
        );
        fs::write(&fresh, text).map_err(ClusterError::file(&fresh))?;
        self.owner.give(&fresh)?;
        fs::rename(&fresh, &path).map_err(ClusterError::file(&path))
    }

    /// The owner may not create files in the data directory, so its log is made for it.
    fn prepare_log(&self) -> Result<(), ClusterError> {
        if self.log_length() > LOG_BYTES_MAX {
            let aside = self.log.with_extension("log.1");
            fs::rename(&self.log, aside).map_err(ClusterError::file(&self.log))?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600);
        options
            .open(&self.log)
            .map_err(ClusterError::file(&self.log))?;
        self.owner.give(&self.log)
    }

    fn log_length(&self) -> u64 {
        fs::metadata(&self.log).map_or(0, |m| m.len())
    }

    fn log_since(&self, offset: u64) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let from = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        String::from_utf8_lossy(&bytes[from..])
            .trim_end()
            .to_owned()
    }

    /// Disarms the pid files of a killed Postgres whose number has since gone to another process
    /// (or to a zombie), which Postgres itself would take for a running server. A server whose
    /// directory was deleted from under it is ended, for it holds our socket.
    fn disarm_stale_pid_files(&self) -> Result<(), ClusterError> {
        let pid_file = self.directory.join("postmaster.pid");
        if pid_in(&pid_file).is_some_and(|pid| self.works_in(pid) != Home::Ours) {
            // Only the number is replaced. By the lines that follow Postgres still finds out
            // whether backends of the killed one live, which must not meet new ones.
            let text = fs::read_to_string(&pid_file).map_err(ClusterError::file(&pid_file))?;
            let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
            self.write("postmaster.pid", &format!("{DEAD_PID}\n{rest}"))?;
        }
        let socket_lock = self.socket_dir.join(format!("{SOCKET}.lock"));
        let Some(pid) = pid_in(&socket_lock) else {
            return Ok(());
        };
        match self.works_in(pid) {
            Home::Ours => return Ok(()),
            Home::Deleted => {
                let _already_gone = kill(pid, Signal::SIGQUIT);
                sleep(Duration::from_millis(500));
            }
            Home::Elsewhere => {}
        }
        remove(&socket_lock)
    }

    /// Where a process works; a postmaster works in the directory of its cluster.
    fn works_in(&self, pid: Pid) -> Home {
        match fs::read_link(format!("/proc/{pid}/cwd")) {
            Ok(home) if home == self.directory => Home::Ours,
            Ok(home) if is_deleted_cluster(&home, &self.directory) => Home::Deleted,
            // A system without `/proc` cannot tell; then what the pid file says is believed.
            Err(_) if !Path::new("/proc/self").exists() && kill(pid, None).is_ok() => Home::Ours,
            _ => Home::Elsewhere,
        }
    }
}

/// Where a process works.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Home {
    Ours,
    Deleted,
    Elsewhere,
}

fn is_deleted_cluster(home: &Path, directory: &Path) -> bool {
    home.to_string_lossy().strip_suffix(" (deleted)") == Some(&directory.to_string_lossy())
}

/// The processes that `parent` has started, where the system tells.
fn children(parent: Pid) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    let numbers = processes.filter_map(number).map(Pid::from_raw);
    numbers
        .filter(|pid| parent_of(*pid) == Some(parent))
        .collect()
}

fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; behind it stand the state and the parent.
    let (_, behind) = stat.rsplit_once(')')?;
    behind
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
        .map(Pid::from_raw)
}

fn socket_dir(data: &Path) -> PathBuf {
    PathBuf::from(format!("/tmp/cadastre-{}", short_name(data)))
}

/// A short name that stands for a path of any length.
pub fn short_name(path: &Path) -> String {
    hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..8])
}

fn pid_in(path: &Path) -> Option<Pid> {
    let number = fs::read_to_string(path)
        .ok()?
        .lines()
        .next()?
        .trim()
        .parse()
        .ok()?;
    (number > 0).then(|| Pid::from_raw(number))
}

fn remove(path: &Path) -> Result<(), ClusterError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(ClusterError::file(path)(e)),
        _ => Ok(()),
    }
}

/// Runs a program to its end and answers with what it said if it failed.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&said).trim().to_owned())
}
