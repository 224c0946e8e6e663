//! Each list that a route has, as a file: the table of the documentation, row by row.

mod columns;
mod rows;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::export::columns::Column;
use crate::routes::description;

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
        let page = include_str!("../../../../../docs/export.md");
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
        let path = path.split('?').next().unwrap_or_default();
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
    crate::export::columns::of(serde_json::from_value(json!(list)).unwrap())
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
