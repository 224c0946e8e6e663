//! Where history is kept.
