//! Access tokens: short-lived, signed, verified without asking anyone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::config::Identity;
use commands::Secret;

/// The most genuine tokens that are remembered is twice this number.
const REMEMBERED: usize = 10_000;
/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
const PKCS8_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: Uuid,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// Who issued it.
    pub iss: String,
    /// Whom it is meant for.
    pub aud: String,
    /// Its own id.
    pub jti: Uuid,
    /// Always `access`, so that no other token of ours passes for one.
    #[serde(rename = "type")]
    pub kind: String,
    /// The session it belongs to, with which it ends.
    pub sid: Uuid,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// It was true once.
    #[error("The access token has expired; refresh it.")]
    Expired,
    /// Not ours, changed, or meant for something else; which, is not told.
    #[error("The access token is not valid.")]
    Invalid,
}

impl TokenFault {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::Invalid => "token_invalid",
        }
    }
}

/// Signs and verifies access tokens.
pub struct Tokens {
    algorithm: Algorithm,
    signing: EncodingKey,
    verifying: DecodingKey,
    /// The public half, where there is one.
    public: Option<[u8; 32]>,
    life: TimeDelta,
    issuer: String,
    audience: String,
    genuine: Genuine,
}

/// Tokens that were found genuine, the older half forgotten first: a client shows its token with
/// every request, and to verify a signature costs more than all else that is done for a small one.
/// Whether a token is over is asked each time.
#[derive(Default)]
struct Genuine(Mutex<(Believed, Believed)>);

type Believed = HashMap<Box<str>, Arc<Claims>>;

impl Genuine {
    fn get(&self, token: &str) -> Option<Arc<Claims>> {
        let maps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        maps.0.get(token).or_else(|| maps.1.get(token)).cloned()
    }

    fn put(&self, token: &str, claims: &Arc<Claims>) {
        let mut maps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if maps.0.len() >= REMEMBERED {
            maps.1 = std::mem::take(&mut maps.0);
        }
        maps.0.insert(token.into(), Arc::clone(claims));
    }
}

impl Tokens {
    /// Signs with HS256 where a secret for it is set, else with an `EdDSA` key derived from
    /// `secret`.
    pub fn new(identity: &Identity, secret: &Secret) -> Self {
        let (algorithm, signing, verifying, public) = identity
            .secrets
            .jwt_secret
            .as_ref()
            .map_or_else(|| own_keys(secret), shared_keys);
        Self {
            algorithm,
            signing,
            verifying,
            public,
            life: identity.access_token_life.delta(),
            issuer: identity.token_issuer.clone(),
            audience: identity.token_audience.clone(),
            genuine: Genuine::default(),
        }
    }

    /// How long a token lives.
    pub fn life(&self) -> TimeDelta {
        self.life
    }

    /// A token for `user` in `session`, with `id`, from `now` on.
    pub fn sign(
        &self,
        user: Uuid,
        session: Uuid,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            sub: user,
            iat: now.timestamp(),
            exp: (now + self.life).timestamp(),
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            jti: id,
            kind: "access".to_owned(),
            sid: session,
        };
        let mut header = Header::new(self.algorithm);
        header.kid = self.public.map(|public| key_id(&public));
        jsonwebtoken::encode(&header, &claims, &self.signing)
    }

    /// What `token` says, if it is genuine, meant for us and not over at `now`.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Claims>, TokenFault> {
        let claims = if let Some(claims) = self.genuine.get(token) {
            claims
        } else {
            let claims = Arc::new(self.read(token)?);
            self.genuine.put(token, &claims);
            claims
        };
        if claims.exp <= now.timestamp() {
            return Err(TokenFault::Expired);
        }
        Ok(claims)
    }

    /// What `token` says, if it is genuine and meant for us; it may be over.
    ///
    /// The algorithm is ours to choose, never the token's.
    fn read(&self, token: &str) -> Result<Claims, TokenFault> {
        let mut wanted = Validation::new(self.algorithm);
        wanted.set_issuer(&[&self.issuer]);
        wanted.set_audience(&[&self.audience]);
        wanted.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Against the clock that everything else is measured by, not the library's own.
        wanted.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &wanted)
            .map_err(|_| TokenFault::Invalid)?
            .claims;
        if claims.kind == "access" {
            Ok(claims)
        } else {
            Err(TokenFault::Invalid)
        }
    }

    /// The public keys as a JSON Web Key Set; none where the key is shared.
    pub fn key_set(&self) -> Value {
        let keys: Vec<Value> = self
            .public
            .iter()
            .map(|public| {
                json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                    "kid": key_id(public), "x": URL_SAFE_NO_PAD.encode(public),
                })
            })
            .collect();
        json!({ "keys": keys })
    }
}

type Keys = (Algorithm, EncodingKey, DecodingKey, Option<[u8; 32]>);

fn shared_keys(shared: &crate::config::Secret) -> Keys {
    let shared = shared.reveal().as_bytes();
    let (signing, verifying) = (
        EncodingKey::from_secret(shared),
        DecodingKey::from_secret(shared),
    );
    (Algorithm::HS256, signing, verifying, None)
}

fn own_keys(secret: &Secret) -> Keys {
    let seed = secret.key("cadastre access tokens v1");
    let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    let signing = EncodingKey::from_ed_der(&[&PKCS8_ED25519[..], &seed].concat());
    (
        Algorithm::EdDSA,
        signing,
        DecodingKey::from_ed_der(&public),
        Some(public),
    )
}

/// A name for a public key: the first bytes of itself are as good as any.
fn key_id(public: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(&public[..12])
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
