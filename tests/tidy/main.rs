//! The order of the house, read from its files as text. Each fault is named with its remedy.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its outlying parts too"
)]

mod documents;
mod manifests;
mod rooms;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// All files of the project, as (path from the root, text). Files that are not text are left out.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root(), &mut found);
    let mut files: Vec<_> = found
        .iter()
        .filter_map(|path| Some((from_root(path), fs::read_to_string(path).ok()?)))
        .collect();
    files.sort();
    files
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = !["target", "data", ".git", ".env"].contains(&name.as_str());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() && is_ours => collect(&entry.path(), found),
            kind if kind.is_file() && is_ours && name != "Cargo.lock" => found.push(entry.path()),
            _ => {}
        }
    }
}

fn from_root(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap()
        .to_string_lossy()
        .into_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The files with this ending, without its dot.
fn files_of(ending: &str) -> Vec<(String, String)> {
    let mut files = files();
    files.retain(|(path, _)| Path::new(path).extension().is_some_and(|e| e == ending));
    files
}

fn rust_files() -> Vec<(String, String)> {
    files_of("rs")
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} to mend:\n  {}\n",
        faults.len(),
        faults.join("\n  ")
    );
}
