//! The rows that a list shows to somebody, and no others.

use domain::export::ExportLocale;
use serde_json::{Value, json};

use super::super::incidents::Scene;
use super::super::rights::Things;
use super::super::{Client, PDF, Platform};
use super::{Documented, columns_of, lists};
use crate::export::Wanted;
use crate::export::csv::write;

/// A file that belongs to `owner`, as `what`.
async fn attached(p: &Platform, who: &Client, owner: &str, what: &str) {
    let file = p.upload(who, "document", PDF).await;
    let path = format!("{owner}/{what}");
    p.done(who, "POST", &path, json!({"file": file})).await;
}

/// One thing of each noun, and something in each list that belongs to one.
async fn furnished(p: &Platform, admin: &Client, host: &Client, guest: &Client) -> Things {
    let things = Things::make(p, admin, host, guest).await;
    let equipment = things.fill("equipment/{id}");
    let meter = things.fill("equipment/{id}/meters/{meter}/readings");
    let incident = things.fill("incidents/{id}");
    let read = json!({"value_e3": 1_500, "unit": "h"});
    p.done(admin, "POST", &meter, read).await;
    let down = json!({"reason": "smoke"});
    p.done(admin, "POST", &format!("{equipment}/down"), down)
        .await;
    let said = json!({"text": "=1+1"});
    p.done(admin, "POST", &format!("{incident}/comments"), said)
        .await;
    attached(p, admin, &incident, "attachments").await;
    attached(p, admin, &things.fill("buildings/{id}"), "documents").await;
    things
}

fn plain(value: &Value) -> String {
    let text = value.as_str();
    text.map_or_else(|| value.to_string(), str::to_owned)
}

/// The whole list as a file, read row by row.
async fn file(p: &Platform, who: &Client, wanted: &Value) -> Vec<u8> {
    let wanted = Wanted {
        app: p.app.clone(),
        actor: p.actor(who).await,
        list: serde_json::from_value(wanted["list"].clone()).unwrap(),
        filters: serde_json::from_value(wanted["filters"].clone()).unwrap(),
        locale: ExportLocale::En,
        page_rows: 1,
        rows_max: 1_000,
        deadline: tokio::time::Instant::now() + std::time::Duration::from_hours(1),
    };
    let first = wanted.first(None).await.unwrap();
    let body = crate::export::csv(wanted, first);
    axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap()
        .to_vec()
}

/// How many rows `who` sees of a list, which are those of the file. `None` where the route refuses.
async fn exported(p: &Platform, who: &Client, row: &Documented, path: &str) -> Option<usize> {
    let made = p.ask(who, "POST", "exports", row.wanted(path)).await;
    // What a process does meanwhile may be in the one and not in the other.
    for _ in 0..50 {
        let listed = p.get(who, path).await;
        if !listed.status.is_success() {
            assert_eq!(made.status, listed.status, "{row:?}: {made:?}");
            assert_eq!(made.code(), listed.code(), "{row:?}");
            return None;
        }
        assert_eq!(made.status.as_u16(), 201, "{row:?}: {made:?}");
        let items = listed.json["items"].as_array().unwrap();
        let shown = write(columns_of(&row.list), items, ExportLocale::En, true).unwrap();
        let file = file(p, who, &row.wanted(path)).await;
        let is_whole = listed.json["next_cursor"].is_null();
        if file == shown || !is_whole && file.starts_with(&shown) {
            return Some(items.len());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{row:?} is not what the list answers");
}

/// Refusals are written down behind the requests.
async fn until_refusals_are_written(p: &Platform, admin: &Client) {
    for _ in 0..600 {
        let found = p.get(admin, "audit/security-events").await;
        if !found.json["items"].as_array().unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no refusal was written down");
}

#[tokio::test]
async fn each_list_is_exported_with_the_rights_that_it_has() {
    let p = Platform::start().await;
    let admin = p.admin().await;
    let host = p.user("host", &["member", "host"]).await;
    let guest = p.user("guest", &["member"]).await;
    let stranger = p.user("stranger", &["member"]).await;
    let things = furnished(&p, &admin, &host, &guest).await;
    let head = eventstore::Journal::head(&*p.cleanup.journal).await;
    let least = format!("audit/events?min_position={}", head.unwrap());
    let events = p.get(&admin, &least).await;
    let refused = p.get(&stranger, "users").await;
    assert_eq!(refused.status.as_u16(), 403);
    until_refusals_are_written(&p, &admin).await;
    let correlation = plain(&events.json["items"][0]["correlation_id"]);
    let routes = lists();

    for row in Documented::all() {
        let (.., parameters) = routes.iter().find(|r| r.0 == row.pattern).unwrap();
        let is_paged = parameters.contains("limit");
        let path = things.fill(&row.pattern.replace("{correlation}", &correlation));
        let path = if is_paged {
            format!("{path}?limit=100")
        } else {
            path
        };
        let mut most = 0;
        for who in [&admin, &host, &guest, &stranger] {
            let rows = exported(&p, who, &row, &path).await;
            most = most.max(rows.unwrap_or_default());
        }
        assert!(most > 0, "{row:?} has no rows");
    }
    p.stop().await;
}

#[tokio::test]
async fn what_is_internal_is_in_no_file_of_the_reporter() {
    let s = Scene::open().await;
    let (p, incident) = (&s.platform, s.report("It drips.").await);
    let comments = format!("incidents/{incident}/comments");
    let public = json!({"text": "=1+1"});
    p.done(&s.tenant, "POST", &comments, public).await;
    let internal = json!({"text": "nobody knows", "visibility": "internal"});
    let done = p.done(&s.manager, "POST", &comments, internal).await;
    let least = format!("{comments}?min_position={}", done["position"]);
    p.done(&s.manager, "GET", &least, Value::Null).await;
    for (list, filters) in [
        ("comments", json!({"incident": incident})),
        ("history", json!({"noun": "incident", "id": incident})),
    ] {
        let wanted = json!({"list": list, "filters": filters});
        let of = async |who| String::from_utf8(file(p, who, &wanted).await).unwrap();
        let (reporter, manager) = (of(&s.tenant).await, of(&s.manager).await);
        assert!(manager.contains("nobody knows"), "{manager}");
        assert!(!reporter.contains("nobody knows"), "{reporter}");
        assert!(reporter.contains("=1+1"), "{reporter}");
        // A cell of its own is no formula.
        assert!(!reporter.contains(",=1+1"), "{reporter}");
    }
    s.platform.stop().await;
}

#[tokio::test]
async fn what_an_export_needs_is_told_at_once() {
    let p = Platform::start().await;
    let admin = p.admin().await;
    for (list, filters, faults) in [
        (
            "lots",
            json!({}),
            vec![("/filters/building", "missing_parameter")],
        ),
        (
            "readings",
            json!({"equipment": "x", "colour": "red"}),
            vec![
                ("/filters/colour", "unknown_parameter"),
                ("/filters/equipment", "not_an_id"),
                ("/filters/meter", "missing_parameter"),
            ],
        ),
        (
            "history",
            json!({"id": "x"}),
            vec![("/filters/noun", "missing_parameter")],
        ),
        (
            "history",
            json!({"noun": "cloud"}),
            vec![("/filters/noun", "unknown_word")],
        ),
        (
            "history",
            json!({"noun": "lot", "id": "x"}),
            vec![("/filters/noun", "unknown_word")],
        ),
        (
            "projections",
            json!({"name": "x"}),
            vec![("/filters/name", "unknown_parameter")],
        ),
    ] {
        let wanted = json!({"list": list, "format": "csv", "filters": filters});
        let answer = p.ask(&admin, "POST", "exports", wanted).await;
        assert_eq!(answer.status.as_u16(), 422, "{answer:?}");
        let told = answer.faults();
        let told: Vec<_> = told.iter().map(|(name, code)| (&**name, &**code)).collect();
        assert_eq!(told, faults, "{list}");
    }
    p.stop().await;
}
