//! Where the rows come from: a file or standard input, plain or gzipped, read as often as needed.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::ImportError;

/// Bytes read at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// The name by which standard input is asked for.
const STANDARD_INPUT: &str = "-";
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZIP: &[u8] = b"PK\x03\x04";
const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// A file that can be read from its beginning any number of times.
#[derive(Debug)]
pub struct Source {
    name: String,
    file: File,
    bytes: u64,
    read: Arc<AtomicU64>,
}

impl Source {
    /// Opens `path`, or standard input for `-`. What cannot be read twice, such as a pipe, is first
    /// kept in `folder`, in a file without a name that is gone with this process.
    pub fn open(path: &Path, folder: &Path) -> Result<Self, ImportError> {
        let name = path.display().to_string();
        if name == STANDARD_INPUT {
            let name = "standard input".to_owned();
            let file = spool(&name, &mut io::stdin().lock(), folder)?;
            return Self::of(name, file);
        }
        let open = |source| ImportError::Open {
            name: name.clone(),
            source,
        };
        let mut file = File::open(path).map_err(open)?;
        let kind = file.metadata().map_err(open)?.file_type();
        if kind.is_dir() {
            return Err(ImportError::Folder(name));
        }
        if !kind.is_file() {
            file = spool(&name, &mut file, folder)?;
        }
        Self::of(name, file)
    }

    /// An open file, called `name`.
    pub fn of(name: String, file: File) -> Result<Self, ImportError> {
        match file.metadata() {
            Ok(data) => Ok(Self {
                name,
                file,
                bytes: data.len(),
                read: Arc::default(),
            }),
            Err(source) => Err(ImportError::Open { name, source }),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes it has as it is, compressed or not.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many of them have been read this time.
    pub fn read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }

    /// The content from its beginning: uncompressed, whatever the name says.
    pub fn content(&self) -> Result<Box<dyn Read + Send>, ImportError> {
        let mut file = self.file.try_clone().map_err(|e| self.unreadable(e))?;
        file.rewind().map_err(|e| self.unreadable(e))?;
        self.read.store(0, Ordering::Relaxed);
        let mut counted = Counted {
            inner: file,
            read: Arc::clone(&self.read),
        };
        let start = start_of(&mut counted, ZIP.len()).map_err(|e| self.unreadable(e))?;
        if start.starts_with(ZIP) {
            return Err(self.format("a zip archive", "unpack it and name the file inside"));
        }
        let gzipped = start.starts_with(GZIP);
        let whole = io::Cursor::new(start).chain(counted);
        Ok(if gzipped {
            Box::new(MultiGzDecoder::new(whole))
        } else {
            Box::new(whole)
        })
    }

    /// The content as text: without the mark that some programs put in front of UTF-8.
    pub fn text(&self) -> Result<Box<dyn Read + Send>, ImportError> {
        let mut content = self.content()?;
        let start = start_of(&mut content, UTF8_MARK.len()).map_err(|e| self.unreadable(e))?;
        if start.is_empty() {
            return Err(ImportError::Empty(self.name.clone()));
        }
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(self.format("UTF-16 text", "save it as UTF-8"));
        }
        let start = if start == UTF8_MARK {
            Vec::new()
        } else {
            start
        };
        Ok(Box::new(io::Cursor::new(start).chain(content)))
    }

    /// The SHA-256 of the content. Reads it to its end, so that a file that is cut off is found
    /// before anything happens.
    pub fn sha256(&self) -> Result<[u8; 32], ImportError> {
        let mut content = self.content()?;
        let mut sum = Sha256::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match content.read(&mut chunk) {
                Ok(0) => return Ok(sum.finalize().into()),
                Ok(bytes) => sum.update(&chunk[..bytes]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.unreadable(error)),
            }
        }
    }

    /// What an error while reading the content means.
    pub fn unreadable(&self, source: io::Error) -> ImportError {
        let name = self.name.clone();
        match source.kind() {
            io::ErrorKind::UnexpectedEof => ImportError::Truncated(name),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => ImportError::Damaged {
                name,
                why: source.to_string(),
            },
            _ => ImportError::Read { name, source },
        }
    }

    fn format(&self, what: &'static str, remedy: &'static str) -> ImportError {
        ImportError::Format {
            name: self.name.clone(),
            what,
            remedy,
        }
    }
}

/// The first bytes, fewer if there are no more.
fn start_of(reader: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(bytes);
    reader.take(bytes as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn spool(name: &str, from: &mut impl Read, folder: &Path) -> Result<File, ImportError> {
    let full = |source| ImportError::Spool {
        folder: folder.display().to_string(),
        source,
    };
    let mut file = tempfile::tempfile_in(folder).map_err(full)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(bytes) => file.write_all(&chunk[..bytes]).map_err(full)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => {
                return Err(ImportError::Read {
                    name: name.to_owned(),
                    source,
                });
            }
        }
    }
    file.flush().map_err(full)?;
    Ok(file)
}

/// Counts what is read, for the progress bar.
struct Counted {
    inner: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(into)?;
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}
