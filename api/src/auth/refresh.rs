//! Refresh tokens: 64 random bytes that only the client keeps.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::config::Secret;

/// By which a leaked token is recognised for what it is.
const PREFIX: &str = "cdr_";
const RANDOM_BYTES: usize = 64;

/// A refresh token as it is handed out, and the hash that is kept of it.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// What the client keeps.
    pub text: Secret,
    /// What we keep: SHA-256, in hexadecimal.
    pub hash: String,
}

/// A refresh token as it was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// The session that it claims to belong to.
    pub session: Uuid,
    /// By which the session knows it.
    pub hash: String,
}

impl RefreshToken {
    /// A new token for `session`, which it names so that no table of tokens has to be kept.
    pub fn mint(session: Uuid) -> Self {
        let mut random = [0; RANDOM_BYTES];
        rand::rng().fill_bytes(&mut random);
        let text = format!(
            "{PREFIX}{}_{}",
            session.as_simple(),
            URL_SAFE_NO_PAD.encode(random)
        );
        let hash = hash(&text);
        Self {
            text: Secret::from(text),
            hash,
        }
    }
}

impl Refresh {
    /// Reads a token; `None` for what can never have been one.
    pub fn read(token: &Secret) -> Option<Self> {
        let rest = token.reveal().strip_prefix(PREFIX)?;
        let (session, random) = rest.split_once('_')?;
        let random = URL_SAFE_NO_PAD.decode(random).ok()?;
        let session = Uuid::try_parse(session).ok()?;
        (random.len() == RANDOM_BYTES).then(|| Self {
            session,
            hash: hash(token.reveal()),
        })
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

fn hash(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .fold(String::with_capacity(64), |hex, byte| {
            format!("{hex}{byte:02x}")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_again_by_session_and_hash() {
        let session = Uuid::from_u128(7);
        let token = RefreshToken::mint(session);

        let read = Refresh::read(&token.text).unwrap();

        assert_eq!(
            read,
            Refresh {
                session,
                hash: token.hash.clone()
            }
        );
        assert_eq!(token.hash.len(), 64);
        assert_ne!(RefreshToken::mint(session).hash, token.hash);
    }

    #[test]
    fn the_access_token_of_a_refresh_token_has_an_id_of_its_own() {
        assert_eq!(token_id("a"), token_id("a"));
        assert_ne!(token_id("a"), token_id("b"));
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for text in [
            "",
            "cdr_",
            "cdr_x_y",
            "cdr_00000000000000000000000000000007_AAAA",
        ] {
            assert_eq!(
                Refresh::read(&Secret::from(text.to_owned())),
                None,
                "{text}"
            );
        }
    }
}
