//! How far the work is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str =
    "{prefix:>12} {bar:30} {human_pos}/{human_len} events, {per_sec}, {eta} left";
/// How often a line is written where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// Tells on standard error how far the work is.
pub struct Progress {
    what: String,
    bar: ProgressBar,
    is_terminal: bool,
    told: Mutex<Instant>,
}

impl Progress {
    /// Begins to tell of `what`.
    pub fn of(what: &str) -> Self {
        let bar = ProgressBar::new(0).with_prefix(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self {
            what: what.to_owned(),
            bar,
            is_terminal: std::io::stderr().is_terminal(),
            told: Mutex::new(Instant::now()),
        }
    }

    /// So many of `all` events are done.
    pub fn reached(&self, done: i64, all: i64) {
        if self.is_terminal {
            self.bar.set_length(u64::try_from(all).unwrap_or(0));
            self.bar.set_position(u64::try_from(done).unwrap_or(0));
            return;
        }
        if let Ok(mut told) = self.told.lock()
            && told.elapsed() >= EVERY
        {
            *told = Instant::now();
            // Progress that nobody can read is no reason to stop.
            let _ = writeln!(std::io::stderr(), "{}: {done} of {all} events", self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
