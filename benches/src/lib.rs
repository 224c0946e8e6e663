//! The measurements.
