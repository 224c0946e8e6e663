//! The API describes itself whole.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::routes::description;

/// Every `$ref` in `json`.
fn references(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                found.insert(reference.to_owned());
            }
            members
                .values()
                .for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn whatever_is_referred_to_is_described() {
    let description = serde_json::to_value(description()).unwrap();
    let mut found = BTreeSet::new();

    references(&description, &mut found);

    assert!(found.contains("#/components/schemas/Problem"));
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(
            description.pointer(pointer).is_some(),
            "{reference} is not described"
        );
    }
}

#[test]
fn every_route_says_what_it_does_and_how_it_refuses() {
    let description = serde_json::to_value(description()).unwrap();

    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let about = operation["summary"].as_str().unwrap_or_default();
            assert!(
                !about.is_empty(),
                "{method} {path} does not say what it does"
            );
            let refused = &operation["responses"]["default"]["content"];
            assert!(
                refused["application/problem+json"].is_object(),
                "{method} {path}"
            );
        }
    }
}

#[test]
fn every_query_says_what_it_answers() {
    let description = serde_json::to_value(description()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let queries = paths
        .iter()
        .filter(|(path, item)| path.starts_with("/api/v1/") && item["get"].is_object());

    for (path, item) in queries {
        let content = &item["get"]["responses"]["200"]["content"];
        // What is a file has no fields to be described.
        if content["application/octet-stream"].is_object() {
            continue;
        }
        let answer = &content["application/json"]["schema"];
        let mut found = BTreeSet::new();
        references(answer, &mut found);
        assert!(!found.is_empty(), "{path} does not say what it answers");
    }
    let schemas = description["components"]["schemas"].as_object().unwrap();
    assert!(!schemas.contains_key("Items_Value"), "a list of anything");
}

#[test]
fn commands_take_a_key_and_a_version_and_auth_does_not() {
    let description = serde_json::to_value(description()).unwrap();
    let headers = |path: &str| {
        let parameters = description["paths"][path]["post"]["parameters"]
            .as_array()
            .cloned();
        let header = |p: &Value| (p["in"] == "header").then(|| p["name"].clone());
        parameters
            .unwrap_or_default()
            .iter()
            .filter_map(header)
            .collect::<Vec<_>>()
    };

    assert_eq!(headers("/api/v1/bookings"), ["Idempotency-Key", "If-Match"]);
    assert_eq!(headers("/api/v1/auth/login"), Vec::<Value>::new());
}
