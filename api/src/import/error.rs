//! Why an import did not come to its end, in sentences that name the fault and the remedy.

use std::io;

use commands::CommandError;
use eventstore::cluster::ClusterError;
use eventstore::{JournalError, Position};
use projections::WaitError;

use crate::house::StartError;

/// Why an import did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such file, or it may not be read.
    #[error("`{name}` cannot be opened: {source}")]
    Open {
        /// What was asked for.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// A folder.
    #[error("`{0}` is a folder; name the file in it")]
    Folder(String),
    /// The disk or the pipe gave out.
    #[error("`{name}` cannot be read to its end: {source}")]
    Read {
        /// What was read.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// Standard input has to be kept on disk, and there is no room.
    #[error("what comes in cannot be kept in the data folder `{folder}`: {source}")]
    Spool {
        /// The data folder.
        folder: String,
        /// What the system says.
        source: io::Error,
    },
    /// The last bytes of the gzip data are not there.
    #[error(
        "`{0}` is gzip data that was cut off before its end, so nothing of it was imported; fetch \
         the whole file (`gzip -t` tells whether it is) and start again"
    )]
    Truncated(String),
    /// The gzip data is not what was once written.
    #[error("`{name}` is gzip data that is damaged ({why}); fetch it again")]
    Damaged {
        /// What was read.
        name: String,
        /// What the reader says.
        why: String,
    },
    /// Nothing at all.
    #[error("`{0}` is empty: there is not even a header; nothing was imported")]
    Empty(String),
    /// A header alone.
    #[error("`{0}` has a header and no row; nothing was imported")]
    NoRows(String),
    /// Something else than text.
    #[error("`{name}` is {what}; {remedy}")]
    Format {
        /// What was read.
        name: String,
        /// What it is.
        what: &'static str,
        /// What can be done.
        remedy: &'static str,
    },
    /// No table that could be brought in.
    #[error("`{name}` cannot be brought in: {source}; nothing was imported")]
    Sheet {
        /// What was read.
        name: String,
        /// What is wrong with it.
        source: super::sheet::SheetError,
    },
    /// There is no such building.
    #[error("there is no building {0}; `GET /buildings` lists them")]
    NoBuilding(domain::id::BuildingId),
    /// What has to be known could not be asked.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Columns that are needed are not there, or there twice.
    #[error("`{name}` does not have the columns of {what}: {faults}; nothing was imported")]
    Columns {
        /// What was read.
        name: String,
        /// What it should be.
        what: &'static str,
        /// All faults.
        faults: String,
    },
    /// No row tells which stands first, the day or the month.
    #[error(
        "the dates of `{name}` can be read in two ways, such as `{text}` in row {row}: no row tells \
         whether the day or the month stands first. Say it with `--dates day-first` or `--dates \
         month-first` (`dates=day_first` or `dates=month_first` of the API); nothing was imported"
    )]
    DatesAmbiguous {
        /// What was read.
        name: String,
        /// The first such row.
        row: i64,
        /// Its date.
        text: String,
    },
    /// Rows tell different things about it.
    #[error(
        "the dates of `{name}` are written in two ways: `{}` in row {} has the day first, `{}` in \
         row {} the month. Write them in one way, or say with `--dates` (`dates` of the API) which \
         one holds; rows of the other are then unreadable. Nothing was imported",
        .day_first.1, .day_first.0, .month_first.1, .month_first.0
    )]
    DatesDiffer {
        /// What was read.
        name: String,
        /// The first row with the day first, and its date.
        day_first: (i64, String),
        /// The first row with the month first, and its date.
        month_first: (i64, String),
    },
    /// The content is there already, its dates read in the other order.
    #[error(
        "this content was read before with its dates as {}; cancel that import before you send it \
         with another order", .0.form()
    )]
    ReadOtherwise(super::DateOrder),
    /// A quotation mark that is never closed, most likely.
    #[error(
        "the row that begins on line {line} of `{name}` is longer than {bytes_max} bytes: most \
         likely a quotation mark on it is never closed; correct the line and start again"
    )]
    RowTooLong {
        /// What was read.
        name: String,
        /// The line that it begins on.
        line: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// Somebody writes to the file at this moment.
    #[error("`{0}` was changed while it was read; wait until it is whole and start again")]
    Changed(String),
    /// The same content is being imported.
    #[error(
        "this content is being imported by another process at this moment; let that one finish"
    )]
    Busy,
    /// Ended before everything was staged.
    #[error("stopped while the rows were staged; nothing was imported. Start it again as before")]
    StoppedStaging,
    /// The report could not be written.
    #[error(
        "the report cannot be written to `{folder}`: {source}; name another folder with --report"
    )]
    Report {
        /// The folder.
        folder: String,
        /// What the system says.
        source: io::Error,
    },
    /// A step that cannot go wrong by the fault of a row.
    #[error(
        "step {number} (row {row}) could not be recorded: {source}. What was done before is \
         kept; start it again as before to go on"
    )]
    Step {
        /// The step.
        number: i64,
        /// Its row.
        row: i64,
        /// Why.
        source: CommandError,
    },
    /// A row that can be read stands in the way, without being at fault.
    #[error(
        "row {row} could not be recorded: {source}. What was done before is kept; start it again \
         as before to go on"
    )]
    Row {
        /// The row.
        row: i64,
        /// Why.
        source: CommandError,
    },
    /// The hotels could not be set up.
    #[error("{what} could not be set up: {source}")]
    SetUp {
        /// Which hotel or room type.
        what: String,
        /// Why.
        source: CommandError,
    },
    /// Everything is recorded, but not yet to be seen.
    #[error(
        "everything is recorded, up to position {position}, but not all read models have taken it \
         in: {source}"
    )]
    NotSeen {
        /// The last position.
        position: Position,
        /// What is missing.
        source: WaitError,
    },
    /// The database cannot be worked with.
    #[error("the database cannot be worked with: {0}")]
    Database(#[from] sqlx::Error),
    /// The platform could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The data folder.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
