//! Which access tokens are known to have been used, as far as this process remembers.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The most that are remembered is twice this number.
const REMEMBERED: usize = 50_000;

/// Remembers the ids of used access tokens, the older half forgotten first.
///
/// A client that was answered uses its new access token; one whose answer was lost cannot. So a
/// refresh token that comes a second time is a theft if the access token that was given for it
/// has been used, and else a lost answer.
#[derive(Debug, Default)]
pub struct UsedTokens(Mutex<(HashSet<Uuid>, HashSet<Uuid>)>);

impl UsedTokens {
    /// Notes that the token `id` was used.
    pub fn note(&self, id: Uuid) {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.0.len() >= REMEMBERED {
            sets.1 = std::mem::take(&mut sets.0);
        }
        sets.0.insert(id);
    }

    /// Whether the token `id` is known to have been used.
    pub fn contains(&self, id: Uuid) -> bool {
        let sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sets.0.contains(&id) || sets.1.contains(&id)
    }
}

/// The id of the access token that is given together with the refresh token of this hash.
pub fn token_id(refresh_hash: &str) -> Uuid {
    let digest = Sha256::new()
        .chain_update("access token of ")
        .chain_update(refresh_hash);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_token_is_remembered_by_what_it_came_with() {
        let used = UsedTokens::default();

        used.note(token_id("a"));

        assert!(used.contains(token_id("a")));
        assert!(!used.contains(token_id("b")));
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let used = UsedTokens::default();
        for n in 0..=2 * REMEMBERED as u128 {
            used.note(Uuid::from_u128(n));
        }

        assert!(!used.contains(Uuid::from_u128(0)));
        assert!(used.contains(Uuid::from_u128(2 * REMEMBERED as u128)));
        assert!(used.contains(Uuid::from_u128(REMEMBERED as u128)));
    }
}
