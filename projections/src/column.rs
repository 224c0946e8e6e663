//! The columns of a row, in the binary form in which Postgres takes and gives them.
//!
//! Each type stands here once, with the type of Postgres that it is kept as; a row is the list of
//! its fields, which [`row!`](crate::row!) writes down.

mod json;
mod kinds;
mod wire;

pub use wire::{Cells, Lines};

/// Why a value could not be written to a column, or read from it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ColumnError(pub String);

/// A value that is kept in a column.
pub trait Column: Sized {
    /// Appends the value as Postgres takes it in binary; answers whether it is there, or null.
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError>;

    /// Reads what [`write`](Column::write) has written; `None` stands for null.
    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError>;
}

/// A row as the list of its columns, in the order of its fields.
pub trait Columns: Sized {
    /// The names of the columns.
    const NAMES: &'static [&'static str];

    /// Appends the row.
    fn write(&self, lines: &mut Lines) -> Result<(), ColumnError>;

    /// Reads the row.
    fn read(cells: &mut Cells<'_>) -> Result<Self, ColumnError>;
}

/// Declares the struct of a row, whose fields are the columns of its table.
#[macro_export]
macro_rules! row {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        impl $crate::column::Columns for $name {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

            fn write(
                &self,
                lines: &mut $crate::column::Lines,
            ) -> Result<(), $crate::column::ColumnError> {
                lines.begin(Self::NAMES.len())?;
                $(lines.put(&self.$field)?;)*
                Ok(())
            }

            fn read(
                cells: &mut $crate::column::Cells<'_>,
            ) -> Result<Self, $crate::column::ColumnError> {
                Ok(Self { $($field: cells.take()?,)* })
            }
        }
    };
}
