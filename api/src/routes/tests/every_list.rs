//! Each list that a route has, as a file: the table of the documentation, row by row.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rights::Things;
use super::{Client, PDF, Platform};
use crate::export::columns::{self, Column};
use crate::routes::description;

/// What is answered of an item and in no column: it is for commands.
const LEFT_OUT: &str = "version";

/// A row of the documentation: which list, whose noun, by which route, and what its path is called.
#[derive(Debug)]
struct Documented {
    list: String,
    noun: Option<String>,
    pattern: String,
    names: Vec<String>,
}

impl Documented {
    fn all() -> Vec<Self> {
        let page = include_str!("../../../../docs/export.md");
        page.lines().filter_map(Self::of).collect()
    }

    fn of(line: &str) -> Option<Self> {
        let cells: Vec<Vec<&str>> = line.split('|').map(words).collect();
        let [_, first, route, names, _] = cells.as_slice() else {
            return None;
        };
        let (word, path) = (
            first.first()?,
            route.first().filter(|p| p.starts_with('/'))?,
        );
        let is_history = path.ends_with("/history") && *word != "process_history";
        Some(Self {
            list: if is_history { "history" } else { word }.to_owned(),
            noun: is_history.then(|| (*word).to_owned()),
            pattern: format!("/api/v1{path}"),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    /// What is wanted as a file, of what `path` names.
    fn wanted(&self, path: &str) -> Value {
        let segments = self.pattern.split('/').zip(path.split('/'));
        let ids = segments.filter(|(pattern, _)| pattern.starts_with('{'));
        let mut filters = json!({});
        for (name, (_, id)) in self.names.iter().zip(ids) {
            filters[name] = json!(id);
        }
        if let Some(noun) = &self.noun {
            filters["noun"] = json!(noun);
        }
        json!({"list": self.list, "format": "csv", "filters": filters})
    }
}

/// The columns of a list.
fn columns_of(list: &str) -> &'static [Column] {
    columns::of(serde_json::from_value(json!(list)).unwrap())
}

/// What stands in backticks.
fn words(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The routes that answer lists: pattern, what is answered, and which parameters it has.
fn lists() -> Vec<(String, String, BTreeSet<String>)> {
    let description = serde_json::to_value(description()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let list = |(path, item): (&String, &Value)| {
        let answer = &item["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        let item_of = answer["$ref"]
            .as_str()?
            .strip_prefix("#/components/schemas/Items_")?;
        let parameters = item["get"]["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let names = parameters.iter().filter_map(|p| p["name"].as_str());
        Some((
            path.clone(),
            item_of.to_owned(),
            names.map(str::to_owned).collect(),
        ))
    };
    paths.iter().filter_map(list).collect()
}

#[test]
fn every_list_can_be_exported_and_the_documentation_says_as_what() {
    let routes: BTreeSet<String> = lists().into_iter().map(|(path, ..)| path).collect();
    let documented: BTreeSet<String> = Documented::all()
        .into_iter()
        .map(|row| row.pattern)
        .collect();
    assert_eq!(routes, documented);
    assert!(routes.len() > 40, "{routes:?}");
}

/// The properties of a schema, those of what it is made of too.
fn properties(schemas: &Value, schema: &Value) -> serde_json::Map<String, Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return properties(schemas, &schemas[name]);
    }
    let mut found = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for parts in ["allOf", "oneOf"] {
        for part in schema[parts].as_array().into_iter().flatten() {
            found.extend(properties(schemas, part));
        }
    }
    found
}

#[test]
fn a_file_has_a_column_for_all_that_the_list_answers() {
    let description = serde_json::to_value(description()).unwrap();
    let schemas = &description["components"]["schemas"];
    let routes = lists();
    for row in Documented::all() {
        let (_, item, _) = routes.iter().find(|route| route.0 == row.pattern).unwrap();
        let answered = properties(schemas, &schemas[item]);
        let mut shown = BTreeSet::new();
        for column in columns_of(&row.list) {
            let mut level = answered.clone();
            for (depth, name) in column.pointer.split('/').skip(1).enumerate() {
                let property = level.get(name);
                let property = property.unwrap_or_else(|| panic!("{row:?}: {column:?}"));
                if depth == 0 {
                    shown.insert(name.to_owned());
                }
                level = properties(schemas, property);
            }
        }
        let all: BTreeSet<String> = answered.keys().cloned().collect();
        let missing: Vec<&String> = all.difference(&shown).collect();
        let missing = missing.iter().filter(|name| **name != LEFT_OUT);
        assert_eq!(
            missing.collect::<Vec<_>>(),
            Vec::<&&String>::new(),
            "{row:?}"
        );
    }
}

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

/// The first cells below the heading.
fn first_cells(bytes: &[u8]) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let records = reader.records().map(|record| record.unwrap());
    records.map(|record| record[0].to_owned()).collect()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn each_list_is_exported_with_the_rights_that_it_has() {
    let p = Platform::start().await;
    let admin = p.admin().await;
    let host = p.user("host", &["member", "host"]).await;
    let guest = p.user("guest", &["member"]).await;
    let stranger = p.user("stranger", &["member"]).await;
    let things = furnished(&p, &admin, &host, &guest).await;
    let head = eventstore::Journal::head(&*p.cleanup.journal)
        .await
        .unwrap();
    let events = p
        .get(&admin, &format!("audit/events?min_position={head}"))
        .await;
    let correlation = plain(&events.json["items"][0]["correlation_id"]);
    let routes = lists();

    for row in Documented::all() {
        let (.., parameters) = routes.iter().find(|route| route.0 == row.pattern).unwrap();
        let limit = if parameters.contains("limit") {
            "&limit=100"
        } else {
            ""
        };
        let path = things.fill(&row.pattern.replace("{correlation}", &correlation));
        let asked = format!("{path}?min_position={head}{limit}");
        let mut seen_by_somebody = false;
        for who in [&admin, &host, &guest, &stranger] {
            let listed = p.get(who, &asked).await;
            let made = p.ask(who, "POST", "exports", row.wanted(&path)).await;
            if !listed.status.is_success() {
                assert_eq!(made.status, listed.status, "{row:?}: {made:?}");
                assert_eq!(made.code(), listed.code(), "{row:?}");
                continue;
            }
            assert_eq!(made.status.as_u16(), 201, "{row:?}: {made:?}");
            let file = format!("exports/{}/download", plain(&made.json["id"]));
            let file = p.get(who, &format!("{file}?min_position={head}")).await;
            let rows = first_cells(&file.bytes);
            let items = listed.json["items"].as_array().unwrap();
            let pointer = columns_of(&row.list)[0].pointer;
            let known = items
                .iter()
                .map(|item| plain(item.pointer(pointer).unwrap()));
            // What is asked for is itself on record meanwhile.
            if row.list.starts_with("audit_") {
                assert!(
                    known.clone().all(|cell| rows.contains(&cell)),
                    "{row:?}: {rows:?}"
                );
            } else {
                assert_eq!(rows, known.collect::<Vec<_>>(), "{row:?}");
            }
            seen_by_somebody |= !rows.is_empty();
        }
        assert!(seen_by_somebody, "{row:?} has no rows");
    }
    p.stop().await;
}

#[tokio::test]
async fn what_an_export_needs_is_told_at_once() {
    let p = Platform::start().await;
    let admin = p.admin().await;
    for (list, filters, faults) in [
        ("lots", json!({}), vec![("building", "missing_parameter")]),
        (
            "readings",
            json!({"equipment": "x", "colour": "red"}),
            vec![
                ("colour", "unknown_parameter"),
                ("equipment", "not_an_id"),
                ("meter", "missing_parameter"),
            ],
        ),
        (
            "history",
            json!({"id": "x"}),
            vec![("noun", "missing_parameter")],
        ),
        (
            "history",
            json!({"noun": "cloud"}),
            vec![("noun", "unknown_word")],
        ),
        (
            "history",
            json!({"noun": "lot", "id": "x"}),
            vec![("noun", "unknown_word")],
        ),
        (
            "projections",
            json!({"name": "x"}),
            vec![("name", "unknown_parameter")],
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
