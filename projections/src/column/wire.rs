//! Rows on their way to and from Postgres.

use sqlx::postgres::PgRow;
use sqlx::{Row as _, ValueRef as _};

use super::{Column, ColumnError};

/// What every binary COPY begins with: a signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with, in the place of a number of columns.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// What stands for the length of a null.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// Rows in the form of a binary COPY.
pub struct Lines(Vec<u8>);

impl Default for Lines {
    fn default() -> Self {
        Self(HEADER.to_vec())
    }
}

impl Lines {
    /// Begins a row of so many columns.
    pub fn begin(&mut self, columns: usize) -> Result<(), ColumnError> {
        let columns = i16::try_from(columns);
        let columns = columns.map_err(|_| ColumnError("too many columns".to_owned()))?;
        self.0.extend(columns.to_be_bytes());
        Ok(())
    }

    /// Adds the next column of the row.
    pub fn put(&mut self, value: &impl Column) -> Result<(), ColumnError> {
        let start = self.0.len();
        self.0.extend(NULL);
        if value.write(&mut self.0)? {
            let length = length(self.0.len() - start - NULL.len())?;
            self.0[start..start + NULL.len()].copy_from_slice(&length);
        }
        Ok(())
    }

    /// Ends the last row.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend(TRAILER);
        self.0
    }
}

/// A length as Postgres writes it.
pub(super) fn length(bytes: usize) -> Result<[u8; 4], ColumnError> {
    i32::try_from(bytes)
        .map(i32::to_be_bytes)
        .map_err(|_| ColumnError(format!("{bytes} are more than a column can hold")))
}

/// The columns of a row that was fetched, one after the other.
pub struct Cells<'r> {
    row: &'r PgRow,
    next: usize,
}

impl<'r> Cells<'r> {
    /// Begins with the first column of `row`.
    pub(crate) fn of(row: &'r PgRow) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    pub fn take<C: Column>(&mut self) -> Result<C, ColumnError> {
        let fault = |error: String| {
            let name = self.row.columns().get(self.next).map(sqlx::Column::name);
            ColumnError(format!("column `{}`: {error}", name.unwrap_or("?")))
        };
        let value = self.row.try_get_raw(self.next);
        let value = value.map_err(|error| fault(error.to_string()))?;
        let bytes = if value.is_null() {
            None
        } else {
            Some(value.as_bytes().map_err(|error| fault(error.to_string()))?)
        };
        let read = C::read(bytes).map_err(|error| fault(error.to_string()))?;
        self.next += 1;
        Ok(read)
    }
}
