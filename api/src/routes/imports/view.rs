//! Imports and their rows, as queries tell them.

use std::collections::BTreeMap;

use domain::import::ImportStatus;
use projections::staging::{Reason, RowOutcome};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::import::fields_of;

/// A file that was brought in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct ImportView {
    /// The import.
    pub id: Uuid,
    /// What kind of file it is.
    pub kind: &'static str,
    /// The building that it tells of.
    pub building: Uuid,
    /// `received`, `committed`, `finished` or `cancelled`.
    #[schema(value_type = String)]
    pub status: ImportStatus,
    /// Who brought it.
    pub by: Uuid,
    /// SHA-256 of its table.
    pub sha256: String,
    /// How many rows it has.
    pub rows: u64,
    /// Up to which row it is carried out.
    pub done: i64,
    /// How many rows could not be read.
    pub unreadable: i64,
    /// How many rows are refused, or would be.
    pub refused: i64,
    /// How many rows each reason keeps out.
    pub reasons: Vec<ReasonView>,
    /// The version of its stream.
    pub version: i64,
}

/// How many rows a reason keeps out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReasonView {
    /// The reason as a word.
    code: String,
    /// Whether the rows could not even be read.
    unreadable: bool,
    /// How many rows.
    rows: i64,
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        Self {
            code: reason.code,
            unreadable: reason.unreadable,
            rows: reason.rows,
        }
    }
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It could not be read.
    Unreadable,
    /// It is refused, or would be.
    Refused,
    /// It would be accepted.
    Ready,
    /// Its turn has not come yet.
    Waiting,
    /// It was accepted.
    Accepted,
}

/// A row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowView {
    /// Its number, from 1, without the header.
    row: i64,
    /// The line that it begins on.
    line: i64,
    /// What becomes of it.
    outcome: Outcome,
    /// Why it is kept out, as a word.
    code: Option<String>,
    /// Why it is kept out, as a sentence.
    detail: Option<String>,
    /// What it says, by column; empty fields are left out. Nothing once that is kept no longer: of
    /// rows that were accepted when all are carried out, of others seven days after that.
    said: BTreeMap<String, String>,
}

pub(super) fn row_view(header: &str, row: RowOutcome, otherwise: Outcome) -> RowView {
    let outcome = match (row.unreadable, &row.code) {
        (true, _) => Outcome::Unreadable,
        (false, Some(_)) => Outcome::Refused,
        (false, None) => otherwise,
    };
    RowView {
        row: row.row,
        line: row.line,
        outcome,
        code: row.code,
        detail: row.detail,
        said: fields_of(header, &row.record).into_iter().collect(),
    }
}
