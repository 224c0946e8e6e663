use super::*;

fn full() -> Metadata {
    let ada = Uuid::from_u128(1);
    Metadata {
        actor: Actor::User(ada),
        on_behalf_of: Some(Uuid::from_u128(2)),
        command: "booking.request".to_owned(),
        correlation_id: Uuid::from_u128(3),
        causation_id: Uuid::from_u128(4),
        request_id: Some("r-1".to_owned()),
        ip: Some(Personal::new(ada, "203.0.113.7".to_owned())),
        user_agent: Some(Personal::new(ada, "curl/8.0".to_owned())),
        origin: Origin::Import(Uuid::from_u128(5)),
    }
}

#[test]
fn metadata_is_read_back_as_it_is_written() {
    let bare = Metadata {
        actor: Actor::Process("hold_expiry".to_owned()),
        on_behalf_of: None,
        request_id: None,
        ip: None,
        user_agent: None,
        origin: Origin::Live,
        ..full()
    };
    for metadata in [full(), bare] {
        let json = serde_json::to_string(&metadata).unwrap();
        assert_eq!(
            serde_json::from_str::<Metadata>(&json).unwrap(),
            metadata,
            "{json}"
        );
    }
}

#[test]
fn an_actor_is_a_kind_and_where_it_has_one_an_id() {
    for (actor, json) in [
        (Actor::Operator, r#"{"kind":"operator"}"#),
        (Actor::Anonymous, r#"{"kind":"anonymous"}"#),
        (
            Actor::Process("x".to_owned()),
            r#"{"kind":"process","id":"x"}"#,
        ),
        (
            Actor::User(Uuid::nil()),
            r#"{"kind":"user","id":"00000000-0000-0000-0000-000000000000"}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&actor).unwrap(), json);
        assert_eq!(serde_json::from_str::<Actor>(json).unwrap(), actor);
    }
}

#[test]
fn an_origin_is_live_or_an_import_with_its_id() {
    let import = r#""import:00000000-0000-0000-0000-000000000005""#;
    let read: Origin = serde_json::from_str(import).unwrap();
    assert!(read.is_import());
    assert_eq!(serde_json::to_string(&read).unwrap(), import);
    assert_eq!(
        serde_json::from_str::<Origin>(r#""live""#).unwrap(),
        Origin::Live
    );
    for wrong in [
        r#""import:""#,
        r#""import:7""#,
        r#""Live""#,
        r#""""#,
        "null",
    ] {
        assert!(serde_json::from_str::<Origin>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_personal_names_its_owner_and_stays_out_of_debug_lines() {
    let ip = full().ip.unwrap();
    let json = r#"{"subject":"00000000-0000-0000-0000-000000000001","value":"203.0.113.7"}"#;
    assert_eq!(serde_json::to_string(&ip).unwrap(), json);
    assert!(!format!("{:?}", full()).contains("203.0"));
}
