//! Where in a body something is (RFC 6901).

use std::fmt;

/// A place in a body; it borrows its parents and is written out only when it is needed.
#[derive(Clone, Copy, Debug)]
pub enum Pointer<'a> {
    /// The body itself.
    Root,
    /// A member of an object.
    Key(&'a Pointer<'a>, &'a str),
    /// An item of a list.
    Index(&'a Pointer<'a>, usize),
}

impl<'a> Pointer<'a> {
    /// The member `key` of what is here.
    pub fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    /// The item `index` of what is here.
    pub fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// How many levels it is below the body.
    pub fn depth(&self) -> usize {
        match self {
            Self::Root => 0,
            Self::Key(parent, _) | Self::Index(parent, _) => parent.depth() + 1,
        }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(parent, key) => {
                write!(f, "{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}
