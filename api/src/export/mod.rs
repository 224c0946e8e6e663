//! Lists as files. What is exported is asked of the list's own route, page by page, with the rights
//! and the filters that it has: who may not see a row there does not get it here.

mod cell;
pub mod columns;
pub mod csv;
mod history;
mod lists;
mod sheet;
mod special;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use commands::Caller;
use domain::export::{ExportFormat, ExportList, ExportLocale};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::extract::Actor;
use crate::problem::Problem;
use crate::query::Page;

pub use csv::stream as csv;
pub use sheet::build as sheet;

/// Rows that are asked for at a time.
pub const PAGE_ROWS: u32 = 1_000;
/// Workbooks that are put together at once.
pub const WORKBOOKS_AT_ONCE: usize = 2;
/// The most rows of a CSV.
const CSV_ROWS_MAX: u64 = 1_000_000;
/// The most rows of a workbook, which is put together before it is sent.
const SHEET_ROWS_MAX: u64 = 100_000;

/// What is exported, and for whom.
#[derive(Clone)]
pub struct Wanted {
    /// What it is read from.
    pub app: App,
    /// Whose rights count.
    pub actor: Actor,
    /// Which list.
    pub list: ExportList,
    /// Which rows, as the list's own parameters.
    pub filters: BTreeMap<String, String>,
    /// For whose spreadsheet.
    pub locale: ExportLocale,
    /// How many rows are asked for at a time.
    pub page_rows: u32,
    /// How many rows the file may have.
    pub rows_max: u64,
    /// When the last row has to be there.
    pub deadline: Instant,
}

/// Some rows, as the list answers them, and where it goes on.
pub struct Rows {
    rows: Vec<Value>,
    next: Option<String>,
}

impl Wanted {
    /// The first rows, with everything up to `min_position` in them.
    pub async fn first(&self, min_position: Option<i64>) -> Result<Rows, Problem> {
        self.page(self.page_rows, None, min_position).await
    }

    /// Refuses what the list would refuse.
    pub async fn check(&self) -> Result<(), Problem> {
        self.page(1, None, None).await.map(drop)
    }

    /// The rows from `cursor` on, with the rights that the actor has by now.
    async fn following(&mut self, cursor: String) -> Result<Rows, Problem> {
        let deadline = self.deadline;
        timeout_at(deadline, self.page_after(cursor))
            .await
            .unwrap_or_else(|_| Err(too_slow()))
    }

    async fn page_after(&mut self, cursor: String) -> Result<Rows, Problem> {
        if Instant::now() >= self.deadline {
            return Err(too_slow());
        }
        let Actor(Caller { user, session, .. }) = self.actor;
        let now = self.app.edge.clock.now();
        let caller = self.app.commands.authenticate(user, session, now).await?;
        self.actor = Actor(caller);
        self.page(self.page_rows, Some(cursor), None).await
    }

    async fn page(
        &self,
        limit: u32,
        cursor: Option<String>,
        min_position: Option<i64>,
    ) -> Result<Rows, Problem> {
        let page = Page {
            limit,
            cursor,
            min_position,
        };
        lists::page(self, page).await
    }
}

/// How many rows a file of this format may have.
pub fn rows_max(format: ExportFormat) -> u64 {
    match format {
        ExportFormat::Csv => CSV_ROWS_MAX,
        ExportFormat::Xlsx => SHEET_ROWS_MAX,
    }
}

/// 503: not all rows were there in time.
fn too_slow() -> Problem {
    let detail = "The export took too long; narrow it down by filters, or ask again later.";
    Problem::unavailable("export_timeout", detail, 60)
}

/// 422: there are more rows than a file of this format may have.
fn too_many(rows_max: u64) -> Problem {
    let detail = format!("The list has more than {rows_max} rows; narrow it down by filters.");
    Problem::invalid("export_too_large", detail)
}
