//! Being told to stop.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::fault::Fault;

/// Ctrl-C and SIGTERM, from the moment on at which this is made.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Begins to listen, so that neither ends the process at once any more.
    pub fn listen() -> Result<Self, Fault> {
        let failed =
            |error: std::io::Error| Fault::failed(format!("signals cannot be heard: {error}"));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    /// Waits for the first of them.
    pub async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
