//! Alive, ready, measured: what everyone is told, and what operators are.

use axum::http::StatusCode;
use serde_json::json;

use super::{Client, Platform};
use crate::readiness::{Check, Readiness};

#[tokio::test]
async fn what_everyone_is_told_names_no_part_and_operators_are_told_of_each() {
    let p = Platform::start().await;
    let anyone = Client::default();
    let ready = p.get(&anyone, "/ready").await;
    assert_eq!(
        (ready.status, ready.json),
        (StatusCode::OK, json!({"status": "ready"}))
    );
    assert_eq!(
        p.get(&anyone, "/metrics").await.status,
        StatusCode::NOT_FOUND
    );
    let told = p.operator("/ready").await;
    assert_eq!(told.status, StatusCode::OK, "{told:?}");
    let names: Vec<_> = told.json["checks"].as_array().unwrap().iter().collect();
    let names: Vec<_> = names
        .iter()
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    let parts = [
        "database",
        "migrations",
        "writer",
        "projections",
        "processes",
        "tasks",
    ];
    assert_eq!(names, parts);
    let measured = p.operator("/metrics").await;
    let text = String::from_utf8_lossy(&measured.bytes);
    assert!(
        text.contains(r#"cadastre_task_panics_total{task="processes"} 0"#),
        "{text}"
    );

    // Told to stop: no new requests should be sent here, and that is what is answered.
    p.app.edge.drain();
    let ready = p.get(&anyone, "/ready").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json, json!({"status": "not_ready"}));
    let told = p.operator("/ready").await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(told.json["checks"][6]["name"], "server", "{told:?}");
    p.stop().await;
}

#[tokio::test]
async fn each_part_is_named_though_one_says_no_and_another_says_nothing() {
    let says_no = || std::future::ready(Err("It is full.".to_owned()));
    let readiness = Readiness::new(vec![
        Check {
            name: "good",
            ask: Box::new(|| Box::pin(std::future::ready(Ok(None)))),
        },
        Check {
            name: "full",
            ask: Box::new(move || Box::pin(says_no())),
        },
        Check {
            name: "silent",
            ask: Box::new(|| Box::pin(std::future::pending())),
        },
    ]);
    assert!(!readiness.parts()[0].is_well(), "nothing was looked at yet");
    readiness.look().await;
    let parts = readiness.parts();
    let told: Vec<_> = parts
        .iter()
        .map(|part| (part.name, part.is_well()))
        .collect();
    assert_eq!(told, [("good", true), ("full", false), ("silent", false)]);
    assert_eq!(parts[1].detail.as_deref(), Some("It is full."));
}
