//! Keys derived from the platform's one secret.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The platform's secret, from which all keys are derived. It never prints.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Takes the secret over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The key for one purpose (HKDF-SHA-256, RFC 5869); the purposes share nothing.
    pub fn key(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        // 32 bytes is below the 255 hashes that HKDF can give, so this cannot fail.
        let _ = Hkdf::<Sha256>::new(None, &self.0).expand(purpose.as_bytes(), &mut key);
        key
    }

    /// The id of the claim on `value`: a keyed hash, so that the journal tells nobody which values
    /// are taken.
    pub fn claim_id(&self, kind: &str, value: &str) -> String {
        let key = self.key("cadastre claims v1");
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else {
            return String::new();
        };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.iter().fold(String::with_capacity(64), |hex, byte| {
            format!("{hex}{byte:02x}")
        })
    }
}

/// An e-mail address as it is claimed: trimmed and lower-cased, so that one mailbox is one user.
/// Cases are not folded in full: `straße@` and `strasse@` may be two mailboxes. Never changed,
/// since the ids of claims follow from it.
pub fn normalise_email(address: &str) -> String {
    address.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_claim_and_another_secret_has_another() {
        let secret = Secret::new(vec![1; 32]);
        let claim = secret.claim_id("email", "ann@example.org");
        assert_eq!(claim.len(), 64);
        assert_eq!(claim, secret.claim_id("email", "ann@example.org"));
        assert_ne!(claim, secret.claim_id("phone", "ann@example.org"));
        assert_ne!(
            claim,
            Secret::new(vec![2; 32]).claim_id("email", "ann@example.org")
        );
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn an_address_is_one_however_it_is_typed() {
        assert_eq!(normalise_email(" Ann@Example.ORG "), "ann@example.org");
        assert_eq!(normalise_email("ÉLISE@exemple.fr"), "élise@exemple.fr");
    }
}
