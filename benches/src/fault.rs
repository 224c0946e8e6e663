//! What can go wrong in a measurement. Nobody tells faults apart here, so one kind is enough.

/// Anything that ends a run.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;
