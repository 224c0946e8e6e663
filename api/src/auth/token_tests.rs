//! Which tokens are believed.

use super::*;
use crate::config::Secret;
use crate::testing;

const USER: Uuid = Uuid::from_u128(1);
const SESSION: Uuid = Uuid::from_u128(2);
const ID: Uuid = Uuid::from_u128(3);

fn now() -> DateTime<Utc> {
    testing::now()
}

fn tokens(change: impl FnOnce(&mut Identity)) -> Tokens {
    let mut identity = testing::settings().identity;
    change(&mut identity);
    Tokens::new(&identity, &testing::secret())
}

fn shared(identity: &mut Identity) {
    identity.secrets.jwt_secret = Some(Secret::from("0123456789abcdef0123456789abcdef".to_owned()));
}

#[test]
fn a_token_is_believed_until_it_ends() {
    for tokens in [tokens(|_| ()), tokens(shared)] {
        let token = tokens.sign(USER, SESSION, ID, now()).unwrap();

        let claims = tokens.verify(&token, now()).unwrap();

        assert_eq!((claims.sub, claims.sid, claims.jti), (USER, SESSION, ID));
        assert_eq!(claims.exp - claims.iat, 3_600);
        let end = now() + tokens.life();
        assert!(tokens.verify(&token, end - TimeDelta::seconds(1)).is_ok());
        assert_eq!(tokens.verify(&token, end), Err(TokenFault::Expired));
    }
}

#[test]
fn a_changed_token_is_not_believed() {
    let tokens = tokens(|_| ());
    let token = tokens.sign(USER, SESSION, ID, now()).unwrap();
    // One that is remembered vouches for no other.
    assert!(tokens.verify(&token, now()).is_ok());
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let other = json!({"sub": ID, "sid": SESSION, "jti": ID, "iat": 0, "exp": i64::MAX,
        "iss": "cadastre", "aud": "cadastre-api", "type": "access"});
    let other = URL_SAFE_NO_PAD.encode(other.to_string());

    for bad in [
        format!("{header}.{other}.{signature}"),
        format!("{head}."),
        String::new(),
    ] {
        assert_eq!(
            tokens.verify(&bad, now()),
            Err(TokenFault::Invalid),
            "{bad}"
        );
    }
}

#[test]
fn the_algorithm_is_not_the_tokens_to_choose() {
    let eddsa = tokens(|_| ());
    let public = eddsa.public.unwrap();
    let claims = eddsa
        .verify(&eddsa.sign(USER, SESSION, ID, now()).unwrap(), now())
        .unwrap();

    // Signed with HS256 and the public key, which anyone can read.
    let confused = jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(&public),
    );
    let none = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap()),
    );

    assert_eq!(
        eddsa.verify(&confused.unwrap(), now()),
        Err(TokenFault::Invalid)
    );
    assert_eq!(eddsa.verify(&none, now()), Err(TokenFault::Invalid));
}

#[test]
fn a_token_meant_for_something_else_is_not_believed() {
    let ours = tokens(|_| ());
    let other_issuer = tokens(|i| i.token_issuer = "someone".to_owned());
    let other_audience = tokens(|i| i.token_audience = "something".to_owned());
    let claims = ours
        .verify(&ours.sign(USER, SESSION, ID, now()).unwrap(), now())
        .unwrap();
    let mut claims = Claims::clone(&claims);
    claims.kind = "refresh".to_owned();
    let other_kind = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &ours.signing);

    for bad in [
        other_issuer.sign(USER, SESSION, ID, now()),
        other_audience.sign(USER, SESSION, ID, now()),
        other_kind,
    ] {
        assert_eq!(ours.verify(&bad.unwrap(), now()), Err(TokenFault::Invalid));
    }
}

#[test]
fn only_a_public_key_is_published() {
    assert_eq!(tokens(|_| ()).key_set()["keys"][0]["crv"], "Ed25519");
    assert_eq!(tokens(shared).key_set(), json!({"keys": []}));
}

#[test]
fn no_more_tokens_are_remembered_than_are_allowed() {
    let tokens = tokens(|_| ());
    let token = tokens.sign(USER, SESSION, ID, now()).unwrap();
    let claims = tokens.verify(&token, now()).unwrap();
    for n in 0..2 * REMEMBERED {
        tokens.genuine.put(&n.to_string(), &claims);
        let maps = tokens.genuine.0.lock().unwrap();
        assert!(maps.0.len() + maps.1.len() <= 2 * REMEMBERED);
    }

    assert!(tokens.genuine.get(&token).is_none());
    let maps = tokens.genuine.0.lock().unwrap();
    // The newest alone, beside the full half before it.
    assert_eq!((maps.0.len(), maps.1.len()), (1, REMEMBERED));
    drop(maps);
    assert_eq!(tokens.verify(&token, now()), Ok(claims));
}
