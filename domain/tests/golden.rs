//! Every event that was ever written stays readable, and no person stands in one unsealed.
//!
//! `golden/<type>.v<N>.json` holds one body as it is written, and one line break; more cases of
//! one type are `<type>.v<N>.<case>.json`. `golden/<noun>.allowed` lists the strings outside a
//! `Personal` as `type/json/path: reason`, where `*` stands for any index, key or event.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use domain::AnyEvent;
use serde_json::Value;
use uuid::Uuid;

/// One golden file.
struct Golden {
    name: String,
    event_type: String,
    schema_version: u16,
    json: String,
}

/// One line of a list of allowed strings.
struct Allowed {
    file: String,
    path: Vec<String>,
    reason: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn files(extension: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder()).expect("the folder `golden` can be listed");
    let mut found: Vec<_> = entries
        .map(|entry| entry.expect("an entry of `golden` can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a golden file is readable UTF-8");
            let name = path
                .file_name()
                .expect("a file has a name")
                .to_string_lossy();
            (name.into_owned(), text)
        })
        .collect();
    found.sort();
    found
}

fn goldens() -> Vec<Golden> {
    files("json")
        .into_iter()
        .map(|(name, text)| golden(name, &text))
        .collect()
}

fn golden(name: String, text: &str) -> Golden {
    let parts: Vec<&str> = name.split('.').collect();
    assert!(
        (4..=5).contains(&parts.len()),
        "{name}: write `<noun>.<event>.v<N>[.<case>].json`"
    );
    let version = parts[2].strip_prefix('v').and_then(|v| v.parse().ok());
    let json = text
        .strip_suffix('\n')
        .unwrap_or_else(|| panic!("{name}: end it with a line break"));
    Golden {
        event_type: format!("{}.{}", parts[0], parts[1]),
        schema_version: version.unwrap_or_else(|| panic!("{name}: `v<N>` comes third")),
        json: json.to_owned(),
        name,
    }
}

fn allowed() -> Vec<Allowed> {
    let mut all = Vec::new();
    for (file, text) in files("allowed") {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let Some((path, reason)) = line.split_once(": ") else {
                panic!("{file}: write `type/json/path: reason` instead of `{line}`")
            };
            let path = path.split('/').map(str::to_owned).collect();
            all.push(Allowed {
                file: file.clone(),
                path,
                reason: reason.to_owned(),
            });
        }
    }
    all
}

impl Allowed {
    fn covers(&self, path: &[String]) -> bool {
        let same_event = self.path[0] == path[0]
            || self.path[0].strip_suffix(".*").is_some_and(|noun| {
                path[0]
                    .strip_prefix(noun)
                    .is_some_and(|rest| rest.starts_with('.'))
            });
        same_event
            && self.path.len() == path.len()
            && self.path[1..]
                .iter()
                .zip(&path[1..])
                .all(|(mine, its)| mine == "*" || mine == its)
    }
}

/// The paths of all strings outside a `Personal` that are neither id, date nor instant.
fn strings(path: &mut Vec<String>, json: &Value, found: &mut BTreeSet<Vec<String>>) {
    match json {
        Value::String(text) if !is_id_or_time(text) => {
            found.insert(path.clone());
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                below(path, &index.to_string(), item, found);
            }
        }
        Value::Object(fields) if is_personal(json) => assert_eq!(fields.len(), 2),
        Value::Object(fields) => {
            for (name, value) in fields {
                below(path, name, value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn below(path: &mut Vec<String>, step: &str, json: &Value, found: &mut BTreeSet<Vec<String>>) {
    path.push(step.to_owned());
    strings(path, json, found);
    path.pop();
}

fn is_personal(json: &Value) -> bool {
    let subject = json.get("subject").and_then(Value::as_str);
    let is_sealable = json
        .as_object()
        .is_some_and(|o| o.len() == 2 && o.contains_key("value"));
    is_sealable && subject.is_some_and(|subject| subject.parse::<Uuid>().is_ok())
}

fn is_id_or_time(text: &str) -> bool {
    text.parse::<Uuid>().is_ok()
        || text.parse::<NaiveDate>().is_ok()
        || DateTime::parse_from_rfc3339(text).is_ok()
}

#[test]
fn every_golden_event_is_read_and_the_newest_are_written_back_byte_for_byte() {
    let newest: BTreeSet<(&str, u16)> = AnyEvent::types().into_iter().collect();
    for golden in goldens() {
        let (event_type, version) = (golden.event_type.as_str(), golden.schema_version);
        let event = AnyEvent::decode(event_type, version, &golden.json)
            .unwrap_or_else(|error| panic!("{}: {error}", golden.name));
        assert_eq!(event.event_type(), golden.event_type, "{}", golden.name);
        assert!(
            newest.contains(&(event_type, version)),
            "{} is of no known type",
            golden.name
        );
        if event.schema_version() == golden.schema_version {
            assert_eq!(event.encode().unwrap(), golden.json, "{}", golden.name);
        }
    }
}

#[test]
fn every_type_and_version_has_a_golden_file() {
    let held: BTreeSet<_> = goldens()
        .into_iter()
        .map(|g| (g.event_type, g.schema_version))
        .collect();
    let lacking: Vec<String> = AnyEvent::types()
        .into_iter()
        .filter(|(event_type, version)| !held.contains(&((*event_type).to_owned(), *version)))
        .map(|(event_type, version)| format!("golden/{event_type}.v{version}.json"))
        .collect();
    assert!(lacking.is_empty(), "write these files: {lacking:#?}");
}

#[test]
fn a_field_that_no_version_has_is_refused() {
    for golden in goldens() {
        let mut json: Value = serde_json::from_str(&golden.json).unwrap();
        json.as_object_mut()
            .unwrap()
            .insert("surprise".to_owned(), Value::Null);
        let read = AnyEvent::decode(&golden.event_type, golden.schema_version, &json.to_string());
        assert!(
            read.is_err(),
            "{} takes a field it does not know",
            golden.name
        );
    }
}

#[test]
fn every_string_is_personal_or_allowed_with_a_reason() {
    let allowed = allowed();
    let mut used = vec![false; allowed.len()];
    let mut bare = Vec::new();
    for golden in goldens() {
        let json: Value = serde_json::from_str(&golden.json).unwrap();
        let mut found = BTreeSet::new();
        strings(&mut vec![golden.event_type.clone()], &json, &mut found);
        for path in found {
            let covering: Vec<_> = (0..allowed.len())
                .filter(|i| allowed[*i].covers(&path))
                .collect();
            for index in &covering {
                used[*index] = true;
            }
            if covering.is_empty() {
                bare.push(path.join("/"));
            }
        }
    }
    assert!(
        bare.is_empty(),
        "make these `Personal`, or allow them with a reason: {bare:#?}"
    );
    for (entry, used) in allowed.iter().zip(used) {
        assert!(!entry.reason.trim().is_empty(), "{}: say why", entry.file);
        assert!(
            used,
            "{}: no golden event has `{}`",
            entry.file,
            entry.path.join("/")
        );
    }
}

#[test]
fn a_bare_name_would_be_found() {
    let json = serde_json::json!({
        "user": "0190b8f0-0000-7000-8000-000000000001",
        "since": "2026-01-02T03:04:05Z",
        "name": {"subject": "0190b8f0-0000-7000-8000-000000000001", "value": "Ada"},
        "friends": [{"name": "Grace"}],
    });
    let mut found = BTreeSet::new();
    strings(&mut vec!["user.created".to_owned()], &json, &mut found);
    let paths: Vec<String> = found.iter().map(|path| path.join("/")).collect();
    assert_eq!(paths, ["user.created/friends/0/name"]);
    let entry = |path: &str| Allowed {
        file: String::new(),
        path: path.split('/').map(str::to_owned).collect(),
        reason: String::new(),
    };
    let path = found.first().unwrap();
    assert!(entry("user.*/friends/*/name").covers(path));
    assert!(!entry("users.*/friends/*/name").covers(path));
    assert!(!entry("user.created/friends/*").covers(path));
}
