//! The journal: one meaning on every backend, and what must stay true whatever is killed when.

#[cfg(test)]
mod analyst;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod cqrs;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod fit;
#[cfg(test)]
mod given;
#[cfg(test)]
mod housekeeping;
#[cfg(test)]
mod immutable;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod torture;
