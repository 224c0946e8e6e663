//! Outages and service levels.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::incidents::{Scene, id};
use super::{PDF, new_policy};

#[tokio::test]
async fn an_outage_is_announced_linked_and_ended() {
    let s = Scene::open().await;
    let p = &s.platform;
    let incident = s.report("No water.").await;
    let outage = json!({
        "title": "No water", "details": "The main is mended.", "kind": "emergency",
        "buildings": [s.building], "starts_at": "2027-04-30T11:00:00Z",
    });
    let outage = id(&p.done(&s.manager, "POST", "outages", outage).await);
    let path = format!("outages/{outage}");
    let link = json!({"link": [incident], "title": "No water at all"});
    p.done(&s.manager, "PATCH", &path, link).await;
    let end = format!("{path}/end");
    let unknown = p.ask(&s.manager, "POST", &end, json!({})).await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.code()),
        (422, "finish_missing")
    );
    let early = json!({"finished_at": "2027-04-30T10:00:00Z"});
    let early = p.ask(&s.manager, "POST", &end, early).await;
    assert_eq!(
        (early.status.as_u16(), early.code()),
        (422, "finish_before_start")
    );
    let over = json!({"finished_at": "2027-04-30T11:30:00Z"});
    let done = p.done(&s.manager, "POST", &end, over).await;
    let seen = format!("{path}?min_position={}", done["position"]);
    let seen = p.done(&s.manager, "GET", &seen, Value::Null).await;
    assert_eq!(seen["incidents"], json!([incident]));
    assert_eq!(
        (&seen["over"], &seen["title"]),
        (&json!(true), &json!("No water at all"))
    );
    let listed = format!("outages?building={}&over=true", s.building);
    let listed = p.done(&s.manager, "GET", &listed, Value::Null).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    // To one who manages none of its buildings there is none.
    assert_eq!(p.get(&s.tenant, &path).await.status.as_u16(), 404);
    s.platform.stop().await;
}

#[tokio::test]
async fn each_manager_sees_of_an_outage_only_what_is_theirs() {
    let s = Scene::open().await;
    let p = &s.platform;
    let admin = p.admin().await;
    let neighbour = p.user("neighbour", &["member"]).await;
    let role = format!("users/{}/roles", neighbour.id);
    p.done(&admin, "POST", &role, json!({"role": "manager"}))
        .await;
    let address = json!({"lines": ["Rua do Ouro 9"], "city": "Lisboa", "country": "PT"});
    let next_door = json!({"name": "Next door", "address": address});
    let next_door = id(&p.done(&neighbour, "POST", "buildings", next_door).await);
    let incident = s.report("No water.").await;
    let outage = json!({
        "title": "No water", "details": "In both houses.", "kind": "emergency",
        "buildings": [s.building, next_door], "starts_at": "2027-04-30T11:00:00Z",
    });
    let outage = id(&p.done(&admin, "POST", "outages", outage).await);
    let path = format!("outages/{outage}");
    let linked = p
        .done(&admin, "PATCH", &path, json!({"link": [incident]}))
        .await;
    let least = format!("min_position={}", linked["position"]);

    for (who, theirs, others, sees) in [
        (&s.manager, &s.building, &next_door, true),
        (&neighbour, &next_door, &s.building, false),
    ] {
        for path in [
            format!("{path}?{least}"),
            format!("outages?building={theirs}&{least}"),
            format!("{path}/history"),
            format!("{path}?at_version=2"),
        ] {
            let told = p.done(who, "GET", &path, Value::Null).await.to_string();
            assert!(told.contains(theirs.as_str()), "{path}: {told}");
            assert!(!told.contains(others.as_str()), "{path}: {told}");
            assert_eq!(told.contains(incident.as_str()), sees, "{path}: {told}");
        }
    }
    let whole = p.done(&admin, "GET", &path, Value::Null).await;
    assert_eq!(whole["buildings"].as_array().unwrap().len(), 2);
    s.platform.stop().await;
}

#[tokio::test]
async fn the_history_of_a_file_names_no_owner_that_one_may_not_see() {
    let s = Scene::open().await;
    let p = &s.platform;
    let incident = s.report("No water.").await;
    let file = p.upload(&s.manager, "document", PDF).await;
    let documents = format!("buildings/{}/documents", s.building);
    let attach = json!({"file": file});
    p.done(&s.manager, "POST", &documents, attach.clone()).await;
    let there = format!("{documents}/{file}");
    p.done(&s.manager, "DELETE", &there, Value::Null).await;
    let attachments = format!("incidents/{incident}/attachments");
    p.done(&s.manager, "POST", &attachments, attach).await;

    for (who, sees) in [(&s.manager, true), (&s.tenant, false)] {
        for (path, of_the_past) in [("history", true), ("metadata?at_version=2", false)] {
            let path = format!("files/{file}/{path}");
            let told = p.done(who, "GET", &path, Value::Null).await.to_string();
            assert_eq!(told.contains(s.building.as_str()), sees, "{path}: {told}");
            assert_eq!(told.contains(incident.as_str()), of_the_past, "{told}");
        }
    }
    s.platform.stop().await;
}

#[tokio::test]
async fn a_service_level_holds_at_once_and_that_of_the_building_comes_first() {
    let s = Scene::open().await;
    let p = &s.platform;
    p.done(&s.admin, "PUT", "sla-policies", new_policy()).await;
    let incident = s.report("In the cellar.").await;
    let mut own = new_policy();
    own["building"] = json!(s.building);
    own["targets"]["high"]["resolve_minutes"] = json!(60);
    let set = p.done(&s.manager, "PUT", "sla-policies", own).await;
    assert_eq!(set["id"], json!(s.building));
    let path = format!("incidents/{incident}");
    let due = async || {
        let seen = p.done(&s.manager, "GET", &path, Value::Null).await;
        seen["service"]["resolve"]["due_at"].clone()
    };
    // The process holds what was reported before to it.
    for _ in 0..500 {
        if due().await == "2027-04-30T13:00:00Z" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(due().await, "2027-04-30T13:00:00Z");
    let shown = format!(
        "sla-policies/{}?min_position={}",
        s.building, set["position"]
    );
    let shown = p.done(&s.manager, "GET", &shown, Value::Null).await;
    assert_eq!(shown["targets"]["high"]["resolve_minutes"], 60);
    assert_eq!(shown["pauses"], json!(["deferred"]));
    let global = p.ask(&s.manager, "PUT", "sla-policies", new_policy()).await;
    assert_eq!(global.status.as_u16(), 403);
    // It is missed, told of once, and found by it.
    p.clock.advance(TimeDelta::minutes(61));
    let manager = p.log_in("manager@example.org").await;
    let list = format!(
        "incidents?role=manager&breached=true&building={}",
        s.building
    );
    // One clock may be told of a moment before the other.
    let story = format!("{path}/history");
    let mut told = Vec::new();
    for _ in 0..500 {
        told = breaches(&p.done(&manager, "GET", &story, Value::Null).await);
        if told.len() >= 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(told, ["take_charge", "resolve"]);
    let head = eventstore::Journal::head(&*p.cleanup.journal)
        .await
        .unwrap();
    let list = format!("{list}&min_position={head}");
    let found = p.done(&manager, "GET", &list, Value::Null).await;
    assert_eq!(found["items"][0]["id"], json!(incident));
    s.platform.stop().await;
}

/// The clocks that were missed, as a history tells it.
fn breaches(story: &Value) -> Vec<String> {
    let told = story["items"].as_array().unwrap().iter();
    told.filter(|event| event["type"] == "incident.sla_breached")
        .map(|event| event["data"]["clock"].as_str().unwrap().to_owned())
        .collect()
}
