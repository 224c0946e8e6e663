//! What Postgres did for a question, in its own words.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use eventstore::{PgConnectOptions, Readers};
use tracing_subscriber::fmt::MakeWriter;

/// Where the explanations are gathered: Postgres sends them as notices.
#[derive(Clone, Default)]
pub struct Explained(Arc<Mutex<String>>);

impl Explained {
    /// Hears all notices of this thread until the guard is dropped.
    pub fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    /// The plans since the last time.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl std::io::Write for Explained {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.lock().unwrap().write_str(&text).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Explained {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Connections on which every statement is explained as it is carried out.
pub fn explaining(options: PgConnectOptions) -> Readers {
    let options = options.options([
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_level", "notice"),
    ]);
    Readers::new(options, 1)
}

/// The tables that `plans` read from first to last.
pub fn scanned(plans: &str) -> Vec<&str> {
    plans
        .split("Seq Scan on ")
        .skip(1)
        .filter_map(|rest| rest.split_whitespace().next())
        .collect()
}
