//! Keys that are derived from the one secret.

use hkdf::Hkdf;
use sha2::Sha256;

/// The key for `purpose`. Two purposes share nothing that either gives away.
pub fn derive(secret: &[u8], purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    // It fails only for keys longer than 8,160 bytes.
    let expanded = Hkdf::<Sha256>::new(None, secret).expand(purpose.as_bytes(), &mut key);
    debug_assert!(expanded.is_ok());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_secret_and_purpose() {
        assert_eq!(derive(b"a", "x"), derive(b"a", "x"));
        assert_ne!(derive(b"a", "x"), derive(b"a", "y"));
        assert_ne!(derive(b"a", "x"), derive(b"b", "x"));
    }
}
