//! An export: a list that was asked for as a file, and each time that it left the house.
//!
//! The file itself is kept nowhere: it is made from the list, with the rights of that moment, each
//! time that it is downloaded.

mod event;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::UserId;
use crate::personal::Personal;
use crate::text::{self, FieldFault};

pub use event::*;
pub use words::*;

/// The most filters of an export.
pub const FILTERS_MAX: usize = 20;
/// The longest value of a filter, in characters.
pub const FILTER_CHARS_MAX: usize = 500;
/// How often an export can be downloaded.
pub const DOWNLOADS_MAX: u32 = 100;

/// An export.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Export {
    /// Never asked for.
    #[default]
    Absent,
    /// It can be downloaded by the one who asked for it.
    Ready(Box<Ready>),
}

/// An export that can be downloaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// Who asked for it, and alone may download it.
    pub by: UserId,
    /// Which list.
    pub list: ExportList,
    /// What kind of file.
    pub format: ExportFormat,
    /// For whose spreadsheet.
    pub locale: ExportLocale,
    /// Which rows, as the list's own parameters.
    pub filters: Personal<BTreeMap<String, String>>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// How often it was downloaded.
    pub downloads: u32,
}

cqrs_aggregate!(Export);

impl Export {
    /// The export, where it was asked for.
    pub fn ready(&self) -> Option<&Ready> {
        match self {
            Self::Ready(ready) => Some(ready),
            Self::Absent => None,
        }
    }
}

/// Ask for a list as a file.
#[derive(Clone, Debug)]
pub struct RequestExport {
    /// Who asks.
    pub by: UserId,
    /// Which list.
    pub list: ExportList,
    /// What kind of file.
    pub format: ExportFormat,
    /// For whose spreadsheet.
    pub locale: ExportLocale,
    /// Which rows.
    pub filters: BTreeMap<String, String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What can be asked of an export.
#[derive(Clone, Debug)]
pub enum ExportCommand {
    /// Ask for it.
    Request(RequestExport),
    /// Let it leave the house.
    Download,
}

/// Why an export's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportRefusal {
    /// Never asked for.
    #[error("there is no such export; check the id")]
    Unknown,
    /// The id is in use.
    #[error("an export with this id exists; ask under a new id")]
    Exists,
    /// More filters than any list has.
    #[error("an export has at most {FILTERS_MAX} filters; leave some out")]
    TooManyFilters,
    /// Downloaded often enough.
    #[error("an export is downloaded at most {DOWNLOADS_MAX} times; ask for a new one")]
    DownloadedTooOften,
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for ExportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "export_unknown",
            Self::Exists => "export_exists",
            Self::TooManyFilters => "too_many",
            Self::DownloadedTooOften => "export_downloaded_too_often",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Exists | Self::DownloadedTooOften => RefusalKind::Conflict,
            Self::TooManyFilters | Self::Text(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::TooManyFilters => Some("/filters"),
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}

impl Aggregate for Export {
    const NOUN: &'static str = "export";
    const STATE_VERSION: u32 = 1;
    type Command = ExportCommand;
    type Event = ExportEvent;
    type Refusal = ExportRefusal;

    fn decide(&self, command: &ExportCommand) -> Result<Vec<ExportEvent>, ExportRefusal> {
        match (self, command) {
            (Self::Absent, ExportCommand::Request(c)) => request(c),
            (Self::Ready(_), ExportCommand::Request(_)) => Err(ExportRefusal::Exists),
            (Self::Absent, ExportCommand::Download) => Err(ExportRefusal::Unknown),
            (Self::Ready(ready), ExportCommand::Download) => {
                if ready.downloads >= DOWNLOADS_MAX {
                    return Err(ExportRefusal::DownloadedTooOften);
                }
                Ok(vec![ExportEvent::Downloaded(ExportDownloaded {})])
            }
        }
    }

    fn evolve(&mut self, event: &ExportEvent) {
        match (&mut *self, event) {
            (Self::Absent, ExportEvent::Requested(e)) => {
                *self = Self::Ready(Box::new(Ready {
                    by: e.by,
                    list: e.list,
                    format: e.format,
                    locale: e.locale,
                    filters: e.filters.clone(),
                    requested_at: e.requested_at,
                    downloads: 0,
                }));
            }
            (Self::Ready(ready), ExportEvent::Downloaded(_)) => {
                ready.downloads = ready.downloads.saturating_add(1);
            }
            // No such history is written; one that is told so all the same changes nothing.
            (Self::Absent | Self::Ready(_), _) => {}
        }
    }
}

fn request(c: &RequestExport) -> Result<Vec<ExportEvent>, ExportRefusal> {
    if c.filters.len() > FILTERS_MAX {
        return Err(ExportRefusal::TooManyFilters);
    }
    for (name, value) in &c.filters {
        text::word("/filters", name, FILTER_CHARS_MAX)?;
        text::line("/filters", value, FILTER_CHARS_MAX)?;
    }
    Ok(vec![ExportEvent::Requested(ExportRequested {
        by: c.by,
        list: c.list,
        format: c.format,
        locale: c.locale,
        filters: Personal::new(c.by, c.filters.clone()),
        requested_at: c.at,
    })])
}
