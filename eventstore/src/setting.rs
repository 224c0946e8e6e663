//! Secrets among the settings: from the environment, or from a file that it names. Never a flag:
//! whoever can list processes reads those.

use std::path::Path;

/// The longest file of a secret, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The secret `name`, or what is in the file that `<name>_FILE` names, without the line break at
/// its end. An empty variable counts as unset. The error names the variable and the remedy, and
/// never the value.
pub fn secret(name: &str) -> Result<Option<String>, String> {
    secret_of(name, |name| std::env::var(name).ok())
}

fn secret_of(name: &str, get: impl Fn(&str) -> Option<String>) -> Result<Option<String>, String> {
    let set = |name: &str| get(name).filter(|text| !text.is_empty());
    let file = format!("{name}_FILE");
    match (set(name), set(&file)) {
        (Some(_), Some(_)) => Err(format!("{name} and {file} are both set: unset one of them")),
        (Some(text), None) => Ok(Some(text)),
        (None, Some(path)) => in_file(&file, Path::new(&path)).map(Some),
        (None, None) => Ok(None),
    }
}

fn in_file(name: &str, path: &Path) -> Result<String, String> {
    let fault = |why: &dyn std::fmt::Display| {
        let path = path.display();
        format!("{name}: `{path}` cannot be used: {why}; let it be a file with the secret alone")
    };
    let size = std::fs::metadata(path)
        .map_err(|error| fault(&error))?
        .len();
    if size > FILE_BYTES_MAX {
        return Err(fault(&format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| fault(&error))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(fault(&"it is empty"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Option<String>, String> {
        secret_of("NAME", |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_secret_is_a_variable_or_a_file_and_not_both() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let file = path.to_str().unwrap();
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("NAME", "")]), Ok(None));
        assert_eq!(read(&[("NAME", "a word")]), Ok(Some("a word".to_owned())));
        let absent = read(&[("NAME_FILE", file)]).unwrap_err();
        assert!(
            absent.contains("NAME_FILE") && absent.contains(file),
            "{absent}"
        );
        std::fs::write(&path, "\n").unwrap();
        assert!(read(&[("NAME_FILE", file)]).unwrap_err().contains("empty"));
        std::fs::write(&path, " a word \n").unwrap();
        assert_eq!(
            read(&[("NAME_FILE", file)]),
            Ok(Some(" a word ".to_owned()))
        );
        let both = read(&[("NAME", "a word"), ("NAME_FILE", file)]).unwrap_err();
        assert!(!both.contains("a word"), "{both}");
    }
}
