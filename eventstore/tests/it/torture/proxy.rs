//! A wire between the journal and Postgres that can be cut.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// Where the next statement that records something is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Cut {
    /// It is not cut.
    Nowhere = 0,
    /// Nothing of it arrives.
    Before = 1,
    /// Half of it arrives.
    Within = 2,
    /// It arrives; its answer does not.
    After = 3,
}

pub struct Proxy {
    directory: TempDir,
    cut: Arc<AtomicU8>,
    cuts: Arc<AtomicUsize>,
    refuses: Arc<AtomicBool>,
    flow: watch::Sender<bool>,
    listening: AbortHandle,
}

impl Proxy {
    /// A wire to the Postgres behind `options`.
    pub fn start(options: &PgConnectOptions) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("wire")
            .tempdir_in("/tmp")
            .unwrap();
        let name = format!(".s.PGSQL.{}", options.get_port());
        let listener = UnixListener::bind(directory.path().join(&name)).unwrap();
        let target = options.get_socket().unwrap().join(name);
        let (cut, cuts) = (Arc::new(AtomicU8::new(0)), Arc::new(AtomicUsize::new(0)));
        let refuses = Arc::new(AtomicBool::new(false));
        let flow = watch::Sender::new(true);
        let wire = Wire {
            cut: Arc::clone(&cut),
            cuts: Arc::clone(&cuts),
            flow: flow.subscribe(),
        };
        let accepting = accept(listener, target, wire, Arc::clone(&refuses));
        let listening = tokio::spawn(accepting).abort_handle();
        Self {
            directory,
            cut,
            cuts,
            refuses,
            flow,
            listening,
        }
    }

    /// The same database, through this wire.
    pub fn options(&self, options: &PgConnectOptions) -> PgConnectOptions {
        options.clone().socket(self.directory.path())
    }

    /// Cuts the next statement that records something.
    pub fn cut_next(&self, at: Cut) {
        self.cut.store(at as u8, Ordering::SeqCst);
    }

    /// Lets nobody through any more, or again.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Keeps all that is said on it from arriving, though no connection ends, or lets it flow
    /// again.
    pub fn hang(&self, hangs: bool) {
        self.flow.send_replace(!hangs);
    }

    /// How often it was cut.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What all connections have in common.
#[derive(Clone)]
struct Wire {
    cut: Arc<AtomicU8>,
    cuts: Arc<AtomicUsize>,
    flow: watch::Receiver<bool>,
}

async fn accept(listener: UnixListener, target: PathBuf, wire: Wire, refuses: Arc<AtomicBool>) {
    while let Ok((client, _)) = listener.accept().await {
        if refuses.load(Ordering::SeqCst) {
            continue;
        }
        let Ok(server) = UnixStream::connect(&target).await else {
            continue;
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let answers = tokio::spawn(copy(from_server, to_client));
        let wire = wire.clone();
        tokio::spawn(async move {
            let cut = forward(from_client, to_server, wire, &answers.abort_handle()).await;
            // Both directions end with this task; the client notices at once.
            if matches!(cut, Ok(true)) {
                answers.abort();
            }
        });
    }
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<u64> {
    tokio::io::copy(&mut from, &mut to).await
}

/// Forwards what the client says; answers whether it was cut.
async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut wire: Wire,
    answers: &AbortHandle,
) -> io::Result<bool> {
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return Ok(false);
        }
        // Ends with an error when the wire is gone, and nobody listens on it any more.
        let flows = wire.flow.wait_for(|flows| *flows).await;
        drop(flows.map_err(io::Error::other)?);
        let said = &buffer[..length];
        let records = said.windows(13).any(|window| window == b"thing.changed");
        let at = if records {
            wire.cut.swap(0, Ordering::SeqCst)
        } else {
            0
        };
        if at == Cut::Nowhere as u8 {
            to.write_all(said).await?;
            continue;
        }
        answers.abort();
        if at == Cut::Within as u8 {
            to.write_all(&said[..length / 2]).await?;
        } else if at == Cut::After as u8 {
            to.write_all(said).await?;
            sleep(Duration::from_millis(
                u64::from(length.is_multiple_of(2)) * 5,
            ))
            .await;
        }
        wire.cuts.fetch_add(1, Ordering::SeqCst);
        return Ok(true);
    }
}
