//! Standard output: lines for people, JSON for programs, and no fuss when the reader has left.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

use serde::Serialize;

use crate::fault::Fault;

/// Standard output.
pub struct Out<W: Write = Stdout> {
    to: BufWriter<W>,
    /// Whether JSON is wanted.
    pub json: bool,
    closed: bool,
    fault: Option<io::Error>,
}

impl Out {
    /// Writes to standard output.
    pub fn new(json: bool) -> Self {
        Self::to(io::stdout(), json)
    }
}

impl<W: Write> Out<W> {
    fn to(to: W, json: bool) -> Self {
        Self {
            to: BufWriter::new(to),
            json,
            closed: false,
            fault: None,
        }
    }

    /// Whether there is no sense in writing on: the reader has left, or the disk is full.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes a line.
    pub fn line(&mut self, text: &str) {
        self.write(|to| writeln!(to, "{text}"));
    }

    /// Writes one JSON document over several lines.
    pub fn document(&mut self, value: &impl Serialize) {
        self.write(|to| {
            serde_json::to_writer_pretty(&mut *to, value)?;
            writeln!(to)
        });
    }

    /// Writes one JSON document on one line, of many that follow each other.
    pub fn json_line(&mut self, value: &impl Serialize) {
        self.write(|to| {
            serde_json::to_writer(&mut *to, value)?;
            writeln!(to)
        });
    }

    /// Hands over what was written so far.
    pub fn flush(&mut self) {
        self.write(Write::flush);
    }

    /// Hands over the rest. A reader that has left is no fault; a full disk is.
    pub fn finish(mut self) -> Result<(), Fault> {
        self.flush();
        match self.fault.take() {
            Some(error) => Err(Fault::failed(format!(
                "the output could not be written: {error}"
            ))),
            None => Ok(()),
        }
    }

    fn write(&mut self, write: impl FnOnce(&mut BufWriter<W>) -> io::Result<()>) {
        if self.closed {
            return;
        }
        if let Err(error) = write(&mut self.to) {
            self.closed = true;
            if error.kind() != ErrorKind::BrokenPipe {
                self.fault = Some(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes nothing.
    struct Wall(ErrorKind);

    impl Write for Wall {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_reader_that_has_left_is_no_fault() {
        let mut out = Out::to(Wall(ErrorKind::BrokenPipe), false);
        out.line("a");
        out.flush();
        assert!(out.is_closed());
        out.line("b");
        assert_eq!(out.finish(), Ok(()));
    }

    #[test]
    fn a_full_disk_is_a_fault() {
        let mut out = Out::to(Wall(ErrorKind::StorageFull), true);
        out.json_line(&1);
        assert!(out.finish().is_err());
    }
}
