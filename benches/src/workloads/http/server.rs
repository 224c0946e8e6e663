//! A server in a process of its own.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::ConnectOptions;
use tokio::time::sleep;

use crate::database::Database;
use crate::fault::Fault;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// Limits that are for strangers, and that one client in a closed loop would meet.
const LIMITS: [&str; 8] = [
    "CADASTRE_RATE_GENERAL",
    "CADASTRE_BURST_GENERAL",
    "CADASTRE_RATE_AUTH",
    "CADASTRE_BURST_AUTH",
    "CADASTRE_RATE_ADDRESS",
    "CADASTRE_BURST_ADDRESS",
    "CADASTRE_CONNECTIONS_PER_ADDRESS",
    "CADASTRE_REQUESTS_PER_CLIENT",
];

/// A server in a process of its own; killed when it is dropped.
pub struct Server {
    child: Child,
    /// Where it listens, as `http://…`.
    pub address: String,
    /// What it and the load generator share: tokens, listings, bookings, its log.
    pub folder: PathBuf,
}

impl Server {
    /// Starts `program` with `arguments` on a database, and waits until it answers at `/health`.
    pub async fn start(
        (program, arguments): (&Path, &[&str]),
        database: &Database,
        folder: &Path,
    ) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)?;
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("CADASTRE_LISTEN", &listen)
            .env("CADASTRE_DATA", folder)
            .env("DATABASE_URL", database.options.to_url_lossy().as_str())
            .env("CADASTRE_PAYMENT_PROVIDER", "sandbox")
            .env("CADASTRE_ADMIN_EMAIL", super::house::ADMIN_EMAIL)
            .env("CADASTRE_ADMIN_PASSWORD", super::house::ADMIN_PASSWORD)
            .envs(LIMITS.map(|limit| (limit, "1000000000")))
            .stdin(Stdio::null())
            .stdout(File::create(folder.join("out"))?)
            .stderr(File::create(folder.join("log"))?);
        let child = command
            .spawn()
            .map_err(|e| format!("{} cannot be run: {e}", program.display()))?;
        let mut server = Self {
            child,
            address: format!("http://{listen}"),
            folder: folder.to_owned(),
        };
        server.wait_until_it_answers().await?;
        Ok(server)
    }

    async fn wait_until_it_answers(&mut self) -> Result<(), Fault> {
        let begun = Instant::now();
        let health = format!("{}/health", self.address);
        while !reqwest::get(&health)
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            let is_over = self.child.try_wait()?.is_some() || begun.elapsed() > PATIENCE;
            if is_over {
                let log = std::fs::read_to_string(self.folder.join("log"))?;
                return Err(format!("the server did not start: {log}").into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Its process.
    pub fn process(&self) -> Result<i32, Fault> {
        Ok(i32::try_from(self.child.id())?)
    }

    /// Tells it to stop, and waits until it has.
    pub async fn stop(mut self) -> Result<(), Fault> {
        kill(Pid::from_raw(self.process()?), Signal::SIGTERM)?;
        while self.child.try_wait()?.is_none() {
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
