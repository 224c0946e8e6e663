//! What an import reports: figures in words, and the rows that were kept out as CSV.

use std::fmt;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::{QuoteStyle, Terminator, WriterBuilder};
use projections::staging::{self, Figures, RefusedRow, StagedFile};
use sqlx::PgPool;

use super::{ImportError, date_order};

/// Rows read at a time.
const PAGE_ROWS: i64 = 2_000;

/// How fast an import was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// How many events were recorded while it ran.
    pub events: i64,
    /// Whether an earlier run did a part of it.
    pub resumed: bool,
    /// How long it ran.
    pub seconds: f64,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file.
    pub file: StagedFile,
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
    /// What became of its rows.
    pub figures: Figures,
    /// How fast it was; `None` if it was not this run that did it.
    pub speed: Option<Speed>,
}

impl Report {
    /// The SHA-256 in hexadecimal.
    pub fn sum(&self) -> String {
        self.sha256.iter().fold(String::new(), |mut sum, byte| {
            // Writing to memory cannot fail.
            let _ = fmt::Write::write_fmt(&mut sum, format_args!("{byte:02x}"));
            sum
        })
    }

    /// The folder for reports of this file below `data`.
    pub fn folder(&self, data: &Path) -> PathBuf {
        data.join("imports").join(&self.sum()[..12])
    }

    /// Writes the report and the rows that were kept out to `folder`; answers the paths.
    pub async fn write(&self, pool: &PgPool, folder: &Path) -> Result<Vec<PathBuf>, ImportError> {
        let failed = |source| ImportError::Report {
            folder: folder.display().to_string(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let report = folder.join("report.txt");
        fs::write(&report, self.to_string()).map_err(failed)?;
        let mut written = vec![report];
        for (unreadable, name, rows) in [
            (false, "refused.csv", self.figures.refused()),
            (true, "unreadable.csv", self.figures.unreadable()),
        ] {
            if rows > 0 {
                let path = folder.join(name);
                self.write_rows(pool, unreadable, &path)
                    .await?
                    .map_err(failed)?;
                written.push(path);
            }
        }
        Ok(written)
    }

    /// The rows as they stand in the file, with their number, their line and the reason in front.
    async fn write_rows(
        &self,
        pool: &PgPool,
        unreadable: bool,
        path: &Path,
    ) -> Result<std::io::Result<()>, ImportError> {
        let mut after = 0;
        let mut file = match File::create(path) {
            Ok(file) => BufWriter::new(file),
            Err(error) => return Ok(Err(error)),
        };
        let header = ["row", "line", "reason", "detail"].map(str::to_owned);
        let mut wrote = write_line(&mut file, &header, &self.file.header);
        loop {
            let rows =
                staging::refused_rows(pool, self.file.id, unreadable, after, PAGE_ROWS).await?;
            let Some(last) = rows.last() else { break };
            after = last.row;
            wrote = wrote.and_then(|()| rows.iter().try_for_each(|row| write_row(&mut file, row)));
        }
        Ok(wrote.and_then(|()| file.flush()))
    }
}

fn write_row(file: &mut impl Write, row: &RefusedRow) -> std::io::Result<()> {
    let front = [
        row.row.to_string(),
        row.line.to_string(),
        row.code.clone(),
        row.detail.clone(),
    ];
    write_line(file, &front, &row.record)
}

fn write_line(file: &mut impl Write, front: &[String; 4], record: &str) -> std::io::Result<()> {
    let mut line = WriterBuilder::new()
        .quote_style(QuoteStyle::Necessary)
        .terminator(Terminator::Any(b','))
        .from_writer(file);
    line.write_record(front)?;
    let file = line.into_inner().map_err(csv::IntoInnerError::into_error)?;
    writeln!(file, "{record}")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures {
            rows,
            equal_earlier,
            equal_elsewhere,
            ..
        } = self.figures;
        writeln!(f, "Import of {} (SHA-256 {})", self.file.name, self.sum())?;
        writeln!(f, "import id   {}", self.file.id)?;
        if let Some(order) = date_order(&self.file) {
            writeln!(f, "dates       {}", order.form())?;
        }
        writeln!(f, "rows        {rows:>9}")?;
        writeln!(f, "accepted    {:>9}", self.figures.accepted())?;
        writeln!(f, "refused     {:>9}", self.figures.refused())?;
        write_reasons(f, &self.figures, false)?;
        writeln!(f, "unreadable  {:>9}", self.figures.unreadable())?;
        write_reasons(f, &self.figures, true)?;
        for note in &self.figures.notes {
            writeln!(f, "note: {} rows: {}", note.rows, note.detail)?;
        }
        if equal_earlier > 0 {
            writeln!(
                f,
                "note: {equal_earlier} rows equal an earlier row of the file; each was taken by \
                 itself"
            )?;
        }
        if equal_elsewhere > 0 {
            writeln!(
                f,
                "warning: {equal_elsewhere} rows equal rows of another file that was imported; if \
                 they tell of the same things, those are there twice now"
            )?;
        }
        match &self.speed {
            Some(speed) => speed.write(f, rows),
            None => Ok(()),
        }
    }
}

fn write_reasons(f: &mut fmt::Formatter<'_>, figures: &Figures, unreadable: bool) -> fmt::Result {
    figures
        .reasons
        .iter()
        .filter(|reason| reason.unreadable == unreadable)
        .try_for_each(|reason| writeln!(f, "  {:<18}{:>9}", reason.code, reason.rows))
}

impl Speed {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate for people needs no sixteen digits"
    )]
    fn write(&self, f: &mut fmt::Formatter<'_>, rows: i64) -> fmt::Result {
        let seconds = self.seconds.max(0.001);
        let (events, per_second) = (self.events, self.events as f64 / seconds);
        write!(
            f,
            "{events} events in {seconds:.1} s: {per_second:.0} a second"
        )?;
        if self.resumed {
            return writeln!(f, " (an earlier run did a part)");
        }
        writeln!(f, ", {:.0} rows a second", rows as f64 / seconds)
    }
}
