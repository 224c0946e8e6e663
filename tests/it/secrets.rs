//! Who one is, and what nobody gets to see.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use eventstore::{Journal, StreamName};
use harness::{House, PASSWORD, Person};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_and_a_wrong_password_get_one_answer() {
    let house = House::open().await;
    let (ann, anyone) = (house.guest("ann").await, house.anyone());
    let log_in = |email: &str| {
        let body = json!({"email": email, "password": "wrong wrong wrong"});
        let anyone = anyone.clone();
        async move { anyone.post("/auth/login", &body).await }
    };
    let (mut wrong, mut unknown) = (log_in(&ann.email).await, log_in("eve@example.org").await);
    wrong.refused(401, "credentials_invalid");
    for answer in [&mut wrong, &mut unknown] {
        answer.json["request_id"].take();
    }
    assert_eq!((wrong.status, &wrong.json), (unknown.status, &unknown.json));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_once_wherever_it_is_ended() {
    let house = House::open().await;
    let ann = house.guest("ann").await;
    let (phone, laptop) = (ann.again().await, ann.again().await);
    phone.act("/auth/logout").await.expect(204);
    phone.get("/auth/me").await.refused(401, "session_ended");
    let refresh = json!({"refresh_token": phone.tokens["refresh_token"]});
    house
        .anyone()
        .post("/auth/refresh", &refresh)
        .await
        .refused(401, "refresh_token_invalid");
    let shown = json!({"token": phone.token()});
    let verified = house
        .anyone()
        .post("/auth/verify", &shown)
        .await
        .expect(200);
    assert_eq!(verified.json["active"], false);

    let change = json!({"current_password": PASSWORD, "new_password": "another horse battery"});
    laptop
        .post("/auth/change-password", &change)
        .await
        .expect(204);
    laptop.get("/auth/me").await.expect(200);
    ann.get("/auth/me").await.refused(401, "session_ended");
    laptop.act("/auth/logout-all").await.expect(204);
    laptop.get("/auth/me").await.refused(401, "session_ended");
    let old = json!({"email": ann.email, "password": PASSWORD});
    house
        .anyone()
        .post("/auth/login", &old)
        .await
        .refused(401, "credentials_invalid");
    Person::log_in(&house.anyone(), &ann.email, "another horse battery").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_works_once_and_its_second_use_ends_the_session() {
    let house = House::open().await;
    let ann = house.guest("ann").await;
    let anyone = house.anyone();
    let first = json!({"refresh_token": ann.tokens["refresh_token"]});
    let second = anyone.post("/auth/refresh", &first).await.expect(200).json;
    let renewed = anyone.with_token(second["access_token"].as_str().unwrap());
    // The second pair is in use: whoever comes with the first one now is a thief, or was robbed.
    renewed.get("/auth/me").await.expect(200);
    house.clock.advance(TimeDelta::minutes(10));
    anyone
        .post("/auth/refresh", &first)
        .await
        .refused(401, "refresh_token_invalid");
    renewed.get("/auth/me").await.refused(401, "session_ended");
    let second = json!({"refresh_token": second["refresh_token"]});
    anyone
        .post("/auth/refresh", &second)
        .await
        .refused(401, "refresh_token_invalid");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_is_out_at_once_and_a_taken_address_is_taken() {
    let house = House::open().await;
    let (ann, admin) = (house.guest("ann").await, house.admin().await);
    let suspend = format!("/users/{}/suspend", ann.id);
    admin
        .post(&suspend, &json!({"reason": "Spam."}))
        .await
        .expect(200);
    ann.get("/auth/me").await.refused(401, "session_ended");
    let log_in = json!({"email": ann.email, "password": PASSWORD});
    house
        .anyone()
        .post("/auth/login", &log_in)
        .await
        .refused(403, "user_suspended");
    let twin = json!({"email": " Ann@Example.org", "password": PASSWORD, "name": "Ann"});
    let twin = house.anyone().post("/auth/signup", &twin).await;
    assert_eq!(twin.status, 202, "{}", twin.text);
    // It is not told, and the account is whose it was.
    let still = house.anyone().post("/auth/login", &log_in).await;
    still.refused(403, "user_suspended");
    let weak = json!({"email": "tom@example.org", "password": "password123", "name": "Tom"});
    let weak = house.anyone().post("/auth/signup", &weak).await;
    weak.refused(422, "body_invalid");
    assert_eq!(weak.faults()[0].0, "/password");
    let proud = json!({"email": "tom@example.org", "password": PASSWORD, "name": "Tom",
        "roles": ["super_admin"]});
    let proud = house.anyone().post("/auth/signup", &proud).await;
    assert_eq!(proud.status, 403, "{}", proud.text);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hash_of_a_secret_leaves_the_house() {
    let house = House::open().await;
    let (ann, admin) = (house.guest("ann").await, house.admin().await);
    let refresh = json!({"refresh_token": ann.tokens["refresh_token"]});
    house
        .anyone()
        .post("/auth/refresh", &refresh)
        .await
        .expect(200);
    let session = ann.tokens["session"].as_str().unwrap();
    let mut secrets = BTreeSet::new();
    for stream in [format!("user-{}", ann.id), format!("session-{session}")] {
        let stream = StreamName::parse(&stream).unwrap();
        for event in house.journal.load(&stream, 0, 100).await.unwrap() {
            hashes(&serde_json::from_str(&event.data).unwrap(), &mut secrets);
        }
    }
    assert!(
        secrets.len() >= 3,
        "there is hardly anything to hide: {}",
        secrets.len()
    );
    house.settled().await;
    for path in [
        format!("/users/{}", ann.id),
        format!("/users/{}?at_version=1", ann.id),
        format!("/users/{}/history", ann.id),
        format!("/audit/streams/user/{}", ann.id),
        format!("/audit/streams/session/{session}"),
        "/audit/events?limit=100".to_owned(),
        "/users".to_owned(),
        "/auth/sessions".to_owned(),
    ] {
        let shown = admin.get(&path).await.expect(200).text;
        for secret in &secrets {
            assert!(!shown.contains(secret), "{path} shows a hash: {shown}");
        }
        assert!(!shown.contains("$argon2"), "{path}: {shown}");
    }
    house.close().await;
}

/// Every text whose name says that it is a hash.
fn hashes(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name.ends_with("_hash") || name == "presented" || name == "next" {
                    found.extend(value.as_str().map(ToOwned::to_owned));
                }
                hashes(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| hashes(item, found)),
        _ => {}
    }
}
