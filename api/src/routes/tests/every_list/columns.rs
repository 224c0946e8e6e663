//! A column for each value that a list answers, of the kind that it is.

use serde_json::Value;

use super::{Documented, columns_of, lists};
use crate::export::columns::Kind;
use crate::routes::description;

/// What is answered of an item and in no column: what is for commands, what is said twice, and
/// lists of amounts, which stand in the history.
const LEFT_OUT: &[&str] = &[
    "/version",
    "/address/city",
    "/address/country",
    "/stored/name",
    "/quote/currency",
    "/quote/nights",
    "/quote/total",
    "/cancellation/check_in_at",
    "/cancellation/lines",
    "/cancellation/reason",
];

/// A schema as it is described: what it refers to, and what it is where it is not `null`.
fn described<'a>(schemas: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return described(schemas, &schemas[name]);
    }
    let mut parts = schema["oneOf"].as_array().into_iter().flatten();
    let part = parts.find(|part| part["type"] != "null");
    part.map_or(schema, |part| described(schemas, part))
}

/// What a schema has for fields, those of what it is made of too.
fn fields<'a>(schemas: &'a Value, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let schema = described(schemas, schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, field)| (name.as_str(), described(schemas, field)));
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| fields(schemas, part)))
        .collect()
}

/// All values of an item, by where they stand: an amount is one, and so is a list.
fn values<'a>(schemas: &'a Value, schema: &'a Value, at: &str) -> Vec<(String, &'a Value)> {
    let fields = fields(schemas, schema);
    let is_amount = fields
        .iter()
        .map(|field| field.0)
        .eq(["amount", "currency"]);
    if fields.is_empty() || is_amount {
        return vec![(at.to_owned(), schema)];
    }
    let below = |(name, field)| values(schemas, field, &format!("{at}/{name}"));
    fields.into_iter().flat_map(below).collect()
}

/// Whether a column of this kind has what a schema describes.
fn fits(kind: Kind, schema: &Value) -> bool {
    let is = |wanted: &str| {
        schema["type"] == wanted || schema["type"][0] == wanted || schema["type"][1] == wanted
    };
    match kind {
        Kind::Text => is("string") && schema["format"] != "date-time" || is("object"),
        Kind::Whole => is("integer"),
        Kind::Thousandths | Kind::TenMillionths => is("integer") && schema["format"] != "date",
        Kind::Money => schema["properties"]["amount"].is_object(),
        Kind::Instant => is("string") && schema["format"] == "date-time",
        Kind::Day => is("string") && schema["format"] == "date",
        Kind::Flag => is("boolean"),
        Kind::Several => is("array") || is("object"),
    }
}

#[test]
fn a_file_has_a_column_for_all_that_the_list_answers() {
    let description = serde_json::to_value(description()).unwrap();
    let schemas = &description["components"]["schemas"];
    let routes = lists();
    for row in Documented::all() {
        let (_, item, _) = routes.iter().find(|route| route.0 == row.pattern).unwrap();
        let columns = columns_of(&row.list);
        for column in columns {
            let mut names = column.pointer.split('/').skip(1);
            let found = names.try_fold(&schemas[item], |level, name| {
                let fields = fields(schemas, level);
                fields
                    .iter()
                    .find(|field| field.0 == name)
                    .map(|field| field.1)
            });
            assert!(
                found.is_some_and(|found| fits(column.kind, found)),
                "{row:?}: {column:?}"
            );
        }
        for (place, _) in values(schemas, &schemas[item], "") {
            let shown = columns.iter().any(|column| {
                let rest = place.strip_prefix(column.pointer);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            let left_out = LEFT_OUT.contains(&place.as_str());
            assert!(shown || left_out, "{row:?}: {place}");
        }
    }
}
