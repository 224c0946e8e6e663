//! What happened to an export.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ExportFormat, ExportList, ExportLocale};
use crate::id::UserId;
use crate::personal::Personal;

events! {
    /// What happened to an export.
    pub enum ExportEvent {
        /// Someone asked for a list as a file.
        Requested(ExportRequested) = "export.requested" v 1,
        /// It began to leave the house.
        Downloaded(ExportDownloaded) = "export.downloaded" v 1,
    }
}

/// Someone asked for a list as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRequested {
    /// Who, and alone may download it.
    pub by: UserId,
    /// Which list.
    pub list: ExportList,
    /// What kind of file.
    pub format: ExportFormat,
    /// For whose spreadsheet.
    pub locale: ExportLocale,
    /// Which rows, as the list's own parameters; people are searched for by name.
    pub filters: Personal<BTreeMap<String, String>>,
    /// When.
    pub requested_at: DateTime<Utc>,
}

/// It began to leave the house; who asked stands beside the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportDownloaded {}
