//! Bytes, read from their beginning to their end.

use super::PictureFault;

/// Reads on and on; what is not there any more was cut off.
pub(super) struct Reader<'a>(&'a [u8]);

type Read<T> = Result<T, PictureFault>;

impl<'a> Reader<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(PictureFault::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| PictureFault::Truncated)
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A number of two bytes, the larger one first.
    pub(super) fn big_16(&mut self) -> Read<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// A number of four bytes, the largest one first.
    pub(super) fn big_32(&mut self) -> Read<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// A number of two bytes, the smaller one first.
    pub(super) fn little_16(&mut self) -> Read<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// A number of four bytes, the smallest one first.
    pub(super) fn little_32(&mut self) -> Read<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// What must stand here.
    pub(super) fn expect(&mut self, wanted: &[u8]) -> Read<()> {
        if self.take(wanted.len())? == wanted {
            Ok(())
        } else {
            Err(PictureFault::Unreadable)
        }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}

/// A length as one of memory.
pub(super) fn length(length: u32) -> Read<usize> {
    usize::try_from(length).map_err(|_| PictureFault::Unreadable)
}
