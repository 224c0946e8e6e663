//! What a workbook says beside its cells: which sheets there are, the texts that cells share, and
//! how their numbers are shown.

use std::collections::HashMap;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};

use super::SheetError;
use super::package::{Package, Xml, attribute, damaged, referred};
use super::value::{Shown, built_in, shown_by};

/// The most characters of a cell, as in Excel.
pub(super) const CELL_CHARS_MAX: usize = 32_767;
/// The most bytes of all texts together.
pub(super) const TEXT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The most texts that cells share.
const SHARED_MAX: usize = 2_000_000;
/// The most formats of cells, as in Excel.
const FORMATS_MAX: usize = 65_490;

/// A workbook, without its cells.
#[derive(Default)]
pub(super) struct Book {
    /// The part of the first sheet that can be seen.
    pub sheet: String,
    /// Whether days are counted from 1904.
    pub from_1904: bool,
    /// How numbers are shown, by the style of a cell.
    pub shown: Vec<Shown>,
    /// The texts that cells share.
    pub shared: Shared,
}

/// Texts that cells share, one behind the other.
#[derive(Default)]
pub(super) struct Shared {
    text: String,
    ends: Vec<usize>,
}

impl Shared {
    /// The text with the number `place`.
    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        self.text.get(start.copied().unwrap_or_default()..end)
    }

    fn push(&mut self, text: &str) -> Result<(), SheetError> {
        fits(text)?;
        self.text.push_str(text);
        self.ends.push(self.text.len());
        if self.text.len() > TEXT_BYTES_MAX || self.ends.len() > SHARED_MAX {
            return Err(too_much_text());
        }
        Ok(())
    }
}

/// Asks that the text is not longer than a cell can hold.
pub(super) fn fits(text: &str) -> Result<(), SheetError> {
    if text.len() > CELL_CHARS_MAX && text.chars().nth(CELL_CHARS_MAX).is_some() {
        let why = format!("more than {CELL_CHARS_MAX} characters in one cell");
        return Err(SheetError::TooLarge(why));
    }
    Ok(())
}

pub(super) fn too_much_text() -> SheetError {
    SheetError::TooLarge(format!(
        "more than {TEXT_BYTES_MAX} bytes of text in its cells"
    ))
}

impl Book {
    /// Reads what the workbook says beside its cells.
    pub(super) fn read(package: &mut Package<'_>) -> Result<Self, SheetError> {
        let no_workbook = || SheetError::Format("a zip archive that is no workbook");
        let main = package.main_part()?.ok_or_else(no_workbook)?;
        let relationships = package.relationships(&main)?;
        let mut book = Self::default();
        let mut xml = package.xml(&main)?.ok_or_else(no_workbook)?;
        let seen = book.workbook(&mut xml)?.ok_or_else(no_workbook)?;
        drop(xml);
        let part = |kind: &str| {
            relationships
                .iter()
                .find(|r| r.kind == kind)
                .map(|r| &r.part)
        };
        let sheets = seen
            .iter()
            .filter_map(|id| relationships.iter().find(|r| r.id == *id));
        let sheet = sheets
            .filter(|r| r.kind == "worksheet")
            .map(|r| &r.part)
            .next();
        let sheet = sheet.ok_or(SheetError::Empty("no sheet that can be seen"))?;
        book.sheet.clone_from(sheet);
        if let Some(part) = part("styles")
            && let Some(mut xml) = package.xml(part)?
        {
            book.styles(&mut xml)?;
        }
        if let Some(part) = part("sharedStrings")
            && let Some(mut xml) = package.xml(part)?
        {
            book.strings(&mut xml)?;
        }
        Ok(book)
    }

    /// The relationships of the sheets that can be seen, in their order; `None` where the part is
    /// no workbook.
    fn workbook(&mut self, xml: &mut Xml<impl BufRead>) -> Result<Option<Vec<String>>, SheetError> {
        let (mut is_workbook, mut seen) = (false, Vec::new());
        while let Some(event) = xml.next()? {
            let (Event::Start(tag) | Event::Empty(tag)) = event else {
                continue;
            };
            match tag.local_name().as_ref() {
                "workbook" => is_workbook = true,
                _ if !is_workbook => return Ok(None),
                "workbookPr" => {
                    let said = attribute(&tag, "date1904")?;
                    self.from_1904 = said.is_some_and(|said| said == "1" || said == "true");
                }
                "sheet" => {
                    let state = attribute(&tag, "state")?;
                    if state.is_none_or(|state| state == "visible") {
                        // `sheetId` is another name; this is the one with a prefix.
                        seen.extend(attribute(&tag, "id")?);
                    }
                }
                _ => {}
            }
        }
        Ok(is_workbook.then_some(seen))
    }

    fn styles(&mut self, xml: &mut Xml<impl BufRead>) -> Result<(), SheetError> {
        let (mut own, mut in_cells) = (HashMap::new(), false);
        while let Some(event) = xml.next()? {
            match event {
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "numFmt" => {
                        let format = attribute(&tag, "formatCode")?.unwrap_or_default();
                        own.insert(number(&tag, "numFmtId")?, shown_by(&format));
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = number(&tag, "numFmtId")?;
                        let shown = own.get(&id).copied();
                        self.shown.push(shown.unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => in_cells = false,
                _ => {}
            }
            if self.shown.len().max(own.len()) > FORMATS_MAX {
                let why = format!("more than {FORMATS_MAX} formats of cells");
                return Err(SheetError::TooLarge(why));
            }
        }
        Ok(())
    }

    fn strings(&mut self, xml: &mut Xml<impl BufRead>) -> Result<(), SheetError> {
        let mut text = Rich::default();
        while let Some(event) = xml.next()? {
            let ends = match &event {
                Event::Empty(tag) => tag.local_name().as_ref() == "si",
                Event::End(tag) => tag.local_name().as_ref() == "si",
                _ => false,
            };
            if ends {
                self.shared.push(&text.take())?;
            } else {
                text.see(&event)?;
            }
        }
        Ok(())
    }
}

fn number(tag: &BytesStart<'_>, name: &str) -> Result<u32, SheetError> {
    let text = attribute(tag, name)?.unwrap_or_default();
    text.trim().parse().map_err(|e| damaged(&e))
}

/// A text that may have parts with fonts of their own, and how it is pronounced, which is no part
/// of it.
#[derive(Default)]
pub(super) struct Rich {
    text: String,
    inside: bool,
    aside: bool,
}

impl Rich {
    /// Takes in an event inside of the text.
    pub(super) fn see(&mut self, event: &Event<'_>) -> Result<(), SheetError> {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "rPh" => self.aside = true,
                "t" => self.inside = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "rPh" => self.aside = false,
                "t" => self.inside = false,
                _ => {}
            },
            Event::Text(text) if self.inside && !self.aside => {
                self.text.push_str(&text.xml10_content());
            }
            Event::CData(text) if self.inside && !self.aside => {
                self.text.push_str(&text.xml10_content());
            }
            Event::GeneralRef(reference) if self.inside && !self.aside => {
                referred(reference, &mut self.text)?;
            }
            _ => {}
        }
        fits(&self.text)
    }

    /// The whole text; the next one begins.
    pub(super) fn take(&mut self) -> String {
        let text = unescaped(&std::mem::take(&mut self.text));
        *self = Self::default();
        text
    }
}

/// Excel writes a character that XML has no place for as `_x000D_` (18.4.8, `ST_Xstring`).
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest
            .get(at + 2..at + 6)
            .filter(|_| rest[at + 2..].get(4..5) == Some("_"));
        let found = code
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        let Some(c) = found else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        out.push_str(&rest[..at]);
        out.push(c);
        rest = &rest[at + 7..];
    }
    out.push_str(rest);
    out
}
