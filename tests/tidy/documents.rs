//! What is written about the house: settings, migrations, docs.

use std::collections::BTreeSet;

use crate::{assert_none, files_of, read, root, rust_files};

/// The settings that the programs read, from the `env = "…"` of their flags.
fn settings_read() -> BTreeSet<String> {
    let mut read = BTreeSet::new();
    for (path, text) in rust_files() {
        if path.starts_with("api/src") || path.starts_with("replay-tools/src") {
            let names = text
                .split("env = \"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            read.extend(names.map(str::to_owned));
        }
    }
    read
}

/// The settings of a sample file: `NAME=value`, set or commented out.
fn settings_documented(sample: &str) -> BTreeSet<String> {
    sample
        .lines()
        .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='))
        .map(|(name, _)| name)
        .filter(|name| {
            name.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_sample_of_settings_has_each_setting_and_no_other() {
    let (read, documented) = (settings_read(), settings_documented(&read(".env.sample")));
    let missing = read
        .difference(&documented)
        .map(|s| format!(".env.sample: describe `{s}`"));
    let stale = documented
        .difference(&read)
        .map(|s| format!(".env.sample: nothing reads `{s}`"));
    assert_none(&missing.chain(stale).collect::<Vec<_>>());
}

#[test]
fn every_migration_opens_by_saying_why() {
    let mut faults = Vec::new();
    let mut numbers = BTreeSet::new();
    for (path, text) in files_of("sql") {
        if !path.starts_with("migrations/") {
            continue;
        }
        if !text.starts_with("-- ") || text.lines().next().is_some_and(|l| l.len() < 30) {
            faults.push(format!("{path}: open it with a comment that says why"));
        }
        let name = path.trim_start_matches("migrations/");
        if !numbers.insert(name.split('_').next().unwrap_or_default().to_owned()) {
            faults.push(format!("{path}: its number is taken; give it the next one"));
        }
    }
    assert_none(&faults);
}

#[test]
fn every_link_in_the_docs_leads_somewhere() {
    let mut faults = Vec::new();
    for (path, text) in files_of("md") {
        let folder = root().join(&path).parent().unwrap().to_path_buf();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = target.split('#').next().unwrap_or_default();
            let is_elsewhere =
                file.is_empty() || file.contains("://") || file.starts_with("mailto");
            if !is_elsewhere && !folder.join(file).exists() {
                faults.push(format!("{path}: `{target}` is not there"));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn what_the_house_promises_to_have_is_there() {
    let promised = [
        "README.md",
        "CONTRIBUTING.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        ".env.sample",
        "deny.toml",
        "docs/architecture.md",
        "docs/api-design.md",
        "docs/adding-a-command.md",
        "docs/adding-a-read-model.md",
        "docs/decisions",
    ];
    let missing = promised.iter().filter(|path| !root().join(path).exists());
    assert_none(
        &missing
            .map(|path| format!("{path}: write it"))
            .collect::<Vec<_>>(),
    );
}
