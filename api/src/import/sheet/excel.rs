//! Workbooks of Excel.

use std::io::BufRead;

use csv::ByteRecord;
use quick_xml::events::{BytesStart, Event};

use super::SheetError;
use super::book::{Book, Rich};
use super::cells::{Cells, Region};
use super::package::{Package, Xml, attribute, damaged, referred};
use super::value::{Shown, is_error, text};

/// The most regions of merged cells.
const MERGED_MAX: usize = 100_000;

/// The rows of the first sheet that can be seen, from its first row on.
pub(super) fn rows(bytes: &[u8]) -> Result<impl Iterator<Item = ByteRecord>, SheetError> {
    let mut package = Package::open(bytes)?;
    let book = Book::read(&mut package)?;
    let gone = || SheetError::Damaged("its first sheet is not there".to_owned());
    let mut xml = package.xml(&book.sheet)?.ok_or_else(gone)?;
    let mut sheet = Sheet {
        book: &book,
        cells: Cells::default(),
        merged: Vec::new(),
        row: 0,
        column: 0,
    };
    sheet.read(&mut xml)?;
    let Sheet {
        mut cells, merged, ..
    } = sheet;
    for region in merged {
        cells.fill(region)?;
    }
    Ok(cells.into_records())
}

/// A sheet as far as it is read.
struct Sheet<'a> {
    book: &'a Book,
    cells: Cells,
    merged: Vec<Region>,
    /// Where the next cell is that does not say where it is.
    row: usize,
    column: usize,
}

impl Sheet<'_> {
    fn read(&mut self, xml: &mut Xml<impl BufRead>) -> Result<(), SheetError> {
        let mut open: Option<Cell> = None;
        while let Some(event) = xml.next()? {
            match &event {
                Event::Start(tag) | Event::Empty(tag) if open.is_none() => {
                    let is_empty = matches!(event, Event::Empty(_));
                    open = self.begin(tag, is_empty)?;
                }
                Event::End(tag) => match tag.local_name().as_ref() {
                    "c" => {
                        if let Some(cell) = open.take() {
                            self.put(cell)?;
                        }
                    }
                    "row" => (self.row, self.column) = (self.row + 1, 0),
                    _ => {
                        if let Some(cell) = &mut open {
                            cell.see(&event)?;
                        }
                    }
                },
                _ => {
                    if let Some(cell) = &mut open {
                        cell.see(&event)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What begins outside of a cell; the cell, if it is one that may have something in it.
    fn begin(&mut self, tag: &BytesStart<'_>, is_empty: bool) -> Result<Option<Cell>, SheetError> {
        match tag.local_name().as_ref() {
            "row" => {
                if let Some(number) = attribute(tag, "r")? {
                    let number: usize = number.parse().map_err(|e| damaged(&e))?;
                    self.row = number.saturating_sub(1);
                }
                self.column = 0;
                if is_empty {
                    self.row += 1;
                }
            }
            "c" => {
                let mut cell = Cell::default();
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|e| damaged(&e))?;
                    match attribute.key.local_name().as_ref() {
                        "r" => (self.row, self.column) = place(&attribute.value)?,
                        "s" => cell.style = attribute.value.parse().map_err(|e| damaged(&e))?,
                        "t" => cell.kind = attribute.value.into_owned(),
                        _ => {}
                    }
                }
                (cell.row, cell.column) = (self.row, self.column);
                self.column += 1;
                return Ok((!is_empty).then_some(cell));
            }
            "mergeCell" => {
                let region = attribute(tag, "ref")?.unwrap_or_default();
                let (first, last) = region.split_once(':').unwrap_or((&region, &region));
                self.merged.push((place(first)?, place(last)?));
                if self.merged.len() > MERGED_MAX {
                    let why = format!("more than {MERGED_MAX} regions of merged cells");
                    return Err(SheetError::TooLarge(why));
                }
            }
            _ => {}
        }
        Ok(None)
    }

    fn put(&mut self, cell: Cell) -> Result<(), SheetError> {
        let Cell { row, column, .. } = cell;
        let said = self.said(cell)?;
        let said = said.trim();
        if said.is_empty() {
            return Ok(());
        }
        self.cells.put(row, column, said)
    }

    /// The text that stands for a cell. A formula has the value that was kept with it.
    fn said(&self, mut cell: Cell) -> Result<String, SheetError> {
        let value = cell.value.trim();
        if value.is_empty() && cell.kind != "inlineStr" {
            return Ok(String::new());
        }
        Ok(match cell.kind.as_str() {
            "s" => {
                let place = value.parse().ok();
                let shared = place.and_then(|place| self.book.shared.get(place));
                let none =
                    || SheetError::Damaged("a cell names a text that is not there".to_owned());
                shared.ok_or_else(none)?.to_owned()
            }
            "inlineStr" => cell.rich.take(),
            "str" => cell.value,
            "b" => if value == "1" || value == "true" {
                "true"
            } else {
                "false"
            }
            .to_owned(),
            // Whatever it is called: no value.
            "e" => if is_error(value) { value } else { "#VALUE!" }.to_owned(),
            "d" => {
                let at = value.strip_suffix("T00:00:00").unwrap_or(value);
                at.replacen('T', " ", 1)
            }
            _ => {
                let number: f64 = value.parse().map_err(|e| damaged(&e))?;
                let shown = self.book.shown.get(cell.style);
                let shown = shown.copied().unwrap_or(Shown::Number);
                text(number, shown, self.book.from_1904)
            }
        })
    }
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    row: usize,
    column: usize,
    style: usize,
    kind: String,
    value: String,
    rich: Rich,
    in_value: bool,
    in_text: bool,
}

impl Cell {
    /// Takes in an event inside of the cell.
    fn see(&mut self, event: &Event<'_>) -> Result<(), SheetError> {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "v" => self.in_value = true,
            Event::Start(tag) if tag.local_name().as_ref() == "is" => self.in_text = true,
            Event::End(tag) if tag.local_name().as_ref() == "v" => self.in_value = false,
            Event::End(tag) if tag.local_name().as_ref() == "is" => self.in_text = false,
            Event::Text(text) if self.in_value => self.value.push_str(&text.xml10_content()),
            Event::CData(text) if self.in_value => self.value.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if self.in_value => referred(reference, &mut self.value)?,
            event if self.in_text => self.rich.see(event)?,
            _ => {}
        }
        super::book::fits(&self.value)
    }
}

/// Row and column, from 0, of a cell such as `B7`.
fn place(name: &str) -> Result<(usize, usize), SheetError> {
    let wrong = || SheetError::Damaged(format!("there is no cell `{}`", name.escape_default()));
    let name = name.replace('$', "");
    let digits = name.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
    let (letters, digits) = name.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || digits.len() > 7 {
        return Err(wrong());
    }
    let mut column = 0;
    for letter in letters.bytes() {
        if !letter.is_ascii_alphabetic() {
            return Err(wrong());
        }
        column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    let row: usize = digits.parse().map_err(|_| wrong())?;
    Ok((row.checked_sub(1).ok_or_else(wrong)?, column - 1))
}
