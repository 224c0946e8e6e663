//! How many things each client may have at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A bounded number of places for each client. Cheap to clone. A client that has none taken is
/// not remembered.
#[derive(Clone, Debug)]
pub struct Places<K: Eq + Hash> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
    max: usize,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub struct Place<K: Eq + Hash> {
    of: Places<K>,
    client: K,
}

impl<K: Eq + Hash + Clone> Places<K> {
    /// So many places for each client.
    pub fn new(max: usize) -> Self {
        Self {
            taken: Arc::default(),
            max,
        }
    }

    /// Takes a place of `client`, if there is one left.
    pub fn take(&self, client: &K) -> Option<Place<K>> {
        let mut taken = self.lock();
        let count = taken.get(client).copied().unwrap_or_default();
        if count >= self.max {
            return None;
        }
        taken.insert(client.clone(), count + 1);
        Some(Place {
            of: self.clone(),
            client: client.clone(),
        })
    }
}

impl<K: Eq + Hash> Places<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.of.lock();
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_places_of_its_own_and_gives_them_back() {
        let places = Places::new(1);
        let first = places.take(&"a");

        assert!(first.is_some());
        assert!(places.take(&"a").is_none());
        assert!(places.take(&"b").is_some());
        drop(first);
        assert!(places.take(&"a").is_some());
        assert!(places.lock().is_empty(), "nobody is remembered");
    }
}
