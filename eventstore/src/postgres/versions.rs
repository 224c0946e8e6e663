//! The versions of streams that the writer has seen: a bounded memory of committed state.

use std::collections::HashMap;

use crate::recorded::Version;
use crate::stream::StreamName;

/// Remembers the streams that were used last: two generations, of which the older is forgotten
/// when the younger is full.
pub(super) struct Versions {
    young: HashMap<StreamName, Version>,
    old: HashMap<StreamName, Version>,
    generation_max: usize,
}

impl Versions {
    pub(super) fn new(streams_max: usize) -> Self {
        let generation_max = (streams_max / 2).max(1);
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            generation_max,
        }
    }

    pub(super) fn get(&mut self, stream: &StreamName) -> Option<Version> {
        if let Some(version) = self.young.get(stream) {
            return Some(*version);
        }
        let version = self.old.remove(stream)?;
        self.put(stream.clone(), version);
        Some(version)
    }

    /// Takes note of a version. A stream only grows, so the highest that was seen is the truth.
    pub(super) fn put(&mut self, stream: StreamName, version: Version) {
        let version = version.max(self.old.remove(&stream).unwrap_or(0));
        if self.young.len() >= self.generation_max && !self.young.contains_key(&stream) {
            self.old = std::mem::take(&mut self.young);
        }
        let known = self.young.entry(stream).or_insert(version);
        *known = version.max(*known);
    }

    /// Takes note of another writer's event, if the stream is one of those remembered.
    pub(super) fn raise(&mut self, stream: &StreamName, version: Version) {
        for generation in [&mut self.young, &mut self.old] {
            if let Some(known) = generation.get_mut(stream) {
                *known = version.max(*known);
            }
        }
    }

    pub(super) fn forget(&mut self, stream: &StreamName) {
        self.young.remove(stream);
        self.old.remove(stream);
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Versions;
    use crate::stream::StreamName;

    fn stream(n: i64) -> StreamName {
        StreamName::of("booking", n).unwrap()
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_is_forgotten() {
        let mut versions = Versions::new(8);
        for n in 0..100 {
            versions.put(stream(n), n);
            assert_eq!(versions.get(&stream(0)), Some(0));
        }
        assert_eq!(versions.get(&stream(99)), Some(99));
        assert_eq!(versions.get(&stream(50)), None);
        assert!(versions.young.len() + versions.old.len() <= 8);
    }

    #[test]
    fn a_version_never_falls() {
        let mut versions = Versions::new(2);
        versions.put(stream(1), 5);
        versions.put(stream(2), 1);
        versions.put(stream(1), 3);
        assert_eq!(versions.get(&stream(1)), Some(5));
        versions.raise(&stream(1), 7);
        assert_eq!(versions.get(&stream(1)), Some(7));
        versions.forget(&stream(1));
        assert_eq!(versions.get(&stream(1)), None);
    }
}
