//! Cursors: where a list goes on, readable by us alone and only for the query it came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use commands::Secret;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::json::Fault;
use crate::problem::Problem;

const TAG_BYTES: usize = 16;

/// Signs cursors.
pub struct CursorKey([u8; 64]);

/// What a cursor belongs to: it is no good for anything else.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    /// The query, by name.
    pub query: &'a str,
    /// Its filters and its order, as they were sent.
    pub asked: &'a str,
}

impl CursorKey {
    /// The key that belongs to the secret.
    pub fn derive(secret: &Secret) -> Self {
        // A block of SHA-256, as HMAC wants it: zeros behind the key change nothing.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&secret.key("cadastre cursors v1"));
        Self(block)
    }

    /// A cursor of `of` that goes on after `place`.
    pub fn sign<T: Serialize>(&self, of: &Cursor<'_>, place: &T) -> Option<String> {
        let mut bytes = serde_json::to_vec(place).ok()?;
        let tag = self.tag(of, &bytes);
        bytes.extend_from_slice(&tag);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The place that `cursor` goes on after, if it is one of ours and of this very query.
    pub fn open<T: DeserializeOwned>(&self, of: &Cursor<'_>, cursor: &str) -> Result<T, Problem> {
        self.read(of, cursor).ok_or_else(|| {
            let detail = "The cursor is not of this query, or from before a rebuild; start anew \
                          without one.";
            Problem::invalid("cursor_invalid", detail).with_fault(Fault::of(
                "cursor",
                "cursor_invalid",
                detail,
            ))
        })
    }

    fn read<T: DeserializeOwned>(&self, of: &Cursor<'_>, cursor: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (place, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        let genuine = self.mac(of, place).verify_truncated_left(tag).is_ok();
        genuine
            .then(|| serde_json::from_slice(place).ok())
            .flatten()
    }

    fn tag(&self, of: &Cursor<'_>, place: &[u8]) -> [u8; TAG_BYTES] {
        let whole: [u8; 32] = self.mac(of, place).finalize().into_bytes().into();
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&whole[..TAG_BYTES]);
        tag
    }

    fn mac(&self, of: &Cursor<'_>, place: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        for part in [of.query.as_bytes(), of.asked.as_bytes()] {
            mac.update(&Sha256::digest(part));
        }
        mac.update(place);
        mac
    }
}
