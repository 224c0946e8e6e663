//! The API is described by what its routes say, and the description changes only on purpose.

use std::fs;
use std::path::Path;

/// The description that was agreed to.
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

#[test]
fn the_description_of_the_api_changes_only_on_purpose() {
    let mut described = api::description().to_pretty_json().unwrap();
    described.push('\n');
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(SNAPSHOT, &described).unwrap();
    }
    let agreed = fs::read_to_string(Path::new(SNAPSHOT)).unwrap_or_default();
    let differs = described
        .lines()
        .zip(agreed.lines())
        .position(|(now, then)| now != then);
    assert!(
        described == agreed,
        "the API is not as tests/openapi.json says, from line {} on; if that is meant, run the \
         test with UPDATE_SNAPSHOTS=1 and commit the file",
        differs.map_or(0, |line| line + 1)
    );
}
