//! Passwords at rest: argon2id, in threads of their own, a bounded number at once.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{normalised, weakness};
use crate::config::Secret;

/// The minimum that OWASP names for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash that is verified where there is no user, so that the answer takes as long.
static DECOY: LazyLock<String> = LazyLock::new(|| {
    argon2()
        .hash_password(b"nobody has this password")
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

/// Why a password could be neither hashed nor verified.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be worked on: {0}")]
pub struct PasswordError(String);

/// Hashes and verifies passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    threads: Arc<Semaphore>,
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Passwords {
    /// As many at once as there are processors: more would only take memory and turns.
    pub fn new() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            threads: Arc::new(Semaphore::new(threads)),
        }
    }

    /// The hash of `password`, with its parameters and a new salt.
    pub async fn hash(&self, password: Secret) -> Result<String, PasswordError> {
        self.work(move || {
            let text = normalised(password.reveal());
            let hash = argon2().hash_password(text.as_bytes());
            hash.map(|hash| hash.to_string())
                .map_err(|e| PasswordError(e.to_string()))
        })
        .await?
    }

    /// Whether `password` is the one behind `hash`. Without a hash it is never, but takes as long.
    pub async fn verify(
        &self,
        password: Secret,
        hash: Option<String>,
    ) -> Result<bool, PasswordError> {
        self.work(move || {
            let text = hash.as_deref().unwrap_or(&DECOY);
            let known = PasswordHash::new(text).map_err(|e| PasswordError(e.to_string()))?;
            let same = argon2()
                .verify_password(normalised(password.reveal()).as_bytes(), &known)
                .is_ok();
            Ok(same && hash.is_some())
        })
        .await?
    }

    /// What is wrong with `password` for the user with `email`: a stable code and a sentence.
    pub async fn weakness(
        &self,
        password: Secret,
        email: String,
    ) -> Result<Option<(&'static str, String)>, PasswordError> {
        self.work(move || weakness(password.reveal(), &email)).await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let seat = Arc::clone(&self.threads).acquire_owned().await;
        let seat = seat.map_err(|e| PasswordError(e.to_string()))?;
        let job = tokio::task::spawn_blocking(move || {
            let done = job();
            drop(seat);
            done
        });
        job.await.map_err(|e| PasswordError(e.to_string()))
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone() {
        let passwords = Passwords::new();

        let hash = passwords.hash(secret("correct horse")).await.unwrap();

        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            passwords
                .verify(secret("correct horse"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify(secret("correct house"), Some(hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_password_is_the_same_on_every_keyboard() {
        let passwords = Passwords::new();
        let hash = passwords.hash(secret("caf\u{e9} au port")).await.unwrap();
        let typed = secret("cafe\u{301} au\u{a0}port");
        assert!(passwords.verify(typed, Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_yet_one_is_hashed() {
        let passwords = Passwords::new();

        assert!(DECOY.starts_with("$argon2id$"));
        assert!(
            !passwords
                .verify(secret("nobody has this password"), None)
                .await
                .unwrap()
        );
    }
}
