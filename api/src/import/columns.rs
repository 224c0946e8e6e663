//! The columns of a file, found by their names.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use csv::ByteRecord;
use domain::text::trimmed;

use super::dates::DateOrder;

/// The columns that a kind of file has to have.
pub trait Column: Copy + Send + Sync + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// What their headers say, in the order of the variants.
    const NAMES: &'static [&'static str];

    /// Which of them it is.
    fn place(self) -> usize;

    /// What its header says.
    fn name(self) -> &'static str {
        Self::NAMES.get(self.place()).copied().unwrap_or_default()
    }
}

/// Declares the columns of a kind of file.
macro_rules! columns {
    ($(#[$meta:meta])* pub enum $enum:ident { $( $variant:ident = $name:literal ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum { $( #[doc = concat!("`", $name, "`")] $variant ),+ }

        impl $crate::import::columns::Column for $enum {
            const ALL: &'static [Self] = &[$( Self::$variant ),+];
            const NAMES: &'static [&'static str] = &[$( $name ),+];

            fn place(self) -> usize {
                self as usize
            }
        }
    };
}
pub(super) use columns;

/// The column of a table that says of a row with fewer or more fields than the header how many it
/// has, such as `9 of 12`.
pub(super) const FIELD_COUNT: &str = "(fields)";

/// Where each of the columns that were looked for stands in a file.
#[derive(Clone, Debug)]
pub struct Columns {
    names: &'static [&'static str],
    places: Vec<usize>,
    count: usize,
    /// Where the number of fields stands of rows that have another one.
    field_count: Option<usize>,
    /// In which order the parts of a day stand.
    pub order: DateOrder,
}

impl Columns {
    /// Finds every one of `names` in `header`; else says all that is wrong with it. Columns that
    /// nobody looks for are passed over.
    pub fn find(header: &ByteRecord, names: &'static [&'static str]) -> Result<Self, String> {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, name) in header.iter().enumerate() {
            let name = trimmed(&String::from_utf8_lossy(name)).to_owned();
            places.entry(name).or_default().push(place);
        }
        let those = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            let count = |name: &&&str| places.get(**name).map_or(0, Vec::len);
            let found = names.iter().filter(|name| wanted(count(name)));
            found.map(|name| format!("`{name}`")).collect()
        };
        let (missing, doubled) = (those(&|count| count == 0), those(&|count| count > 1));
        let mut faults = Vec::new();
        if !missing.is_empty() {
            faults.push(format!("missing: {}", missing.join(", ")));
        }
        if !doubled.is_empty() {
            faults.push(format!("there more than once: {}", doubled.join(", ")));
        }
        if !faults.is_empty() {
            return Err(faults.join("; "));
        }
        let place = |name: &&str| places.get(*name).and_then(|p| p.first()).copied();
        Ok(Self {
            names,
            places: names.iter().filter_map(place).collect(),
            count: header.len(),
            field_count: places.get(FIELD_COUNT).and_then(|p| p.first()).copied(),
            order: DateOrder::default(),
        })
    }

    /// What the column at `place` of those that were named is called.
    pub fn name(&self, place: usize) -> &str {
        self.names.get(place).copied().unwrap_or_default()
    }

    /// How many fields a row has to have.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The fields that were looked for, in the order in which they were named.
    pub fn fields<'a>(&'a self, record: &'a ByteRecord) -> impl Iterator<Item = &'a [u8]> {
        let field = |place: &usize| shown(record.get(*place).unwrap_or_default());
        self.places.iter().map(field)
    }

    /// How many fields the row had in its file, of how many, where that is another number.
    pub fn other_count<'a>(&self, record: &'a ByteRecord) -> Option<&'a str> {
        let said = record.get(self.field_count?)?;
        std::str::from_utf8(said)
            .ok()
            .filter(|said| !said.is_empty())
    }

    /// The field of the column at `place` of those that were named, without the spaces around it.
    pub fn field<'a>(&self, place: usize, record: &'a ByteRecord) -> &'a [u8] {
        let place = self.places.get(place).copied().unwrap_or(usize::MAX);
        shown(record.get(place).unwrap_or_default())
    }
}

/// Without the spaces around it, of whatever kind they are.
fn shown(field: &[u8]) -> &[u8] {
    std::str::from_utf8(field).map_or(field.trim_ascii(), |text| trimmed(text).as_bytes())
}

/// Columns together with the row whose fields they name.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a, C> {
    columns: &'a Columns,
    record: &'a ByteRecord,
    names: PhantomData<C>,
}

impl<'a, C: Column> Placed<'a, C> {
    /// The fields of `record`, which stand where `columns` says.
    pub fn new(columns: &'a Columns, record: &'a ByteRecord) -> Self {
        let names = PhantomData;
        Self {
            columns,
            record,
            names,
        }
    }

    /// In which order the parts of a day stand.
    pub fn order(&self) -> DateOrder {
        self.columns.order
    }

    /// The bytes of `column`, without the spaces around them.
    pub fn bytes(&self, column: C) -> &'a [u8] {
        self.columns.field(column.place(), self.record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    columns! {
        /// Some columns.
        pub enum Some {
            Hotel = "hotel",
            Rate = "adr",
            Meal = "meal",
        }
    }

    fn header(names: &[&str]) -> ByteRecord {
        ByteRecord::from(names.to_vec())
    }

    #[test]
    fn columns_are_found_in_any_order_with_padding_and_strangers_between_them() {
        let row = header(&["  meal ", "a_stranger", "adr", "hotel"]);
        let columns = Columns::find(&row, Some::NAMES).unwrap();

        let placed = Placed::<Some>::new(&columns, &row);
        for column in Some::ALL {
            assert_eq!(placed.bytes(*column), column.name().as_bytes());
        }
        assert_eq!(columns.count(), 4);
        let fields: Vec<&[u8]> = columns.fields(&row).collect();
        assert_eq!(fields, [b"hotel".as_slice(), b"adr", b"meal"]);
    }

    #[test]
    fn every_missing_and_every_doubled_column_is_named_at_once() {
        let names = &["a", "b", "meal", "agent"];
        let faults = Columns::find(&header(&["meal", "agent", "meal", "agent"]), names);
        assert_eq!(
            faults.unwrap_err(),
            "missing: `a`, `b`; there more than once: `meal`, `agent`"
        );
    }
}
