use super::*;

#[test]
fn a_secret_is_bare_on_the_wire_and_blank_in_debug_lines() {
    let secret = Secret::new("open sesame".to_owned());
    assert_eq!(serde_json::to_string(&secret).unwrap(), r#""open sesame""#);
    assert_eq!(format!("{secret:?}"), BLANK);
    assert_eq!(secret.reveal(), "open sesame");
}

#[test]
fn every_secret_is_blanked_however_deep() {
    let mut json = serde_json::json!({
        "status": "active",
        "account": {"password_hash": "$argon2id$", "name": {"value": "Ada"}},
        "history": [{"refresh_hash": "ab"}, {"retired_hashes": ["cd", "ef"], "superseded_hashes": null}],
    });
    redact(&mut json);
    assert_eq!(
        json,
        serde_json::json!({
            "status": "active",
            "account": {"password_hash": BLANK, "name": {"value": "Ada"}},
            "history": [{"refresh_hash": BLANK}, {"retired_hashes": BLANK, "superseded_hashes": null}],
        })
    );
}

/// The states and events that hold secrets show none of them once they are redacted.
#[test]
fn no_field_that_holds_a_secret_is_missing_from_the_list() {
    use crate::aggregate::Aggregate;
    use crate::session::{Rotation, Session, SessionEvent, SessionRefreshed, SessionStarted};

    let user = crate::id::UserId(uuid::Uuid::from_u128(1));
    let token = |n: u8| Secret::new(format!("token-{n}"));
    let expires_at = chrono::DateTime::<chrono::Utc>::MAX_UTC;
    let refreshed = |n, rotation| {
        let refreshed_at = chrono::DateTime::<chrono::Utc>::MIN_UTC;
        let refresh_hash = token(n);
        let body = SessionRefreshed {
            refresh_hash,
            rotation,
            refreshed_at,
            expires_at,
        };
        SessionEvent::Refreshed(body)
    };
    let history = [
        SessionEvent::Started(SessionStarted {
            user,
            refresh_hash: token(1),
            expires_at,
            credential_epoch: 0,
            device: None,
            ip: None,
            user_agent: None,
        }),
        refreshed(2, Rotation::InTurn),
        refreshed(3, Rotation::InTurn),
        refreshed(4, Rotation::AnswerLost),
    ];
    let state = serde_json::to_value(Session::fold(&history)).unwrap();
    let told = history
        .iter()
        .map(|event| serde_json::to_value(event).unwrap());
    for mut shown in told.chain([state]) {
        assert!(shown.to_string().contains("token-"), "{shown}");
        redact(&mut shown);
        assert!(!shown.to_string().contains("token-"), "{shown}");
    }
}
