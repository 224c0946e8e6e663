//! Coming in, staying in, being put out.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Client, PASSWORD, Platform};

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

#[tokio::test]
async fn whatever_is_wrong_with_credentials_the_answer_is_one() {
    let platform = Platform::start().await;
    platform.user("ana", &["member"]).await;
    let nobody = Client::default();

    let mut said = Vec::new();
    for body in [
        credentials("ana@example.org", "not the password"),
        credentials("nobody@example.org", PASSWORD),
        credentials("no address at all", PASSWORD),
    ] {
        let mut answer = platform.ask(&nobody, "POST", "auth/login", body).await;
        answer.json["request_id"] = Value::Null;
        said.push((answer.status.as_u16(), answer.json));
    }

    assert_eq!(said[0].0, 401);
    assert_eq!(said[0].1["code"], "credentials_invalid");
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    platform.stop().await;
}

#[tokio::test]
async fn what_cannot_be_signed_up_with_is_told() {
    let platform = Platform::start().await;
    platform.user("ana", &["member"]).await;
    let nobody = Client::default();
    let body = |email: &str, password: &str, role: &str| json!({"email": email, "password": password, "name": "X", "roles": [role]});

    for (body, status, code) in [
        (
            body("b@example.org", "password123", "member"),
            422,
            "body_invalid",
        ),
        (
            body("b@example.org", PASSWORD, "admin"),
            403,
            "permission_missing",
        ),
        (body("b@example.org", PASSWORD, "king"), 422, "body_invalid"),
        (body("nothing", PASSWORD, "member"), 422, "email_malformed"),
    ] {
        let answer = platform.ask(&nobody, "POST", "auth/signup", body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{answer:?}"
        );
    }
    platform.stop().await;
}

#[tokio::test]
async fn auth_takes_no_key() {
    let platform = Platform::start().await;
    let nobody = Client::default().with("idempotency-key", "k");

    let body = credentials("admin@cadastre.local", PASSWORD);
    let answer = platform.ask(&nobody, "POST", "auth/login", body).await;

    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (422, "idempotency_key_invalid")
    );
    platform.stop().await;
}

#[tokio::test]
async fn a_token_ends_with_its_session() {
    let platform = Platform::start().await;
    let ana = platform.user("ana", &["member"]).await;
    let elsewhere = platform.log_in("ana@example.org").await;

    platform
        .done(&ana, "POST", "auth/logout", Value::Null)
        .await;

    let refused = platform.get(&ana, "auth/me").await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (401, "session_ended")
    );
    // Who logs out twice is not told off.
    platform
        .done(&ana, "POST", "auth/logout", Value::Null)
        .await;
    platform
        .done(&elsewhere, "GET", "auth/me", Value::Null)
        .await;
    let third = platform.log_in("ana@example.org").await;
    platform
        .done(&third, "POST", "auth/logout-all", Value::Null)
        .await;
    for gone in [&elsewhere, &third] {
        assert_eq!(platform.get(gone, "auth/me").await.status.as_u16(), 401);
    }
    platform.stop().await;
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let platform = Platform::start().await;
    let ana = platform.user("ana", &["member"]).await;
    let elsewhere = platform.log_in("ana@example.org").await;
    let change = |old: &str, new: &str| json!({"current_password": old, "new_password": new});

    let wrong = change("not the password", "eight lazy herons");
    let wrong = platform
        .ask(&ana, "POST", "auth/change-password", wrong)
        .await;
    assert_eq!(wrong.status.as_u16(), 422);
    let weak = change(PASSWORD, "short");
    let weak = platform
        .ask(&ana, "POST", "auth/change-password", weak)
        .await;
    assert_eq!(weak.status.as_u16(), 422);
    let good = change(PASSWORD, "eight lazy herons");
    platform
        .done(&ana, "POST", "auth/change-password", good)
        .await;

    platform.done(&ana, "GET", "auth/me", Value::Null).await;
    assert_eq!(
        platform.get(&elsewhere, "auth/me").await.status.as_u16(),
        401
    );
    let old = credentials("ana@example.org", PASSWORD);
    let old = platform
        .ask(&Client::default(), "POST", "auth/login", old)
        .await;
    assert_eq!(old.status.as_u16(), 401);
    platform.stop().await;
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_theft_ends_the_session() {
    let platform = Platform::start().await;
    let ana = platform.user("ana", &["member"]).await;
    let nobody = Client::default();
    let renew = |tokens: &Value| json!({"refresh_token": tokens["refresh_token"]});

    let second = platform
        .done(&nobody, "POST", "auth/refresh", renew(&ana.tokens))
        .await;
    let in_use = Client {
        tokens: second.clone(),
        ..ana.clone()
    };
    platform.done(&in_use, "GET", "auth/me", Value::Null).await;
    // Until a minute later it could have been a tab beside this one.
    platform.clock.advance(TimeDelta::seconds(61));
    let stolen = platform
        .ask(&nobody, "POST", "auth/refresh", renew(&ana.tokens))
        .await;

    assert_eq!(
        (stolen.status.as_u16(), stolen.code()),
        (401, "refresh_token_invalid")
    );
    let after = platform
        .ask(&nobody, "POST", "auth/refresh", renew(&second))
        .await;
    assert_eq!(
        (after.status.as_u16(), after.code()),
        (401, "refresh_token_invalid")
    );
    assert_eq!(platform.get(&in_use, "auth/me").await.status.as_u16(), 401);
    platform.stop().await;
}

#[tokio::test]
async fn a_lost_answer_to_a_refresh_is_no_theft() {
    let platform = Platform::start().await;
    let ana = platform.user("ana", &["member"]).await;
    let nobody = Client::default();
    let renew = |tokens: &Value| json!({"refresh_token": tokens["refresh_token"]});

    let lost = platform
        .done(&nobody, "POST", "auth/refresh", renew(&ana.tokens))
        .await;
    let again = platform
        .done(&nobody, "POST", "auth/refresh", renew(&ana.tokens))
        .await;

    assert_ne!(again["refresh_token"], lost["refresh_token"]);
    let ana = Client {
        tokens: again,
        ..ana
    };
    platform.done(&ana, "GET", "auth/me", Value::Null).await;
    platform.stop().await;
}

#[tokio::test]
async fn one_who_is_suspended_may_do_nothing_at_the_next_request() {
    let platform = Platform::start().await;
    let admin = platform.admin().await;
    let ana = platform.user("ana", &["member"]).await;
    let path = |verb: &str| format!("users/{}/{verb}", ana.id);
    let reason = json!({"reason": "a complaint"});

    platform
        .done(&admin, "POST", &path("suspend"), reason.clone())
        .await;

    assert_eq!(platform.get(&ana, "auth/me").await.status.as_u16(), 401);
    let login = credentials("ana@example.org", PASSWORD);
    let told = platform
        .ask(&Client::default(), "POST", "auth/login", login)
        .await;
    assert_eq!((told.status.as_u16(), told.code()), (403, "user_suspended"));
    let login = credentials("ana@example.org", "not the password");
    let told = platform
        .ask(&Client::default(), "POST", "auth/login", login)
        .await;
    assert_eq!(told.code(), "credentials_invalid");
    platform
        .done(&admin, "POST", &path("reactivate"), reason)
        .await;
    platform.log_in("ana@example.org").await;
    platform.stop().await;
}

#[tokio::test]
async fn a_session_that_a_suspension_ended_does_not_come_back() {
    let platform = Platform::start().await;
    let admin = platform.admin().await;
    let ana = platform.user("ana", &["member"]).await;
    let path = |verb: &str| format!("users/{}/{verb}", ana.id);
    for verb in ["suspend", "reactivate"] {
        let reason = json!({"reason": "a complaint"});
        platform.done(&admin, "POST", &path(verb), reason).await;
    }

    assert_eq!(platform.get(&ana, "auth/me").await.status.as_u16(), 401);
    let body = json!({"refresh_token": ana.tokens["refresh_token"]});
    let refused = platform
        .ask(&Client::default(), "POST", "auth/refresh", body)
        .await;
    assert_eq!(refused.code(), "refresh_token_invalid");
    let again = platform.log_in("ana@example.org").await;
    let head = eventstore::Journal::head(&*platform.cleanup.journal).await;
    let least = format!("min_position={}", head.unwrap());
    let live = format!("auth/sessions?{least}");
    let live = platform.get(&again, &live).await.json;
    assert_eq!(live["items"].as_array().unwrap().len(), 1, "{live}");
    let all = format!("auth/sessions?ended=true&{least}");
    let all = platform.get(&again, &all).await.json;
    let old = &all["items"][1];
    assert_eq!(
        (&old["status"], &old["end_reason"]),
        (&json!("ended"), &json!("suspended")),
        "{all}"
    );
    platform.stop().await;
}

#[tokio::test]
async fn a_password_that_was_given_out_opens_nothing_but_its_change() {
    let platform = Platform::start().await;
    let admin = platform.admin().await;
    let body = json!({"email": "tom@example.org", "name": "Tom", "password": PASSWORD});
    platform.done(&admin, "POST", "users", body).await;
    let tom = platform.log_in("tom@example.org").await;
    assert_eq!(tom.tokens["password_change_required"], true);

    for (method, path) in [
        ("GET", "users/me"),
        ("GET", "auth/sessions"),
        ("PATCH", "users/me"),
    ] {
        let body = if method == "GET" {
            Value::Null
        } else {
            json!({"name": "Thomas"})
        };
        let refused = platform.ask(&tom, method, path, body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "password_change_required"),
            "{method} {path}"
        );
    }
    let me = platform.done(&tom, "GET", "auth/me", Value::Null).await;
    assert_eq!(me["password_change_required"], true);
    let same = json!({"current_password": PASSWORD, "new_password": PASSWORD});
    let same = platform
        .ask(&tom, "POST", "auth/change-password", same)
        .await;
    assert_eq!(same.status.as_u16(), 422);
    let change = json!({"current_password": PASSWORD, "new_password": "eight lazy herons"});
    platform
        .done(&tom, "POST", "auth/change-password", change)
        .await;
    platform.done(&tom, "GET", "users/me", Value::Null).await;
    platform.stop().await;
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let platform = Platform::start().await;
    let admin = platform.admin().await;
    let own = format!("users/{}", admin.id);

    let left = platform.ask(&admin, "DELETE", &own, Value::Null).await;
    let role = format!("{own}/roles/super_admin");
    let revoked = platform.ask(&admin, "DELETE", &role, Value::Null).await;
    let suspended = platform
        .ask(
            &admin,
            "POST",
            &format!("{own}/suspend"),
            json!({"reason": "x"}),
        )
        .await;

    for answer in [left, revoked, suspended] {
        assert!(matches!(answer.status.as_u16(), 403 | 409), "{answer:?}");
    }
    platform.done(&admin, "GET", "auth/me", Value::Null).await;
    platform.stop().await;
}

#[tokio::test]
async fn a_token_is_explained_to_services() {
    let platform = Platform::start().await;
    let ana = platform.user("ana", &["member"]).await;
    let token = json!({"token": ana.tokens["access_token"]});

    let good = platform
        .done(&Client::default(), "POST", "auth/verify", token.clone())
        .await;
    platform
        .done(&ana, "POST", "auth/logout", Value::Null)
        .await;
    let over = platform
        .done(&Client::default(), "POST", "auth/verify", token)
        .await;

    assert_eq!(
        (&good["active"], &good["sub"]),
        (&json!(true), &json!(ana.id))
    );
    assert_eq!(
        over,
        json!({"active": false, "roles": [], "permissions": []})
    );
    platform.stop().await;
}
