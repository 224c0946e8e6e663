//! How things happen.
