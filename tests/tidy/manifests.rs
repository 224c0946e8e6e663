//! Dependencies point one way, and every outer thing has one owner.

use crate::{assert_none, files, rust_files};

/// Which crates of the house a crate may name, for its code and beyond that for its tests.
const MAY_NAME: &[(&str, &[&str], &[&str])] = &[
    ("domain", &[], &[]),
    ("eventstore", &[], &["migrations"]),
    ("migrations", &[], &[]),
    ("projections", &["domain", "eventstore"], &["migrations"]),
    (
        "commands",
        &["domain", "eventstore", "projections"],
        &["migrations"],
    ),
    (
        "api",
        &[
            "commands",
            "domain",
            "eventstore",
            "migrations",
            "projections",
        ],
        &["harness"],
    ),
    ("replay-tools", EVERYTHING, EVERYTHING),
    ("tests", EVERYTHING, EVERYTHING),
    ("benches", EVERYTHING, EVERYTHING),
];
const EVERYTHING: &[&str] = &[
    "api",
    "commands",
    "domain",
    "eventstore",
    "harness",
    "migrations",
    "projections",
    "replay-tools",
];

/// Which crates may name an outer library, beside `tests` and `benches`: one owner per outer thing.
const OWNERS: &[(&str, &[&str])] = &[
    ("axum", &["api"]),
    ("tower-http", &["api"]),
    ("utoipa", &["api"]),
    ("jsonwebtoken", &["api"]),
    // `api` and `replay-tools` hand the pool on; where statements may stand is checked below.
    (
        "sqlx",
        &[
            "api",
            "eventstore",
            "migrations",
            "projections",
            "replay-tools",
        ],
    ),
    ("lapin", &["eventstore"]),
    ("kurrentdb", &["eventstore"]),
    ("postgres-es", &["replay-tools"]),
    // `domain` is what its framework may hold, `eventstore` what it may write to (decision 6).
    ("cqrs-es", &["domain", "eventstore"]),
];

/// Where SQL may stand: with the journal, with the tables that are read, and in the import, which
/// stages its rows in tables that nothing else knows.
const SQL_STANDS_IN: &[&str] = &[
    "eventstore/",
    "projections/",
    "api/tests/",
    "tests/",
    "benches/",
];

/// The names under `[dependencies]` (or another table) of a manifest, with what is said of them.
fn dependencies<'a>(manifest: &'a str, table: &str) -> Vec<(&'a str, &'a str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.trim_matches(['[', ']']) == table;
        } else if inside && let Some((name, said)) = line.split_once([' ', '.', '=']) {
            found.push((name, said));
        }
    }
    found.retain(|(name, _)| !name.starts_with('#'));
    found
}

fn faults_of_manifest(name: &str, manifest: &str) -> Vec<String> {
    let Some((_, code, tests)) = MAY_NAME.iter().find(|(of, ..)| *of == name) else {
        return vec![format!(
            "{name}: a new crate; say in MAY_NAME what it may name"
        )];
    };
    let mut faults = Vec::new();
    for (table, allowed) in [
        ("dependencies", vec![*code]),
        ("dev-dependencies", vec![code, tests]),
    ] {
        for (dependency, said) in dependencies(manifest, table) {
            if !said.contains("workspace = true") {
                faults.push(format!(
                    "{name}/Cargo.toml: give `{dependency}` its version in the root manifest"
                ));
            }
            if EVERYTHING.contains(&dependency) && !allowed.concat().contains(&dependency) {
                faults.push(format!(
                    "{name}/Cargo.toml: `{name}` may not know `{dependency}`: dependencies point \
                     one way (docs/architecture.md)"
                ));
            }
            let owners = OWNERS.iter().find(|(library, _)| *library == dependency);
            if table == "dependencies"
                && !["tests", "benches"].contains(&name)
                && let Some((library, owners)) = owners
                && !owners.contains(&name)
            {
                faults.push(format!(
                    "{name}/Cargo.toml: `{library}` belongs to {owners:?}; ask them instead"
                ));
            }
        }
    }
    faults
}

#[test]
fn dependencies_point_one_way_and_every_outer_thing_has_one_owner() {
    let mut faults = Vec::new();
    for (path, manifest) in files() {
        if let Some(name) = path.strip_suffix("/Cargo.toml") {
            faults.extend(faults_of_manifest(name, &manifest));
        }
    }
    assert_none(&faults);
}

#[test]
fn a_manifest_that_breaks_the_rule_is_seen() {
    let seen = |name, manifest: &str| faults_of_manifest(name, manifest).len();
    assert_eq!(seen("domain", "[dependencies]\nserde.workspace = true"), 0);
    assert_eq!(
        seen("domain", "[dependencies]\neventstore.workspace = true"),
        1
    );
    assert_eq!(
        seen("domain", "[dependencies]\nsqlx = { workspace = true }"),
        1
    );
    assert_eq!(
        seen("projections", "[dependencies]\nmigrations.workspace = true"),
        1
    );
    assert_eq!(
        seen(
            "projections",
            "[dev-dependencies]\nmigrations.workspace = true"
        ),
        0
    );
    assert_eq!(seen("commands", "[dependencies]\naxum = \"0.8\""), 2);
    assert_eq!(seen("newcomer", ""), 1);
}

#[test]
fn sql_stands_where_it_belongs() {
    let statements = ["query(", "query_as(", "query_scalar(", "raw_sql("].map(|f| {
        let of_sqlx = format!("sqlx::{f}");
        [
            of_sqlx.clone(),
            of_sqlx.replace('(', "::<"),
            of_sqlx.replace('(', "!("),
        ]
    });
    let mut faults = Vec::new();
    for (path, text) in rust_files() {
        let belongs = SQL_STANDS_IN.iter().any(|place| path.starts_with(place));
        if !belongs
            && statements
                .iter()
                .flatten()
                .any(|statement| text.contains(statement))
        {
            faults.push(format!(
                "{path}: ask `eventstore` or `projections` instead of the tables"
            ));
        }
    }
    assert_none(&faults);
}
