//! What has changed of late: a bounded memory that knows since when it is complete.

use std::hash::Hash;

use foldhash::HashMap;

use crate::recorded::Position;

/// Remembers what was noted last: two generations, of which the older is forgotten when the
/// younger is full.
///
/// Every change of the journal is noted in the order of its position. So whatever is not remembered
/// has not changed since [`Recent::is_complete_since`] holds.
pub(super) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    generation_max: usize,
    /// All that changed after this position is remembered.
    since: Position,
    /// All that changed after this position is in the younger generation.
    young_since: Position,
}

impl<K: Eq + Hash, V: Copy + Ord> Recent<K, V> {
    pub(super) fn new(size_max: usize) -> Self {
        Self {
            young: HashMap::default(),
            old: HashMap::default(),
            generation_max: (size_max / 2).max(1),
            since: 0,
            young_since: 0,
        }
    }

    /// Whether everything that changed after `position` is remembered.
    pub(super) fn is_complete_since(&self, position: Position) -> bool {
        position >= self.since
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    /// Takes note of a value. Values only grow, so the highest that was noted is the truth.
    /// `head` is the position up to which everything is noted with this one.
    pub(super) fn note(&mut self, key: K, value: V, head: Position) {
        let value = self.old.remove(&key).map_or(value, |old| old.max(value));
        if self.young.len() >= self.generation_max && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
            self.since = self.young_since;
            self.young_since = head.max(self.young_since);
        }
        let known = self.young.entry(key).or_insert(value);
        *known = value.max(*known);
    }

    /// Forgets everything; what changes after `position` will be noted.
    pub(super) fn restart(&mut self, position: Position) {
        self.young.clear();
        self.old.clear();
        self.since = position;
        self.young_since = position;
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn what_is_used_stays_and_what_is_not_is_forgotten() {
        let mut recent = Recent::new(8);
        for n in 0..100 {
            recent.note(n, n, n);
            recent.note(-1, n, n);
        }
        assert_eq!(recent.get(&-1), Some(99));
        assert_eq!(recent.get(&99), Some(99));
        assert_eq!(recent.get(&50), None);
        assert!(recent.young.len() + recent.old.len() <= 8);
    }

    #[test]
    fn a_value_never_falls() {
        let mut recent = Recent::new(2);
        recent.note("a", 5, 1);
        recent.note("b", 1, 2);
        recent.note("a", 3, 3);
        assert_eq!(recent.get(&"a"), Some(5));
        recent.restart(3);
        assert_eq!(recent.get(&"a"), None);
    }

    #[test]
    fn whatever_changed_since_it_is_complete_is_remembered() {
        let mut recent = Recent::new(7);
        recent.restart(10);
        assert!(!recent.is_complete_since(9));
        for position in 11..500_i64 {
            recent.note(position, 1, position);
            for claimed in 10..=position {
                if recent.is_complete_since(claimed) {
                    for changed in claimed + 1..=position {
                        assert_eq!(recent.get(&changed), Some(1), "{changed} since {claimed}");
                    }
                }
            }
            let of_late = (position - 2).max(10);
            assert!(recent.is_complete_since(of_late), "it is of some use");
        }
    }

    #[test]
    fn a_restart_ahead_of_the_head_stands_however_much_is_noted_before_it() {
        let mut recent = Recent::new(4);
        recent.restart(11);
        for n in 0..100 {
            recent.note(n, 1, 10);
            assert!(!recent.is_complete_since(10));
        }
    }

    #[test]
    fn a_batch_that_fills_a_generation_in_its_middle_is_kept_whole() {
        let mut recent = Recent::new(6);
        for batch in 0..100_i64 {
            let head = (batch + 1) * 4;
            for position in batch * 4 + 1..=head {
                recent.note(position, 1, head);
            }
            for claimed in 0..=head {
                if recent.is_complete_since(claimed) {
                    assert!((claimed + 1..=head).all(|changed| recent.get(&changed).is_some()));
                }
            }
        }
    }
}
