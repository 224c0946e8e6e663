//! Every noun stands under the same name in every crate, and names say what a thing is.

use std::path::Path;

use crate::{assert_none, root, rust_files};

/// The nouns, and the rooms that each has of its own.
const NOUNS: &[&str] = &[
    "booking",
    "building",
    "equipment",
    "listing",
    "payment",
    "user",
];
const ROOMS: &[&str] = &[
    "domain/src",
    "commands/src",
    "projections/src",
    "api/src/routes",
];
/// Companions that do not need every room.
const COMPANION_ROOMS: &[(&str, &str)] = &[
    ("domain/src", "session"),
    ("commands/src", "session"),
    ("domain/src", "inventory"),
    ("domain/src", "claim"),
];

/// Whether a room has the noun, as a file or as a folder; a schema or a path may speak in plural.
fn has(room: &str, noun: &str) -> bool {
    [format!("{room}/{noun}"), format!("{room}/{noun}s")]
        .iter()
        .any(|place| root().join(place).is_dir() || root().join(format!("{place}.rs")).is_file())
}

#[test]
fn every_noun_has_its_rooms() {
    let pairs = ROOMS
        .iter()
        .flat_map(|room| NOUNS.iter().map(move |noun| (*room, *noun)));
    let missing: Vec<_> = pairs
        .chain(COMPANION_ROOMS.iter().copied())
        .filter(|(room, noun)| !has(room, noun))
        .map(|(room, noun)| format!("{room}/{noun}: make it, as the other nouns have it"))
        .collect();
    assert_none(&missing);
}

#[test]
fn names_say_what_a_thing_is() {
    let vague = ["Handler", "Manager", "Helper", "Helpers", "Util", "Utils"];
    let mut faults = Vec::new();
    for (path, text) in rust_files() {
        let stem = Path::new(&path)
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .to_lowercase();
        if vague.iter().any(|word| stem == word.to_lowercase()) {
            faults.push(format!("{path}: name the file by what it holds"));
        }
        for line in text.lines() {
            let declared = ["struct ", "enum ", "trait ", "type "]
                .iter()
                .find_map(|kind| line.trim_start_matches("pub ").strip_prefix(kind));
            let name = declared.and_then(|d| d.split(|c: char| !c.is_alphanumeric()).next());
            if name.is_some_and(|name| vague.iter().any(|word| name.ends_with(word))) {
                faults.push(format!("{path}: `{line}`: name it by what it is"));
            }
        }
    }
    assert_none(&faults);
}
