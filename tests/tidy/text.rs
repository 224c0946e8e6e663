//! What is in the files: how long, how safe, in which words.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{assert_none, files, rust_files};

/// Of a file of code; what is only tests may be longer, for a story is not better in two halves.
const LINES_MAX: usize = 400;
const TEST_LINES_MAX: usize = 700;
const COLUMNS_MAX: usize = 100;

/// The text before a test module that is written out in the same file.
fn without_tests(text: &str) -> &str {
    let mut from = 0;
    while let Some(at) = text[from..].find("#[cfg(test)]") {
        let start = from + at;
        let after = text[start + "#[cfg(test)]".len()..].trim_start();
        if after
            .lines()
            .next()
            .is_some_and(|line| line.contains("mod ") && line.ends_with('{'))
        {
            return &text[..start];
        }
        from = start + 1;
    }
    text
}

/// Files that are tests from end to end: those of test targets and the modules declared as such.
fn is_test(path: &str, declared: &BTreeSet<String>) -> bool {
    let module = path.trim_end_matches(".rs");
    path.split('/')
        .any(|part| part == "tests" || part == "benches")
        || Path::new(module)
            .ancestors()
            .any(|a| declared.contains(&*a.to_string_lossy()))
}

/// Modules that a parent declares under `#[cfg(test)]`, as paths without an ending.
fn declared_tests(files: &[(String, String)]) -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for (path, text) in files {
        let folder = match Path::new(path).file_name().and_then(|n| n.to_str()) {
            Some("mod.rs" | "lib.rs" | "main.rs") => Path::new(path).parent().unwrap().into(),
            _ => Path::new(path).with_extension(""),
        };
        for after in text.split("#[cfg(test)]").skip(1) {
            // Between the two there may be the attribute that names the file.
            let first = after
                .trim_start()
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end();
            if let Some(file) = first.strip_prefix("#[path = \"") {
                let name = file.trim_end_matches(".rs\"]");
                declared.insert(
                    Path::new(path)
                        .with_file_name(name)
                        .to_string_lossy()
                        .into(),
                );
            }
            if let Some(name) = first.split("mod ").nth(1).and_then(|n| n.strip_suffix(';')) {
                declared.insert(folder.join(name).to_string_lossy().into_owned());
            }
        }
    }
    declared
}

#[test]
fn nothing_is_unwrapped_outside_of_tests() {
    let files = rust_files();
    let declared = declared_tests(&files);
    let mut faults = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| !is_test(path, &declared)) {
        for (number, line) in without_tests(text).lines().enumerate() {
            if line.contains(".unwrap()") && !line.trim_start().starts_with("//") {
                faults.push(format!(
                    "{path}:{}: answer with an error instead",
                    number + 1
                ));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn files_and_lines_are_short() {
    let mut faults = Vec::new();
    let files = rust_files();
    let declared = declared_tests(&files);
    for (path, text) in &files {
        let limit = if is_test(path, &declared) {
            TEST_LINES_MAX
        } else {
            LINES_MAX
        };
        let lines = without_tests(text).lines().count();
        if lines > limit {
            faults.push(format!(
                "{path}: {lines} lines; make it a folder of the same name"
            ));
        }
        for (number, line) in text.lines().enumerate() {
            // The formatter breaks code; what it leaves long is a text or a macro's pattern.
            let is_comment = line.trim_start().starts_with("//");
            if is_comment && line.chars().count() > COLUMNS_MAX {
                faults.push(format!("{path}:{}: break this long line", number + 1));
            }
        }
    }
    assert_none(&faults);
}

/// What no file says, with the remedy. Written in two halves, because this file is read too.
const BANNED: &[(&str, &str)] = &[
    (
        concat!("TO", "DO"),
        "do it, or write it down as an open question in the docs",
    ),
    (
        concat!("FIX", "ME"),
        "mend it, or write it down as an open question in the docs",
    ),
    (concat!("XX", "X:"), "say what is meant"),
    (
        concat!("/work", "/"),
        "no path of one machine: everyone's is another",
    ),
    (
        concat!("/root", "/"),
        "no path of one machine: everyone's is another",
    ),
    (
        concat!("/home", "/"),
        "no path of one machine: everyone's is another",
    ),
    (
        concat!("/Users", "/"),
        "no path of one machine: everyone's is another",
    ),
];

#[test]
fn no_file_says_what_is_banned() {
    let mut faults = Vec::new();
    for (path, text) in files() {
        for (number, line) in text.lines().enumerate() {
            for (word, remedy) in BANNED.iter().filter(|(word, _)| line.contains(word)) {
                faults.push(format!("{path}:{}: `{word}`: {remedy}", number + 1));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn what_is_a_test_is_told_from_what_is_not() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let declared = declared_tests(&[
        file("a/src/x/mod.rs", "#[cfg(test)]\nmod laws;\nmod code;\n"),
        file(
            "a/src/y.rs",
            "#[cfg(test)]\n#[path = \"y_tests.rs\"]\nmod tests;\n",
        ),
    ]);
    assert!(is_test("a/src/x/laws.rs", &declared) && is_test("a/src/y_tests.rs", &declared));
    assert!(is_test("a/tests/z.rs", &declared) && !is_test("a/src/x/code.rs", &declared));
    assert_eq!(
        without_tests("code\n#[cfg(test)]\nmod tests {\n}"),
        "code\n"
    );
    assert_eq!(
        without_tests("#[cfg(test)]\nmod tests;\ncode"),
        "#[cfg(test)]\nmod tests;\ncode"
    );
}
