//! Shows how far an import has come: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a plain line is written.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How far one phase has come.
pub enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// Elsewhere.
    Lines {
        /// What is done.
        what: &'static str,
        /// How much there is.
        total: u64,
        /// What was there to begin with.
        first: u64,
        /// How far it is.
        now: u64,
        /// When it began.
        began: Instant,
        /// When the last line was written.
        written: Instant,
    },
    /// Nowhere.
    Silent,
}

impl Progress {
    /// Begins a phase in which `total` things are done, of which `first` are done already.
    pub fn begin(
        shown: bool,
        what: &'static str,
        unit: &'static str,
        first: u64,
        total: u64,
    ) -> Self {
        if !shown {
            return Self::Silent;
        }
        if !stderr().is_terminal() {
            let now = Instant::now();
            return Self::Lines {
                what,
                total,
                first,
                now: first,
                began: now,
                written: now,
            };
        }
        let bar = ProgressBar::new(total)
            .with_position(first)
            .with_message(what);
        let counts = match unit {
            "bytes" => "{bytes}/{total_bytes} ({bytes_per_sec})".to_owned(),
            _ => format!("{{human_pos}}/{{human_len}} {unit} ({{per_sec}})"),
        };
        let look = format!("{{msg:>10}} [{{bar:32}}] {{percent}} % {counts}, {{eta}} left");
        let style = ProgressStyle::with_template(&look);
        bar.set_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("=> "),
        );
        bar.reset_eta();
        Self::Bar(bar)
    }

    /// Says that `done` things are done.
    pub fn set(&mut self, done: u64) {
        match self {
            Self::Bar(bar) => bar.set_position(done),
            Self::Lines { now, written, .. } => {
                *now = done;
                if written.elapsed() >= LINE_EVERY {
                    *written = Instant::now();
                    self.write();
                }
            }
            Self::Silent => {}
        }
    }

    /// Ends the phase, wherever it stands.
    pub fn end(self) {
        match self {
            Self::Bar(bar) => bar.abandon(),
            lines @ Self::Lines { .. } => lines.write(),
            Self::Silent => {}
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate for people needs no sixteen digits"
    )]
    fn write(&self) {
        let Self::Lines {
            what,
            total,
            first,
            now,
            began,
            ..
        } = self
        else {
            return;
        };
        let seconds = began.elapsed().as_secs_f64().max(0.001);
        let rate = now.saturating_sub(*first) as f64 / seconds;
        let percent = 100 * now / (*total).max(1);
        // How long it takes is not known before anything was done.
        let speed = match total.saturating_sub(*now) as f64 / rate {
            left if left.is_finite() => format!(", {rate:.0} a second, {left:.0} s left"),
            _ => String::new(),
        };
        eprintln!("{what}: {now} of {total} ({percent} %){speed}");
    }
}
