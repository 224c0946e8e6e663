//! The parts of a workbook, found by their relationships (OPC, ECMA-376 part 2) and not by their
//! names, and read within bounds.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;

use super::SheetError;

/// The most bytes that all parts of a workbook have when they are unpacked.
const UNPACKED_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// The most parts of a workbook.
const PARTS_MAX: usize = 2_000;
/// The most bytes of one tag or one run of text: more than Excel lets one cell have.
const EVENT_BYTES_MAX: u64 = 1024 * 1024;
/// The most relationships of one part.
const RELATIONSHIPS_MAX: usize = 10_000;

/// A workbook as a package of parts.
pub(super) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

/// Something that a part needs.
#[derive(Debug)]
pub(super) struct Relationship {
    pub id: String,
    /// The last word of its type: `officeDocument`, `worksheet`, `styles`.
    pub kind: String,
    /// The name of the part.
    pub part: String,
}

impl<'a> Package<'a> {
    /// Opens the package. What is packed may be a thousand times what it seems, and may lie about
    /// it, so that it is unpacked and counted before anything is made of it.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, SheetError> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
        if zip.len() > PARTS_MAX {
            let why = format!("more than {PARTS_MAX} parts");
            return Err(SheetError::TooLarge(why));
        }
        let mut left = UNPACKED_BYTES_MAX;
        for place in 0..zip.len() {
            let part = zip.by_index(place).map_err(|e| damaged(&e))?;
            let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink());
            let unpacked = unpacked.map_err(|e| damaged(&e))?;
            left = left.checked_sub(unpacked).ok_or_else(|| {
                let why = format!("more than {UNPACKED_BYTES_MAX} bytes when unpacked");
                SheetError::TooLarge(why)
            })?;
        }
        Ok(Self { zip })
    }

    /// The part that the package is about.
    pub(super) fn main_part(&mut self) -> Result<Option<String>, SheetError> {
        let main = self.relationships("")?.into_iter();
        Ok(main
            .rev()
            .find(|r| r.kind == "officeDocument")
            .map(|r| r.part))
    }

    /// What `part` needs; of the package itself for an empty name.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, SheetError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let rels = format!("{folder}{slash}_rels/{name}.rels");
        let mut found = Vec::new();
        let Some(mut xml) = self.xml(&rels)? else {
            return Ok(found);
        };
        while let Some(event) = xml.next()? {
            let (Event::Start(tag) | Event::Empty(tag)) = event else {
                continue;
            };
            if tag.local_name().as_ref() != "Relationship" {
                continue;
            }
            let said = |name| attribute(&tag, name).map(Option::unwrap_or_default);
            if said("TargetMode")? == "External" {
                continue;
            }
            let (kind, target) = (said("Type")?, said("Target")?);
            found.push(Relationship {
                id: said("Id")?,
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                part: resolved(folder, &target),
            });
            if found.len() > RELATIONSHIPS_MAX {
                let why = format!("more than {RELATIONSHIPS_MAX} relationships of a part");
                return Err(SheetError::TooLarge(why));
            }
        }
        Ok(found)
    }

    /// The part as XML; names are compared without regard to case.
    pub(super) fn xml(&mut self, part: &str) -> Result<Option<Xml<impl BufRead>>, SheetError> {
        let same = |name: &str| name.trim_start_matches('/').eq_ignore_ascii_case(part);
        let place = self.zip.index_for_name(part).or_else(|| {
            let mut names = self.zip.file_names();
            names.position(|name| name.is_ok_and(|name| same(&name.replace('\\', "/"))))
        });
        let Some(place) = place else { return Ok(None) };
        let file = self.zip.by_index(place).map_err(|e| damaged(&e))?;
        Ok(Some(Xml::new(BufReader::new(file))))
    }
}

/// The name of the part that `target` means in `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut names = Vec::new();
    for name in whole.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.join("/")
}

/// XML, one event at a time, each within a bound.
pub(super) struct Xml<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(inner: R) -> Self {
        let reader = Reader::from_reader(Bounded { inner, taken: 0 });
        let buffer = Vec::new();
        Self { reader, buffer }
    }

    /// The next event; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>, SheetError> {
        self.buffer.clear();
        self.reader.get_mut().taken = 0;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::Eof) => Ok(None),
            Ok(event) => Ok(Some(event)),
            Err(quick_xml::Error::Io(e)) if e.kind() == io::ErrorKind::FileTooLarge => {
                let why = format!("more than {EVENT_BYTES_MAX} bytes in one cell");
                Err(SheetError::TooLarge(why))
            }
            Err(error) => Err(damaged(&error)),
        }
    }
}

/// Lets no more bytes through for one event than it may have.
struct Bounded<R> {
    inner: R,
    taken: u64,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(into)?;
        self.taken += bytes as u64;
        Ok(bytes)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > EVENT_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.taken += bytes as u64;
        self.inner.consume(bytes);
    }
}

/// The value of an attribute, whatever the prefix of its name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, SheetError> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|e| damaged(&e))?;
        if attribute.key.local_name().as_ref() == name {
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|e| damaged(&e))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// The character that a reference such as `&amp;` or `&#xe9;` stands for.
pub(super) fn referred(reference: &BytesRef<'_>, into: &mut String) -> Result<(), SheetError> {
    if let Some(text) = quick_xml::escape::resolve_xml_entity(reference.as_ref()) {
        into.push_str(text);
        return Ok(());
    }
    let c = reference.resolve_char_ref().map_err(|e| damaged(&e))?;
    let c = c.ok_or_else(|| SheetError::Damaged("an entity that nobody knows".to_owned()))?;
    into.push(c);
    Ok(())
}

pub(super) fn damaged(error: &dyn std::fmt::Display) -> SheetError {
    SheetError::Damaged(error.to_string())
}
