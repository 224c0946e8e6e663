//! How things are seen.
