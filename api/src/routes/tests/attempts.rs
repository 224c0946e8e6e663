//! Wrong passwords, repeated sign-ups and refused access: counted, and on record.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Client, PASSWORD, Platform};
use crate::testing::Answer;

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

#[tokio::test]
async fn signing_up_does_not_tell_whether_an_address_has_an_account() {
    let platform = Platform::start().await;
    let admin = platform.admin().await;
    let ana = platform.user("ana", &["member"]).await;
    let nobody = Client::default();
    let body = |email: &str, name: &str| json!({"email": email, "password": "nine lazy herons", "name": name});

    let taken = body(" ANA@example.org", "Eve");
    let taken = platform.ask(&nobody, "POST", "auth/signup", taken).await;
    let free = body(" BEA@example.org", "Bea");
    let free = platform.ask(&nobody, "POST", "auth/signup", free).await;

    assert_eq!(taken.status, free.status);
    assert_eq!(taken.json, json!({"email": "ana@example.org"}));
    assert_eq!(free.json, json!({"email": "bea@example.org"}));
    let names = |answer: &Answer| {
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&taken), names(&free));
    // Whoever has the account still has it, and it can be seen what was tried.
    platform.log_in("ana@example.org").await;
    let event = refusal(&platform, &admin, "kind=sign_up_repeated").await;
    assert_eq!(event["user_id"], json!(ana.id));
    platform.stop().await;
}

/// The latest refusal that fits, once it is written down.
async fn refusal(platform: &Platform, admin: &Client, which: &str) -> Value {
    let path = format!("audit/security-events?{which}");
    for _ in 0..600 {
        let found = platform.done(admin, "GET", &path, Value::Null).await;
        if let Some(event) = found["items"].get(0) {
            return event.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no refusal with {which} was written down");
}

#[tokio::test]
async fn wrong_passwords_are_counted_by_address_and_by_account_and_written_down() {
    let count = |number: u32| number.try_into().unwrap();
    let platform = Platform::start_with(|settings| {
        let identity = &mut settings.identity;
        identity.login_burst_address = count(3);
        identity.login_rate_address = count(3);
        identity.login_burst_account = count(5);
        identity.login_rate_account = count(30);
    })
    .await;
    let admin = platform.admin().await;
    let ana = platform.user("ana", &["member"]).await;
    let try_it = async |from: &str, email: &str, password: &str| {
        let client = Client::default().from(from);
        let body = credentials(email, password);
        let answer = platform.ask(&client, "POST", "auth/login", body).await;
        (answer.status.as_u16(), answer.code().to_owned())
    };
    let wrong = "not the password";

    // From one address three times, whether there is such an account or not.
    for email in ["ana@example.org", "nobody@example.org", "ana@example.org"] {
        assert_eq!(try_it("203.0.113.7", email, wrong).await.0, 401);
    }
    for email in ["ana@example.org", "nobody@example.org"] {
        let held_back = try_it("203.0.113.7", email, PASSWORD).await;
        assert_eq!(held_back, (429, "too_many_attempts".to_owned()));
    }
    // Ana comes in from elsewhere, as often as she likes: what succeeds does not count.
    for _ in 0..10 {
        assert_eq!(
            try_it("203.0.113.8", "ana@example.org", PASSWORD).await.0,
            200
        );
    }
    // The address gets an attempt back in 20 s.
    platform.clock.advance(TimeDelta::seconds(20));
    assert_eq!(try_it("203.0.113.7", "ana@example.org", wrong).await.0, 401);
    assert_eq!(try_it("203.0.113.7", "ana@example.org", wrong).await.0, 429);

    // On one account five times, from wherever: the sixth waits for two seconds.
    for number in 0..5 {
        let from = format!("198.51.100.{number}");
        assert_eq!(try_it(&from, "bea@example.org", wrong).await.0, 401);
    }
    assert_eq!(
        try_it("198.51.100.9", "bea@example.org", wrong).await.0,
        429
    );
    platform.clock.advance(TimeDelta::seconds(2));
    assert_eq!(
        try_it("198.51.100.9", "bea@example.org", wrong).await.0,
        401
    );

    let failed = "kind=login_failed&ip=203.0.113.7";
    let event = refusal(&platform, &admin, &format!("{failed}&user={}", ana.id)).await;
    assert_eq!(event["code"], "credentials_invalid");
    assert_eq!(event["route"], "/api/v1/auth/login");
    let account = event["account"].as_str().unwrap();
    assert!(!account.contains("ana"), "{account}");
    refusal(&platform, &admin, "kind=login_held_back&ip=198.51.100.9").await;
    platform.stop().await;
}

#[tokio::test]
async fn refused_access_is_written_down_and_seen_by_administrators_alone() {
    let platform = Platform::start().await;
    let admin = platform.admin().await;
    let ana = platform.user("ana", &["member"]).await;

    for path in ["users", "audit/security-events", "users"] {
        let refused = platform.get(&ana, path).await;
        assert_eq!(refused.status.as_u16(), 403, "{path}");
    }

    let which = format!("kind=access_refused&user={}", ana.id);
    let event = refusal(&platform, &admin, &which).await;
    assert_eq!(event["code"], "permission_missing");
    assert_eq!(event["method"], "GET");
    platform.stop().await;
}
