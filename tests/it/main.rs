//! Front door tests.
