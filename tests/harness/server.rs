//! The real server: the binary `cadastre` with a data folder and a port of its own.

use std::fs::{self, DirBuilder, File};
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventstore::cluster::Cluster;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use crate::{Client, PASSWORD, Person};

/// The first administrator.
const ADMIN: &str = "admin@cadastre.local";
/// How long a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Limits that no test meets by accident.
const GENEROUS: [&str; 8] = [
    "CADASTRE_RATE_GENERAL",
    "CADASTRE_BURST_GENERAL",
    "CADASTRE_RATE_AUTH",
    "CADASTRE_BURST_AUTH",
    "CADASTRE_RATE_ADDRESS",
    "CADASTRE_BURST_ADDRESS",
    "CADASTRE_CONNECTIONS_PER_ADDRESS",
    "CADASTRE_REQUESTS_PER_CLIENT",
];

/// The real server, at work until it is told to stop or killed. What is left is removed with it.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    port: u16,
    operations_port: u16,
    child: Option<Child>,
}

/// A program that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code; none if it was killed.
    pub code: Option<i32>,
    /// What it said.
    pub out: String,
    /// What it complained about, and its log.
    pub err: String,
}

impl Server {
    /// A new server, ready.
    pub async fn start() -> Self {
        let mut server = Self::prepared();
        server.go_on().await;
        server
    }

    /// A new server that has not been started.
    pub fn prepared() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let (pid, count) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        // Not the environment's temporary directory, which may be closed to Postgres's owner. By
        // this name later tests know what a killed test left behind, and remove it.
        let folder = PathBuf::from(format!("/tmp/cadastre-private-{pid}-s{count}"));
        DirBuilder::new().mode(0o711).create(&folder).unwrap();
        Self {
            folder,
            port: free_port(),
            operations_port: free_port(),
            child: None,
        }
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, or starts it again on its data, and waits until it is ready.
    pub async fn go_on(&mut self) {
        if let Err(ended) = self.try_to_go_on().await {
            panic!("the server did not start: {ended:#?}");
        }
    }

    /// The same, where it may refuse.
    pub async fn try_to_go_on(&mut self) -> Result<(), Ended> {
        let mut command = self.serve();
        command.stdout(self.file("serve.out"));
        command.stderr(self.file("serve.err"));
        self.child = Some(command.spawn().unwrap());
        let over = Instant::now() + PATIENCE;
        let anyone = self.anyone();
        loop {
            if self.has_ended().is_some() {
                return Err(self.end_of().await);
            }
            let asked = anyone.ask(reqwest::Method::GET, "/ready");
            if matches!(Client::try_send(asked).await, Ok(ready) if ready.status == 200) {
                return Ok(());
            }
            assert!(
                Instant::now() < over,
                "not ready: {}",
                self.read("serve.err")
            );
            sleep(LOOK_EVERY).await;
        }
    }

    /// `cadastre serve` as this server runs it.
    pub fn serve(&self) -> Command {
        let mut command = self.program(&["serve"]);
        let listen = format!("127.0.0.1:{}", self.port);
        command.env("CADASTRE_LISTEN", listen);
        let operations = format!("127.0.0.1:{}", self.operations_port);
        command.env("CADASTRE_OPERATIONS_LISTEN", operations);
        command.env("CADASTRE_ADMIN_PASSWORD", PASSWORD);
        command.envs(GENEROUS.map(|limit| (limit, "100000")));
        command
    }

    /// `cadastre` with `arguments`, on the data of this server.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CADASTRE_") || ["DATABASE_URL", "JWT_SECRET"].contains(&&*text) {
                command.env_remove(&name);
            }
        }
        command.args(arguments).stdin(Stdio::null());
        command.env("CADASTRE_DATA", &self.folder);
        command
    }

    /// Runs a program to its end.
    pub async fn run(mut command: Command) -> Ended {
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.unwrap().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Someone without a token.
    pub fn anyone(&self) -> Client {
        Client::of(format!("http://127.0.0.1:{}", self.port))
    }

    /// Someone who asks the listener for operators.
    pub fn operator(&self) -> Client {
        Client::of(format!("http://127.0.0.1:{}", self.operations_port))
    }

    /// The first administrator.
    pub async fn admin(&self) -> Person {
        Person::log_in(&self.anyone(), ADMIN, PASSWORD).await
    }

    /// Kills it, so that it can finish nothing.
    pub async fn kill_9(&mut self) {
        self.signal(Signal::SIGKILL);
        self.end_of().await;
    }

    /// Asks it to stop, and does not wait.
    pub fn ask_to_stop(&self) {
        self.signal(Signal::SIGTERM);
    }

    /// Asks it to stop, and waits until it has.
    pub async fn terminate(&mut self) -> Ended {
        self.ask_to_stop();
        self.end_of().await
    }

    /// Lets all processes of its Postgres stand still, or go on again.
    pub fn pause_postgres(&self, stand_still: bool) {
        let signal = if stand_still {
            Signal::SIGSTOP
        } else {
            Signal::SIGCONT
        };
        let Some(postmaster) = self.postmaster() else {
            return;
        };
        for process in self.processes_of_postgres(postmaster) {
            // A backend may have ended meanwhile.
            let _already_gone = kill(process, signal);
        }
    }

    fn processes_of_postgres(&self, postmaster: Pid) -> Vec<Pid> {
        let home = self.folder.join("postgres");
        let all = fs::read_dir("/proc").unwrap().map(Result::unwrap);
        let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let works_there = |pid: &Pid| {
            let cwd = fs::read_link(format!("/proc/{pid}/cwd"));
            *pid == postmaster || cwd.is_ok_and(|cwd| cwd == home)
        };
        numbers.map(Pid::from_raw).filter(works_there).collect()
    }

    /// Sends it SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(Signal::SIGINT);
    }

    /// Kills its Postgres, and waits until that is gone.
    pub async fn kill_9_postgres(&self) {
        let Some(postmaster) = self.postmaster() else {
            return;
        };
        let _already_gone = kill(postmaster, Signal::SIGKILL);
        while kill(postmaster, None).is_ok() {
            sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until its Postgres is gone; one that was killed is there until somebody takes note.
    pub async fn postgres_has_ended(&self) -> bool {
        let over = Instant::now() + PATIENCE;
        while self.postmaster().is_some() {
            if Instant::now() > over {
                return false;
            }
            sleep(LOOK_EVERY).await;
        }
        true
    }

    /// The process of its Postgres, if there is one.
    pub fn postmaster(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.folder.join("postgres/postmaster.pid")).ok()?;
        let pid = Pid::from_raw(text.lines().next()?.trim().parse().ok()?);
        kill(pid, None).is_ok().then_some(pid)
    }

    /// Its Postgres, which keeps running as long as the answer is kept.
    pub async fn cluster(&self) -> Cluster {
        Cluster::start_or_attach(&self.folder).await.unwrap()
    }

    /// Waits for its end.
    pub async fn end_of(&mut self) -> Ended {
        let over = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.has_ended() {
                break status;
            }
            assert!(
                Instant::now() < over,
                "does not end: {}",
                self.read("serve.err")
            );
            sleep(LOOK_EVERY).await;
        };
        self.child = None;
        Ended {
            code: status.code(),
            out: self.read("serve.out"),
            err: self.read("serve.err"),
        }
    }

    /// Whether it runs.
    pub fn runs(&mut self) -> bool {
        self.child.is_some() && self.has_ended().is_none()
    }

    fn has_ended(&mut self) -> Option<ExitStatus> {
        let child = self.child.as_mut().expect("it was started");
        child.try_wait().unwrap()
    }

    fn signal(&self, signal: Signal) {
        let child = self.child.as_ref().expect("it was started");
        let pid = i32::try_from(child.id()).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    fn file(&self, name: &str) -> File {
        File::create(self.folder.join(name)).unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _already_gone = child.kill();
            let _reaped = child.wait();
        }
        let folder = self.folder.clone();
        let runs = self.postmaster().is_some();
        // A thread of its own: there is a runtime here that must not be blocked from within.
        let removed = std::thread::spawn(move || {
            if runs {
                let runtime = tokio::runtime::Runtime::new()?;
                let stopped: Result<(), eventstore::cluster::ClusterError> =
                    runtime.block_on(async {
                        let cluster = Cluster::start_or_attach(&folder).await?;
                        cluster.stop().await
                    });
                // What could not be stopped now is swept by a later test.
                let _best_effort = stopped;
            }
            fs::remove_dir_all(&folder)
        });
        let _swept_later = removed.join();
    }
}

/// The program, beside the test: both are built into one folder.
fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let found = test.ancestors().skip(1).take(2);
    let found = found.map(|folder| folder.join("cadastre"));
    found
        .into_iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!(
                "there is no `cadastre` beside {}; build it first: `cargo build -p api` (`make \
                 test` does so)",
                test.display()
            )
        })
}

/// A port that nobody listens on at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
