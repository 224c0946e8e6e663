//! An incident from its report to its end, and what is refused on the way.

use axum::http::header;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Client, Platform};

/// By day and by night: high in 60 minutes and 600.
pub fn new_policy() -> Value {
    let always: Vec<Value> = (1..=7)
        .map(|weekday| json!({"weekday": weekday, "from": 0, "until": 1440}))
        .collect();
    json!({
        "calendar": {"zone": "Europe/Lisbon", "openings": always, "holidays": ["2027-12-25"]},
        "targets": {"high": {"take_charge_minutes": 60, "resolve_minutes": 600}},
    })
}

fn leak(building: &str, details: &str) -> Value {
    json!({
        "building": building, "category": "plumbing", "priority": "high",
        "title": "Water", "details": details,
    })
}

pub fn id(done: &Value) -> String {
    done["id"].as_str().unwrap().to_owned()
}

/// An incident and an outage in `building`, and the service level of all buildings.
pub async fn one_of_each(p: &Platform, admin: &Client, building: &str) -> [String; 2] {
    p.done(admin, "PUT", "sla-policies", new_policy()).await;
    let incident = id(&p
        .done(admin, "POST", "incidents", leak(building, "It drips."))
        .await);
    let outage = json!({
        "title": "No water", "details": "Until noon.", "kind": "planned",
        "buildings": [building], "starts_at": "2027-05-01T08:00:00Z",
    });
    let outage = p.done(admin, "POST", "outages", outage).await;
    let least = format!("incidents?min_position={}", outage["position"]);
    p.done(admin, "GET", &least, Value::Null).await;
    [incident, id(&outage)]
}

pub struct Scene {
    pub platform: Platform,
    pub admin: Client,
    pub manager: Client,
    pub tenant: Client,
    pub building: String,
}

impl Scene {
    /// A manager with a building, and somebody who lives in it.
    pub async fn open() -> Self {
        let platform = Platform::start().await;
        let admin = platform.admin().await;
        let manager = platform.user("manager", &["member"]).await;
        let role = format!("users/{}/roles", manager.id);
        platform
            .done(&admin, "POST", &role, json!({"role": "manager"}))
            .await;
        let tenant = platform.user("tenant", &["member"]).await;
        let house = json!({
            "name": "B", "address": {"lines": ["1"], "city": "Lisbon", "country": "PT"},
        });
        let building = id(&platform.done(&manager, "POST", "buildings", house).await);
        Self {
            platform,
            admin,
            manager,
            tenant,
            building,
        }
    }

    pub async fn report(&self, details: &str) -> String {
        let body = leak(&self.building, details);
        let done = self.platform.done(&self.tenant, "POST", "incidents", body);
        id(&done.await)
    }

    /// Goes a step and waits until it can be seen.
    pub async fn step(&self, who: &Client, incident: &str, verb: &str, body: Value) -> Value {
        let path = format!("incidents/{incident}/{verb}");
        let done = self.platform.done(who, "POST", &path, body).await;
        let least = format!("incidents/{incident}?min_position={}", done["position"]);
        self.platform.done(who, "GET", &least, Value::Null).await
    }

    async fn refused(&self, who: &Client, path: &str, body: Value) -> (u16, String) {
        let answer = self.platform.ask(who, "POST", path, body).await;
        (answer.status.as_u16(), answer.code().to_owned())
    }
}

#[tokio::test]
async fn an_incident_goes_from_its_report_to_its_close() {
    let s = Scene::open().await;
    let p = &s.platform;
    p.done(&s.admin, "PUT", "sla-policies", new_policy()).await;
    let incident = s.report("In the cellar.").await;
    p.clock.advance(TimeDelta::minutes(20));
    let assign = json!({"assignee": s.manager.id});
    s.step(&s.manager, &incident, "assign", assign).await;
    let started = s.step(&s.manager, &incident, "start", Value::Null).await;
    assert_eq!(started["state"], "in_progress");
    assert_eq!(started["contact"]["name"], "tenant");
    let clock = |seen: &Value, name: &str| seen["service"][name].clone();
    let take_charge = clock(&started, "take_charge");
    assert_eq!(take_charge["state"], "stopped");
    assert_eq!(take_charge["elapsed_seconds"], 20 * 60);
    assert_eq!(take_charge["breached"], false);
    assert_eq!(clock(&started, "resolve")["due_at"], "2027-04-30T22:00:00Z");
    // Half an hour of waiting moves the deadline by as much, and while it waits there is none.
    let until = json!({"until": "2027-05-02T12:00:00Z", "reason": "A part."});
    let waiting = s.step(&s.manager, &incident, "defer", until).await;
    assert_eq!(clock(&waiting, "resolve")["due_at"], Value::Null);
    assert_eq!(clock(&waiting, "resolve")["state"], "paused");
    p.clock.advance(TimeDelta::minutes(30));
    let open = s.step(&s.manager, &incident, "resume", Value::Null).await;
    assert_eq!(clock(&open, "resolve")["due_at"], "2027-04-30T22:30:00Z");
    assert_eq!(clock(&open, "resolve")["paused_seconds"], 1_800);

    let close = format!("incidents/{incident}/close");
    let refused = p.ask(&s.manager, "POST", &close, Value::Null).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "transition_illegal")
    );
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(
        detail.contains("`open`") && detail.contains("`closed`"),
        "{detail}"
    );
    s.step(&s.manager, &incident, "start", Value::Null).await;
    let empty = json!({"resolution": " "});
    let complete = format!("incidents/{incident}/complete");
    assert_eq!(
        s.refused(&s.manager, &complete, empty).await,
        (422, "text_blank".to_owned())
    );
    let resolution = json!({"resolution": "The pipe is new."});
    s.step(&s.manager, &incident, "complete", resolution).await;
    let reason = json!({"reason": "It drips again."});
    let reopened = s.step(&s.tenant, &incident, "reopen", reason).await;
    assert_eq!(reopened["reopened"], 1);
    assert_eq!(reopened["assignee"], json!(s.manager.id));
    s.step(&s.manager, &incident, "start", Value::Null).await;
    let resolution = json!({"resolution": "The wall is dry."});
    s.step(&s.manager, &incident, "complete", resolution).await;
    let closed = s.step(&s.tenant, &incident, "close", Value::Null).await;
    assert_eq!(closed["state"], "closed");
    let then = format!("incidents/{incident}?at_version=1");
    let then = p.done(&s.tenant, "GET", &then, Value::Null).await;
    assert_eq!(then["version"], 1);
    s.platform.stop().await;
}

#[tokio::test]
async fn what_is_said_internally_never_reaches_the_reporter() {
    let s = Scene::open().await;
    let p = &s.platform;
    let incident = s.report("In the cellar.").await;
    let comments = format!("incidents/{incident}/comments");
    let secret = json!({"text": "He is late with the rent.", "visibility": "internal"});
    p.done(&s.manager, "POST", &comments, secret.clone()).await;
    let open = json!({"text": "We come on Monday."});
    let done = p.done(&s.manager, "POST", &comments, open).await;
    assert_eq!(
        s.refused(&s.tenant, &comments, secret).await,
        (403, "comment_type_not_allowed".to_owned())
    );
    let least = format!("?min_position={}", done["position"]);
    let paths = [
        format!("{comments}{least}"),
        format!("incidents/{incident}{least}"),
        format!("incidents/{incident}/history"),
        format!("incidents/{incident}?at_version=3"),
        format!("incidents?search=rent&{}", &least[1..]),
        format!("incidents?{}", &least[1..]),
    ];
    for path in &paths {
        let seen = p
            .done(&s.tenant, "GET", path, Value::Null)
            .await
            .to_string();
        assert!(
            !seen.contains("rent") && !seen.contains("internal"),
            "{path}: {seen}"
        );
    }
    for path in [&paths[0], &paths[2]] {
        let seen = p
            .done(&s.manager, "GET", path, Value::Null)
            .await
            .to_string();
        assert!(seen.contains("late with the rent"), "{path}: {seen}");
    }
    let said = p.done(&s.tenant, "GET", &paths[0], Value::Null).await;
    assert_eq!(said["items"].as_array().unwrap().len(), 1);
    let audit = format!("/api/v1/audit/streams/incident/{incident}");
    assert_eq!(p.get(&s.tenant, &audit).await.status.as_u16(), 403);
    s.platform.stop().await;
}

#[tokio::test]
async fn a_flood_of_reports_is_refused_and_told_when_to_try_again() {
    let s = Scene::open().await;
    let p = &s.platform;
    let first = leak(&s.building, "In the cellar.");
    let same = leak(&s.building, "  in the CELLAR. ");
    p.done(&s.tenant, "POST", "incidents", first).await;
    p.clock.advance(TimeDelta::minutes(40));
    p.done(&s.tenant, "POST", "incidents", same.clone()).await;
    let third = p.ask(&s.tenant, "POST", "incidents", same.clone()).await;
    assert_eq!(
        (third.status.as_u16(), third.code()),
        (429, "report_repeated")
    );
    assert_eq!(third.headers[header::RETRY_AFTER], "84000");
    for number in 2..10 {
        s.report(&format!("Leak {number}.")).await;
    }
    let more = leak(&s.building, "Yet another.");
    let eleventh = p.ask(&s.tenant, "POST", "incidents", more.clone()).await;
    assert_eq!(
        (eleventh.status.as_u16(), eleventh.code()),
        (429, "reports_too_many")
    );
    // Neither another reporter nor another day is concerned.
    p.done(&s.manager, "POST", "incidents", more.clone()).await;
    p.clock.advance(TimeDelta::hours(24));
    let tenant = p.log_in("tenant@example.org").await;
    p.done(&tenant, "POST", "incidents", more).await;
    s.platform.stop().await;
}

#[tokio::test]
async fn an_incident_is_its_parties_business_alone() {
    let s = Scene::open().await;
    let p = &s.platform;
    let incident = s.report("In the cellar.").await;
    let stranger = p.user("stranger", &["member"]).await;
    let start = format!("incidents/{incident}/start");
    assert_eq!(
        s.refused(&stranger, &start, Value::Null).await,
        (404, "incident_unknown".to_owned())
    );
    assert_eq!(
        s.refused(&s.tenant, &start, Value::Null).await,
        (403, "permission_missing".to_owned())
    );
    let withdraw = format!("incidents/{incident}/withdraw");
    assert_eq!(
        s.refused(&s.manager, &withdraw, Value::Null).await,
        (403, "not_the_reporter".to_owned())
    );
    let assign = format!("incidents/{incident}/assign");
    let unfit = json!({"assignee": s.tenant.id});
    assert_eq!(
        s.refused(&s.manager, &assign, unfit).await,
        (422, "assignee_unfit".to_owned())
    );
    let nowhere = leak("0190f1a0-0000-7000-8000-000000000001", "Nowhere.");
    assert_eq!(
        s.refused(&s.tenant, "incidents", nowhere).await,
        (422, "building_unknown".to_owned())
    );
    let seen = s.step(&s.tenant, &incident, "withdraw", Value::Null).await;
    assert_eq!(seen["state"], "withdrawn");
    let late = json!({"text": "One more thing."});
    let comments = format!("incidents/{incident}/comments");
    assert_eq!(
        s.refused(&s.tenant, &comments, late.clone()).await,
        (409, "incident_over".to_owned())
    );
    p.done(&s.manager, "POST", &comments, late).await;
    s.platform.stop().await;
}

#[tokio::test]
async fn incidents_are_listed_by_what_is_asked_for() {
    let s = Scene::open().await;
    let p = &s.platform;
    p.done(&s.admin, "PUT", "sla-policies", new_policy()).await;
    let first = s.report("In the cellar.").await;
    let second = s.report("On the roof.").await;
    let urgent = json!({"due_at": "2027-04-30T13:00:00Z", "category": "roof"});
    let path = format!("incidents/{second}");
    let done = p.done(&s.manager, "PATCH", &path, urgent).await;
    let least = format!("min_position={}", done["position"]);
    let ids = async |who: &Client, query: &str| -> Vec<String> {
        let path = format!("incidents?{query}&{least}");
        let found = p.done(who, "GET", &path, Value::Null).await;
        found["items"].as_array().unwrap().iter().map(id).collect()
    };
    let both = vec![second.clone(), first.clone()];
    assert_eq!(ids(&s.tenant, "limit=10").await, both);
    assert_eq!(ids(&s.manager, "role=manager&sort=due").await, both);
    assert!(ids(&s.manager, "limit=10").await.is_empty());
    let one = vec![second.clone()];
    for query in [
        "role=all&category=roof",
        "role=all&search=ROOF+water",
        "role=all&sort=due&limit=1",
    ] {
        assert_eq!(ids(&s.admin, query).await, one, "{query}");
    }
    for query in [
        "role=all&breached=true",
        "role=all&state=closed",
        "role=all&open=false",
    ] {
        assert!(ids(&s.admin, query).await.is_empty(), "{query}");
    }
    let answer = p.get(&s.tenant, "incidents?role=all").await;
    assert_eq!(answer.status.as_u16(), 403);
    let answer = p.get(&s.tenant, "incidents?state=lost").await;
    assert_eq!(answer.status.as_u16(), 422);
    s.platform.stop().await;
}
